/**
 * A drawing board that one can wind back and fork. A frame is one movement of the pen: what it does, its colour, where to. The
 * picture follows from the frames, so whoever has the link sees it being drawn, and any moment of it is a place to draw on from.
 */
import {
  createTimeline,
  forkTimeline,
  isTimelineName,
  type Machine,
  Playback,
  PlaybackClock,
  Recorder,
  Snapshots,
  TimelineReader,
} from "@perennial/timeline";

const [WIDTH, HEIGHT, FRAME_BYTES, RATE] = [720, 440, 6, 60];
const SNAPSHOT_EVERY = 1_000;
const INKS = ["#1f2937", "#dc2626", "#2563eb", "#16a34a", "#fffdf8"];
const NAMES = ["black", "red", "blue", "green", "rubber"];
const place = { streamsUrl: new URL("/v1/stream/boards", location.href) };

/** The picture: one byte for each point, behind how many frames there were and where the pen is. */
class Board implements Machine {
  #state = new Uint8Array(12 + WIDTH * HEIGHT);
  get #pen(): Uint32Array {
    return new Uint32Array(this.#state.buffer, 0, 3);
  }
  get tick(): number {
    return this.#pen[0]!;
  }
  get points(): Uint8Array {
    return this.#state.subarray(12);
  }

  step(frame: Uint8Array): void {
    const [down = 0, ink = 0, x1 = 0, x2 = 0, y1 = 0, y2 = 0] = frame;
    const [x, y] = [Math.min(x1 + x2 * 256, WIDTH - 1), Math.min(y1 + y2 * 256, HEIGHT - 1)];
    const [, fromX = 0, fromY = 0] = this.#pen;
    if (down !== 0) this.#line(fromX, fromY, x, y, 1 + (ink % INKS.length));
    this.#pen.set([this.tick + 1, x, y]);
  }

  #line(fromX: number, fromY: number, x: number, y: number, value: number): void {
    const steps = Math.max(Math.abs(x - fromX), Math.abs(y - fromY), 1);
    const radius = value === INKS.length ? 12 : 2;
    for (let step = 0; step <= steps; step++) {
      const [atX, atY] = [fromX, fromY].map((from, axis) =>
        Math.round(from + (((axis ? y : x) - from) * step) / steps),
      ) as [number, number];
      for (let row = Math.max(0, atY - radius); row <= Math.min(HEIGHT - 1, atY + radius); row++)
        this.points.fill(
          value,
          row * WIDTH + Math.max(0, atX - radius),
          row * WIDTH + Math.min(WIDTH, atX + radius + 1),
        );
    }
  }

  save = () => this.#state.slice();
  load(state: Uint8Array<ArrayBuffer>): boolean {
    if (state.length !== this.#state.length) return false;
    this.#state = state.slice();
    return true;
  }
  hash = () => this.#state.reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619), 2_166_136_261) >>> 0;
}

/** The board that the address names, or a new one. */
async function ownBoard(): Promise<string> {
  const wanted = location.hash.slice(1);
  if (isTimelineName(wanted)) return wanted;
  const name = crypto.randomUUID().slice(0, 8);
  await createTimeline(
    place,
    name,
    { kind: "drawing", frameBytes: FRAME_BYTES, rate: RATE },
    { maxBytes: 4_000_000 },
  );
  own(name);
  return name;
}

/** Whoever made a board in this tab draws on it; others watch, and fork it. */
function own(name: string): void {
  sessionStorage.setItem(`own ${name}`, "yes");
  history.replaceState(null, "", `#${name}`);
}

const name = await ownBoard();
const stop = new AbortController();
const snapshots = new Snapshots(place, name);
void snapshots.follow({ signal: stop.signal, live: true });
const board = new Board();
const reader = await TimelineReader.open({ place, name, signal: stop.signal });
const isOwn = sessionStorage.getItem(`own ${name}`) !== null;
const recorder = isOwn
  ? new Recorder({ place, name, frameBytes: FRAME_BYTES, producerId: "pen" })
  : undefined;
