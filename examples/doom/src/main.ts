import { isTimelineName } from "@perennial/timeline";
import { followSessions, type SessionEntry, STREAMS_PATH } from "../shared/sessions.ts";
import { readControls } from "./controls/controls.ts";
import { Keyboard } from "./controls/keyboard.ts";
import { Touch } from "./controls/touch.ts";
import { claim } from "./page/claim.ts";
import { button, element } from "./page/dom.ts";
import { EngineWorker } from "./page/engine-worker.ts";
import { sessionTree } from "./page/session-tree.ts";
import { Loudspeaker } from "./page/sound.ts";
import { Stage } from "./page/stage.ts";
import { WirePanel } from "./page/wire-panel.ts";
import { sentenceOf } from "./sentence.ts";
import type { FromWorker, Status } from "./worker/messages.ts";
import "./style/base.css";
import "./style/stage.css";
import "./style/panel.css";

const streamsUrl = new URL(STREAMS_PATH, location.href).href;
/** Another visit keeps the bot of the first screen playing. */
const VISIT_EVERY_MS = 60_000;
/** After so many sessions that cannot be opened the first screen says so. */
const MAX_BROKEN = 8;
const START = { skill: 2, map: 1 };

/** Sessions that this tab plays: a reload goes on with them, another tab watches. */
const mine = {
  has: (name: string): boolean => sessionStorage.getItem(`plays ${name}`) !== null,
  add: (name: string): void => sessionStorage.setItem(`plays ${name}`, "yes"),
};

let status: Status | undefined;
let sessions: readonly SessionEntry[] = [];
let open: string | undefined;
/** The part of the address that led to what is open: none to the first screen. */
let address = "";
/** What the bot is said to play, and could not be opened. */
const broken = new Set<string>();
const speaker = new Loudspeaker();
const worker = new EngineWorker(hear, () => stage.dead("The engine no longer answers, so it was ended."));

const stage = new Stage({
  onPlay: play,
  onPause: () => setPaused(!(status?.isPaused ?? false)),
  onSeek: (tick) => worker.send({ type: "seek", tick }),
  onNewest: () => {
    worker.send({ type: "newest" });
    setPaused(false);
  },
  onFork: () => worker.send({ type: "fork" }),
  onCopy: () => navigator.clipboard.writeText(new URL(`#${status?.name ?? ""}`, location.href).href),
  onBot: () => {
    worker.send({ type: "bot", isOn: !(status?.isBot ?? false) });
    setPaused(false);
  },
  onGoOn: () => history.replaceState(null, "", address === "" ? location.pathname : address),
});
const goOn = (): void => {
  if (status?.isMine && status.isPaused && status.mode === "playing") setPaused(false);
};
const touch = new Touch(goOn);
const keyboard = new Keyboard(stage.screen, { onMap: () => worker.send({ type: "map" }), onAny: goOn });
const wire = new WirePanel();
const list = element("div", {});
const root = document.getElementById("root")!;

function setPaused(isPaused: boolean): void {
  worker.send({ type: "pause", isPaused });
}

function play(): void {
  // What the bot plays is of no interest any more.
  open = "";
  stage.loading("A new game begins.");
  worker.send({ type: "begin", ...START });
}

/** Opens what the address names, or what the bot plays. */
function follow(): void {
  const wanted = location.hash.slice(1);
  if (wanted !== "" && wanted === open) return;
  if (isTimelineName(wanted)) void show(wanted);
  else if (wanted !== "") stage.problem("This address names no session.");
  else showBot();
}

async function show(name: string): Promise<void> {
  open = name;
  stage.loading("The session is read, from its first frame on.");
  const isMine = mine.has(name) && (await claim(name));
  if (open === name) worker.send({ type: "open", name, isMine });
}

/** The first screen: whoever plays last, a bot if nobody else. */
function showBot(): void {
  const latest = sessions.findLast(({ id, by }) => by === "bot" && !broken.has(id));
  // A bot that begins anew has ended what it played before.
  const isFree =
    open === undefined || (open === status?.name && (status.mode === "live" || status.mode === "ended"));
  if (isFree && latest !== undefined && latest.id !== open) void show(latest.id);
}

