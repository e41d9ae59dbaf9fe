import { EXIT } from "../exit-codes.ts";

/**
 * A signal this soon after the first is the same key press: at a terminal Ctrl-C reaches the server twice, from
 * the terminal and from `npm start`, which passes it on. ms
 */
const SAME_KEY_PRESS_MS = 500;

/** Resolves with the first SIGINT or SIGTERM. A second one ends the process at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        resolve(signal);
      } else if (performance.now() - firstAt > SAME_KEY_PRESS_MS) {
        process.exit(EXIT.failure);
      }
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
}
