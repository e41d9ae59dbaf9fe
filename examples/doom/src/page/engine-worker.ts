/** The worker, seen from the page: what it says, and whether it still says anything. */
import type { FromWorker, ToWorker } from "../worker/messages.ts";

/** A worker that says nothing for so long hangs, in ms. */
const SILENCE_MS = 12_000;

export class EngineWorker {
  readonly #worker = new Worker(new URL("../worker/main.ts", import.meta.url), { type: "module" });
  #heardAt: number | undefined;

  constructor(onMessage: (message: FromWorker) => void, onHang: () => void) {
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === "status") this.#heardAt = performance.now();
      onMessage(data);
    };
    const watch = setInterval(() => {
      const silent = performance.now() - (this.#heardAt ?? performance.now());
      // A page in the background hears little, and late.
      if (document.hidden) this.#heardAt &&= performance.now();
      else if (silent > SILENCE_MS) {
        clearInterval(watch);
        this.#worker.terminate();
        onHang();
      }
    }, 1_000);
  }

  send(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