/** A list may name what is gone, or never was: then the first screen shows what the bot played before. */
function hearProblem(text: string): void {
  const failed = open;
  open = status?.name;
  const isFirstScreen = location.hash.length <= 1 && failed !== undefined && failed !== "" && failed !== open;
  if (!isFirstScreen || broken.size >= MAX_BROKEN) {
    stage.problem(text);
    return;
  }
  broken.add(failed);
  stage.loading("The bot has not begun yet.");
  if (open !== undefined) stage.uncover();
  showBot();
}

function hear(message: FromWorker): void {
  if (message.type === "status") hearStatus(message.status);
  else if (message.type === "sound") speaker.play(message);
  else if (message.type === "problem") hearProblem(message.text);
  else {
    open = message.name;
    if (message.isMine) {
      mine.add(message.name);
      void claim(message.name);
      // A navigation would throw the engine away.
      history.replaceState(null, "", `#${message.name}`);
    }
    address = location.hash;
    document.body.classList.toggle("plays", message.isMine);
    stage.uncover();
    showList();
  }
}

function hearStatus(now: Status): void {
  status = now;
  stage.show(now);
  wire.show(now);
  keyboard.isOn = now.isMine && now.mode === "playing" && !now.isBot;
  for (const [name, value] of Object.entries(now))
    if (typeof value !== "object") root.dataset[name] = String(value);
}

function showList(): void {
  list.replaceChildren(sessionTree(sessions, open, mine.has));
}

function steer(): void {
  if (keyboard.isOn) {
    const { nudge, ...command } = readControls(keyboard, touch);
    worker.send({ type: "command", command, nudge });
  }
  requestAnimationFrame(steer);
}

function build(): void {
  const sound = button(
    "Sound off",
    () => {
      const isOn = sound.getAttribute("aria-pressed") !== "true";
      sound.setAttribute("aria-pressed", String(isOn));
      sound.textContent = isOn ? "Sound on" : "Sound off";
      if (isOn) speaker.start();
      worker.send({ type: "sounds", isOn });
    },
    { "aria-pressed": "false", class: "ghost" },
  );
  const brand = element("h1", {}, element("b", {}, "Freedoom"), element("span", {}, " on durable streams"));
  root.append(
    element("header", {}, brand, sound, button("New game", play, { class: "accent" })),
    element(
      "main",
      {},
      element("div", { class: "left" }, stage.element, touch.element, keys()),
      element(
        "aside",
        {},
        element("section", {}, element("h2", {}, "Sessions"), list),
        element("section", {}, element("h2", {}, "The wire"), wire.element),
        about(),
      ),
    ),
  );
}

const keys = (): HTMLElement =>
  element(
    "p",
    { class: "keys" },
    ...[
      ["W A S D", "walk"],
      ["← →", "or the mouse: turn"],
      ["Space", "fire"],
      ["E", "open"],
      ["1–7", "weapons"],
      ["M", "map"],
    ].flatMap(([key, what]) => [element("kbd", {}, key!), ` ${what}  `]),
  );

const about = (): HTMLElement =>
  element(
    "section",
    { class: "about" },
    element("h2", {}, "What you see"),
    element(
      "p",
      {},
      "A game is its input: nine bytes for each of 35 ticks a second, in a stream. Whoever reads it has the game, live or at any moment; a fork of the stream is a fork of the game. Nothing but a stream server stands behind this page.",
    ),
    element(
      "p",
      {},
      "The data is Freedoom, the engine doomgeneric, under the GPL, compiled for WebAssembly.",
    ),
  );

build();
const offscreen = stage.canvas.transferControlToOffscreen();
worker.send(
  { type: "start", canvas: offscreen, streamsUrl, engineUrl: new URL("/engine", location.href).href },
  [offscreen],
);
stage.loading("The engine and five megabytes of Freedoom are on their way.");
addEventListener("hashchange", follow);
addEventListener("visibilitychange", () => {
  // Nobody dies while they look elsewhere.
  if (document.hidden && status?.isMine && status.mode === "playing" && !status.isBot) setPaused(true);
});
const visit = (): void => void fetch("/api/visit").catch(() => {});
visit();
setInterval(visit, VISIT_EVERY_MS);
steer();
if (location.hash.length > 1) follow();
void followSessions({ streamsUrl }, new AbortController().signal, (latest) => {
  sessions = latest;
  showList();
  if (location.hash.length <= 1) showBot();
}).catch((error: Error) => stage.problem(sentenceOf(error)));
