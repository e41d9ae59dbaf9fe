import { Socket } from "node:net";

/** This process's open sockets that a server on the given origin has accepted. */
export function serverSockets(origin: string): readonly Socket[] {
  const port = Number(new URL(origin).port);
  const { _getActiveHandles } = process as unknown as { _getActiveHandles(): readonly unknown[] };
  return _getActiveHandles.call(process).filter((handle): handle is Socket => {
    return handle instanceof Socket && handle.localPort === port;
  });
}

/** Timers of this process that keep it alive. */
export function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
}
