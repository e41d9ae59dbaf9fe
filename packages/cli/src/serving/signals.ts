import { EXIT } from "../exit-codes.ts";

/**
 * A signal this soon after the first is the same key press: at a terminal Ctrl-C reaches the server twice, from
 * the terminal and from `npm start`, which passes it on. ms
 */
const SAME_KEY_PRESS_MS = 500;

/** The signal that asked the server to stop. */
export interface StopSignal {
  readonly signal: NodeJS.Signals;
  /**
   * Resolves when the process may end. Under npm that is after the signal's second copy: one that met the process
   * on its way out, its handlers gone, would make 130 of a clean end.
   */
  readonly passed: Promise<void>;
}

/**
 * Signals that would end the process although nobody who sends them to a server means that: a terminal that is closed, and
 * tools that ask for logs or settings to be looked at again. They are ignored.
 */
const HARMLESS: readonly NodeJS.Signals[] = ["SIGHUP", "SIGUSR2"];

/** Resolves with the first SIGINT or SIGTERM. A second one ends the process at once. */
export function stopSignal(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    let copyArrived = (): void => {};
    const onSignal = (signal: NodeJS.Signals): void => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        const comesTwice = signal === "SIGINT" && process.env.npm_lifecycle_event !== undefined;
        const passed = new Promise<void>((settle) => {
          const timer = setTimeout(settle, comesTwice ? SAME_KEY_PRESS_MS : 0);
          copyArrived = () => {
            clearTimeout(timer);
            settle();
          };
        });
        resolve({ signal, passed });
      } else if (performance.now() - firstAt > SAME_KEY_PRESS_MS) {
        process.exit(EXIT.failure);
      } else {
        copyArrived();
      }
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
    for (const signal of HARMLESS) process.on(signal, () => undefined);
  });
}
