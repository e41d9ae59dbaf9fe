import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Pause before the next look, ms. */
const PAUSE_MS = 100;

/**
 * Resolves when somebody listens at a URL's host and port, or after `patienceMs`: the request itself will then say what is
 * wrong. Only a refused connection is waited out, as a server gives it that is starting.
 *
 * @param onRefused told of each look in vain
 */
export async function untilListening(url: string, patienceMs: number, onRefused: () => void): Promise<void> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const end = performance.now() + patienceMs;
  while (await isRefused(host, Number(port) || (protocol === "https:" ? 443 : 80), end - performance.now())) {
    if (performance.now() + PAUSE_MS > end) return;
    onRefused();
    await sleep(PAUSE_MS);
  }
}

async function isRefused(host: string, port: number, patienceMs: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(Math.max(1, Math.ceil(patienceMs))) });
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ECONNREFUSED";
  } finally {
    socket.on("error", () => {}).destroy();
  }
}
