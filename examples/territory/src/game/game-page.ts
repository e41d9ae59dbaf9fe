/** A room: the board, who is in it, the time, and the end. */
import type { Game } from "../../shared/game.ts";
import { MOVE_MS, type Room } from "../../shared/rules.ts";
import { element } from "../dom.ts";
import { takeSeat } from "./connect.ts";
import { createHud } from "./hud.ts";
import { Steering } from "./input.ts";
import { createOverlay, type Overlay } from "./overlay.ts";
import { Painter } from "./painter.ts";
import { openScores, type Scores } from "./scores.ts";

/** How often what is beside the board is brought up to date, ms. */
const TICK_MS = 250;

export interface GamePageOptions {
  readonly root: HTMLElement;
  readonly room: Room;
  readonly name: string;
  readonly now: () => number;
}

/** Shows a room, and takes a seat in it. Returns how to leave it. */
export function showGame({ root, room, name, now }: GamePageOptions): () => void {
  const seat = takeSeat(room, name, now);
  const { game, provider } = seat;
  const canvas = element("canvas", { class: "board", "aria-label": "The board", tabindex: "0" });
  const hud = createHud(room, game, provider, now);
  const overlay = createOverlay(seat, exit);
  const painter = new Painter(canvas, game);
  const steering = new Steering(canvas, (x, y) => painter.cellAt(x, y));
  const stage = element("div", { class: "stage" }, canvas, overlay.element);
  root.append(element("main", { class: "game" }, hud.bar, stage, hud.standings));
  void provider.connect();
  const endings = [
    showScores(room.id, overlay),
    every(MOVE_MS / 4, () => walk(game, steering, canvas)),
    every(TICK_MS, () => {
      if (game.me !== undefined) game.tick();
      else if (provider.synced) game.join();
      hud.update();
      overlay.update();
      if (game.phase().kind !== "running" || seat.isGone()) steering.halt();
    }),
    eachFrame((at) => painter.draw(at)),
    () => steering.close(),
    () => removeEventListener("pagehide", leave),
    () => seat.leave(),
  ];
  function leave(): void {
    for (const end of endings.splice(0)) end();
  }
  addEventListener("pagehide", leave);
  return leave;
}

/** Goes where the player steers, as soon as the rules let it. */
function walk(game: Game, steering: Steering, canvas: HTMLCanvasElement): void {
  const { me } = game;
  const direction = me && steering.next(me);
  if (direction === undefined) return;
  const result = game.move(direction);
  if (result !== "too-soon") steering.stepped();
  canvas.dataset.at = `${game.me?.x},${game.me?.y}`;
  if (result === "bumped" || result === "blocked") steering.halt();
}

/** Shows the best results once they are known. */
function showScores(roomId: string, overlay: Overlay): () => void {
  let scores: Scores | undefined;
  let isOver = false;
  openScores(roomId).then(
    (opened) => {
      scores = opened;
      if (isOver) opened.close();
      else overlay.useScores(opened);
    },
    (error: Error) => console.warn(error.message),
  );
  return () => {
    isOver = true;
    scores?.close();
  };
}

function eachFrame(draw: (at: number) => void): () => void {
  let frame = requestAnimationFrame(function next(at: number) {
    draw(at);
    frame = requestAnimationFrame(next);
  });
  return () => cancelAnimationFrame(frame);
}

function exit(): void {
  location.hash = "";
}

function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms);
  return () => clearInterval(timer);
}
