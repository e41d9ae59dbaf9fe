import { MessageChannel } from "node:worker_threads";

/** `ArrayBuffer.prototype.transfer`, which Node 20 lacks. */
type Transferable = ArrayBuffer & { readonly transfer?: (byteLength: number) => ArrayBuffer };

/**
 * Gives a large buffer's memory back to the system now. Left to the garbage collector it would stay until as much again
 * has come: of large buffers that follow one another, two or three would be there at any time. All views of it are empty
 * afterwards.
 */
export function freeMemory(buffer: Transferable): void {
  if (buffer.transfer !== undefined) {
    buffer.transfer(0);
    return;
  }
  // A message takes what is transferred with it along, and nobody gets this one.
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.postMessage(undefined, [buffer]);
  port1.close();
}