const playback = new Playback({ machine: board, frames: reader.frames, snapshots });
const clock = new PlaybackClock({ rate: RATE });
let mode: "live" | "wound" | "seeking" = "live";
let ink = 0;

document.getElementById("root")!.innerHTML = `
  <header>
    <h1>Drawing board</h1>
    ${INKS.map((color, at) => `<button class="ink" style="background-color: ${color}" aria-label="${NAMES[at]}" aria-pressed="${at === 0}"></button>`).join("")}
    <button id="fork">Fork here</button>
  </header>
  <canvas width="${WIDTH}" height="${HEIGHT}" aria-label="The board" class="${isOwn ? "" : "watching"}"></canvas>
  <footer>
    <input type="range" min="0" aria-label="Moment" />
    <output></output>
    <button id="live">Newest</button>
  </footer>
  <p>${isOwn ? "You draw. Whoever has this page's address watches." : "You watch. Fork it, and draw on from any moment."}</p>`;
const canvas = document.querySelector("canvas")!;
const context = canvas.getContext("2d")!;
const scrubber = document.querySelector("input")!;
const output = document.querySelector("output")!;
const colors = INKS.map((color) =>
  Number.parseInt(`ff${color.slice(5)}${color.slice(3, 5)}${color.slice(1, 3)}`, 16),
);
const image = new ImageData(WIDTH, HEIGHT);
const pixels = new Uint32Array(image.data.buffer);

function draw(): void {
  board.points.forEach((value, at) => {
    pixels[at] = value === 0 ? 0 : colors[value - 1]!;
  });
  context.putImageData(image, 0, 0);
  canvas.dataset.hash = `${board.tick}:${board.hash()}`;
}

function look(now: number): void {
  recorder?.send();
  const before = board.tick;
  if (mode === "live") playback.advance(isOwn ? playback.waiting : clock.live(now, playback.waiting));
  if (mode !== "seeking" && (board.tick !== before || now === 0)) draw();
  scrubber.max = String(reader.frames.length);
  if (mode === "live") scrubber.value = String(board.tick);
  output.textContent = `${board.tick} of ${reader.frames.length}`;
  requestAnimationFrame(look);
}

async function seek(tick: number, then: "live" | "wound"): Promise<void> {
  mode = "seeking";
  if ((await playback.seek(tick)) === "superseded") return;
  clock.reset();
  mode = then;
  draw();
}

function pen(down: number, event: PointerEvent): void {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const x = Math.max(0, Math.round(((event.clientX - left) / width) * WIDTH));
  const y = Math.max(0, Math.round(((event.clientY - top) / height) * HEIGHT));
  recorder?.push(Uint8Array.of(down, ink, x, x >> 8, y, y >> 8));
}

canvas.addEventListener("pointerdown", (event) => {
  if (mode === "wound") void seek(reader.frames.length, "live");
  canvas.setPointerCapture(event.pointerId);
  pen(0, event);
  pen(1, event);
});
canvas.addEventListener("pointermove", (event) => event.buttons & 1 && pen(1, event));
scrubber.addEventListener("input", () => void seek(Number(scrubber.value), "wound"));
document.getElementById("live")!.addEventListener("click", () => void seek(reader.frames.length, "live"));
document.querySelectorAll<HTMLElement>(".ink").forEach((button, at, all) => {
  button.addEventListener("click", () => {
    ink = at;
    for (const each of all) each.setAttribute("aria-pressed", String(each === button));
  });
});
document.getElementById("fork")!.addEventListener("click", async () => {
  const fork = crypto.randomUUID().slice(0, 8);
  await recorder?.flush();
  await forkTimeline({ place, from: name, name: fork, tick: board.tick, reader });
  own(fork);
  location.reload();
});
addEventListener("hashchange", () => location.reload());

if (isOwn)
  setInterval(() => {
    const due = Math.floor(board.tick / SNAPSHOT_EVERY) * SNAPSHOT_EVERY;
    // Saved where it stands: a moment behind the round number is as good.
    if (due > (snapshots.latestUpTo(board.tick) ?? 0) && mode === "live")
      void snapshots.publish(board.tick, board.save());
  }, 1_000);
await seek(reader.frames.length, "live");
look(0);
