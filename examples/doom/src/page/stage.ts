/** The screen, what lies over it, and the bar below. */
import { titleOf } from "../../shared/sessions.ts";
import type { Status } from "../worker/messages.ts";
import { button, element } from "./dom.ts";
import { timeOf } from "./session-tree.ts";

export interface StageActions {
  readonly onPlay: () => void;
  readonly onPause: () => void;
  readonly onSeek: (tick: number) => void;
  readonly onNewest: () => void;
  readonly onFork: () => void;
  readonly onCopy: () => Promise<void>;
  readonly onBot: () => void;
  /** What was told is read: the game below is the one that is open. */
  readonly onGoOn: () => void;
}

/** So long without an answer, and the player is told that nothing is lost, in ms. */
const AWAY_MS = 2_500;
const AWAY =
  "No answer from the server. It is asked again and again: this goes on by itself once it is back.";

export class Stage {
  readonly canvas = element("canvas", { "aria-label": "The game", role: "img" });
  readonly screen: HTMLElement;
  readonly element: HTMLElement;
  readonly #chip = element("span", { class: "chip" });
  readonly #watching = element("span", { class: "chip quiet" });
  readonly #notice = element("p", { class: "notice", role: "status" });
  readonly #overlay = element("div", { class: "overlay" });
  #loadingText: HTMLElement = element("p", {});
  readonly #scrubber = element("input", {
    type: "range",
    min: "0",
    max: "0",
    value: "0",
    "aria-label": "Moment",
  });
  readonly #time = element("output", { class: "time" }, "0:00");
  readonly #pause: HTMLButtonElement;
  readonly #newest: HTMLButtonElement;
  readonly #fork: HTMLButtonElement;
  readonly #copy: HTMLButtonElement;
  readonly #bot: HTMLButtonElement;
  readonly #actions: StageActions;
  #isDragging = false;
  #overlayFor = "";
  /** Whether there is a game below what is laid over it. */
  #isOpen = false;

  constructor(actions: StageActions) {
    this.#actions = actions;
    this.#pause = button("Pause", actions.onPause, { class: "pause" });
    this.#newest = button("Live", actions.onNewest, { class: "newest" });
    this.#fork = button("Fork here", actions.onFork, {
      class: "accent fork-here",
      title: "Play on from this moment, in a session of your own",
    });
    this.#copy = button("Copy link", () => void this.#copyLink(), { class: "copy" });
    this.#bot = button("Let a bot play", actions.onBot, { class: "bot" });
    this.screen = element(
      ...(["div", { class: "screen" }, this.canvas] as const),
      element("div", { class: "chips" }, this.#chip, this.#watching),
      ...[this.#notice, this.#overlay],
    );
    this.#scrubber.addEventListener("input", () => {
      this.#isDragging = true;
      actions.onSeek(Number(this.#scrubber.value));
    });
    this.#scrubber.addEventListener("change", () => {
      this.#isDragging = false;
      // The keys are the game's again.
      this.#scrubber.blur();
    });
    const bar = element("div", { class: "bar" }, this.#pause, this.#scrubber, this.#time, this.#newest);
    const acts = element("div", { class: "acts" }, this.#fork, this.#copy, this.#bot);
    this.element = element("section", { class: "stage", "aria-label": "Game" }, this.screen, bar, acts);
  }

  show(status: Status): void {
    const { mode, tick, length, isMine, isPaused } = status;
    this.#scrubber.max = String(length);
    if (!this.#isDragging) this.#scrubber.value = String(tick);
    this.#scrubber.style.setProperty("--part", `${length === 0 ? 0 : (tick / length) * 100}%`);
    this.#scrubber.setAttribute("aria-valuetext", `${timeOf(tick)} of ${timeOf(length)}`);
    this.#time.textContent = `${timeOf(tick)} / ${timeOf(length)}`;
    const [kind, text] = chipOf(status);
    this.#chip.className = `chip ${kind}`;
    this.#chip.textContent = text;
    this.#watching.textContent = `${status.watchers} watching`;
    this.#watching.hidden = status.watchers === 0;
    this.#pause.textContent = isPaused ? "Play" : "Pause";
    this.#newest.textContent = isMine ? "Back to the game" : "Live";
    this.#newest.disabled = mode === "live" || mode === "playing" || mode === "idle";
    this.#fork.disabled = mode === "idle" || (mode === "ended" && length === 0);
    this.#bot.hidden = !isMine;
    this.#bot.textContent = status.isBot ? "Play myself" : "Let a bot play";
    this.#notice.textContent = noticeOf(status);
    this.#notice.hidden = this.#notice.textContent === "";
    this.#isOpen = mode !== "idle" && mode !== "ended";
    if (this.#overlayFor.startsWith("loading") && isAway(status)) this.#loadingText.textContent = AWAY;
    const isFree = this.#overlayFor === "" || this.#overlayFor === "paused";
    if (isFree && isMine && isPaused && mode === "playing")
      this.#cover("paused", "Paused", "Click, or press a key, and go on.");
    else if (this.#overlayFor === "paused") this.uncover();
  }

  /** Lays a sentence over the screen, with what can be done about it. */
  #cover(kind: string, title: string, text: string, ...children: readonly Node[]): void {
    if (this.#overlayFor === kind || this.#overlayFor === "dead") return;
    this.#overlayFor = kind;
    this.#overlay.replaceChildren(element("h2", {}, title), element("p", {}, text), ...children);
    this.#overlay.className = `overlay shown ${kind}`;
  }

  loading(text: string): void {
    this.#cover(`loading ${text}`, "One moment", text);
    this.#loadingText = this.#overlay.querySelector("p") ?? this.#loadingText;
  }

  /** Says what is wrong, until somebody has seen it. */
  problem(text: string): void {
    this.#cover(
      `problem ${text}`,
      "That did not work",
      text,
      this.#isOpen
        ? button("Go on", () => this.#goOn(), { class: "accent" })
        : button("New game", this.#actions.onPlay, { class: "accent" }),
    );
  }

  /** Nothing works any more but a page that begins anew. */
  dead(text: string): void {
    const reload = button("Reload the page", () => location.reload(), { class: "accent" });
    this.#cover("dead", "That did not work", text, reload);
  }

  uncover(): void {
    this.#overlayFor = "";
    this.#overlay.className = "overlay";
  }

  #goOn(): void {
    this.uncover();
    this.#actions.onGoOn();
  }

  async #copyLink(): Promise<void> {
    try {
      await this.#actions.onCopy();
      this.#copy.textContent = "Copied";
    } catch {
      this.#copy.textContent = "Copy the address above";
    }
    setTimeout(() => {
      this.#copy.textContent = "Copy link";
    }, 2_000);
  }
}

/** Whether the server has not answered for a while. */
const isAway = ({ wire }: Status): boolean => wire.awayMs > AWAY_MS;

function chipOf(status: Status): readonly [kind: string, text: string] {
  const { mode, isMine, isBot, isPaused, name } = status;
  const title = name === undefined ? "" : ` · ${titleOf(name)}`;
  if (mode === "playing")
    return ["on", `${isBot ? "Bot plays" : "You play"}${isPaused ? ", paused" : ""}${title}`];
  if (mode === "live") return isAway(status) ? ["past", `Waiting${title}`] : ["live", `Live${title}`];
  if (mode === "ended") return ["", `Ended${title}`];
  if (mode === "idle" || mode === "loading") return ["", "…"];
  return ["past", `${isMine ? "Your past" : "Replay"}${title}`];
}

function noticeOf(status: Status): string {
  const { waitingMs, waiting, differs, mode, isMine } = status;
  if (differs)
    return "This engine came to another state than the player's. What you see is not what happened.";
  if (waitingMs > AWAY_MS)
    return `No answer from the server for ${Math.round(waitingMs / 1_000)} s. Play on: ${waiting} ticks wait, none is lost.`;
  if (!isMine && isAway(status)) return AWAY;
  if (isMine && mode === "wound") return "You look back. Go back to the game, or fork it here and do better.";
  return "";
}
