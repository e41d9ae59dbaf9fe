/** What lies over the board: how to play before the first step, and who has won. */
import type { Game, Standing } from "../../shared/game.ts";
import { button, element } from "../dom.ts";
import type { Seat } from "./connect.ts";
import { percent } from "./hud.ts";
import type { Scores } from "./scores.ts";

const BEST_SHOWN = 5;

export interface Overlay {
  readonly element: HTMLElement;
  useScores(scores: Scores): void;
  update(): void;
}

export function createOverlay(seat: Pick<Seat, "game" | "isGone">, exit: () => void): Overlay {
  const { game } = seat;
  const box = element("div", { class: "overlay" });
  let scores: Scores | undefined;
  let shown = "";
  let ending: Ending | undefined;
  const best = element("ol", { class: "best" });
  const showBest = (): void => {
    const rows = scores?.best().slice(0, BEST_SHOWN) ?? [];
    best.replaceChildren(
      ...rows.map(({ playerName, score }) => element("li", {}, playerName, element("b", {}, String(score)))),
    );
  };
  return {
    element: box,
    useScores(opened) {
      scores = opened;
      opened.onChange(showBest);
      showBest();
    },
    update() {
      const state = seat.isGone() ? "gone" : stateOf(game);
      if (state === "over") ending?.update();
      if (state === shown) return;
      shown = state;
      ending = undefined;
      box.hidden = state === "none";
      if (state === "hint") box.replaceChildren(hint(game));
      if (state === "gone") box.replaceChildren(gone(exit));
      if (state !== "over") return;
      ending = createEnding(game, best, exit);
      box.replaceChildren(ending.element);
      const { me } = game;
      if (me !== undefined) keep(game, scores, me.name);
      showBest();
    },
  };
}

/** What is to be seen; the hint goes with the first step. */
function stateOf(game: Game): "none" | "hint" | "over" | "wait" {
  if (game.me === undefined) return "none";
  if (game.phase().kind === "over") return "over";
  return game.board.count(game.id) <= 1 ? "hint" : "none";
}

/** In the half of the board that the player is not in. */
function hint(game: Game): HTMLElement {
  const isBelow = (game.me?.y ?? 0) > game.board.size / 2;
  const words = "Arrow keys, WASD, or swipe. Close a loop to take what is inside.";
  return element("p", { class: isBelow ? "hint above" : "hint" }, words);
}

/** Nobody looked after the room, or the server began anew: what is on the board is this page's alone. */
function gone(exit: () => void): HTMLElement {
  return element(
    "section",
    { class: "ending", role: "dialog", "aria-label": "The room is gone" },
    element("h2", {}, "This room is gone"),
    element("p", {}, "Rooms are cleared away when nobody plays in them, or the server starts anew."),
    element("p", { class: "row" }, button("To the lobby", exit, { class: "primary" })),
  );
}

interface Ending {
  readonly element: HTMLElement;
  /** Steps that others made just before the end may arrive after it: in the end all see the same. */
  update(): void;
}

function createEnding(game: Game, best: HTMLElement, exit: () => void): Ending {
  const heading = element("h2", {});
  const results = element("ol", { class: "result" });
  const again = button("Rematch", () => game.rematch(), { class: "primary" });
  let shown = "";
  const update = (): void => {
    const all = game.standings();
    if (JSON.stringify(all) === shown) return;
    shown = JSON.stringify(all);
    const [winner] = all;
    heading.textContent = titleOf(winner, game.id);
    if (winner !== undefined) heading.style.setProperty("--color", winner.color);
    results.replaceChildren(...all.map((standing) => result(standing, game.board.size)));
  };
  update();
  const box = element(
    "section",
    { class: "ending", role: "dialog", "aria-label": "The end of the game" },
    ...[heading, results, element("h3", {}, "Best in this room"), best],
    element("p", { class: "row" }, again, button("Exit", exit)),
  );
  return { element: box, update };
}

function titleOf(winner: Standing | undefined, playerId: string): string {
  if (winner === undefined) return "Nobody won";
  return winner.id === playerId ? "You won!" : `${winner.name} won`;
}

function result({ name, color, cells }: Standing, size: number): HTMLElement {
  const made = element("li", {}, name, element("b", {}, percent(cells / (size * size))));
  made.style.setProperty("--color", color);
  return made;
}

function keep(game: Game, scores: Scores | undefined, playerName: string): void {
  const score = { playerName, score: game.board.count(game.id), timestamp: Date.now() };
  scores?.add(score).catch((error: Error) => console.warn(error.message));
}
