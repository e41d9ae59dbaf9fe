/** Reading a request body from node:http, whose own `requestTimeout` ends those that are too slow. */
import type { IncomingMessage } from "node:http";
import { ok } from "@perennial/protocol";
import { NO_BYTES, type StoredBytes } from "../../../stream/records.ts";
import type { BodyBudget } from "../../limits/body-budget.ts";
import { BodyReceiver } from "../../message/body-receiver.ts";
import { type Parsed, refuse } from "../../problems.ts";

/**
 * Resolves to the whole body, or to why it was refused. The rest of a refused body is read and thrown away, so that the
 * client gets to see the answer.
 *
 * @param announced the length that the request announces; 0 without a body, undefined when it comes in chunks
 * @param onHeld told how to give back what the body holds of the budget, once nobody needs it any more
 */
export async function receiveBody(
  message: IncomingMessage,
  announced: number | undefined,
  budget: BodyBudget,
  onHeld: (release: () => void) => void,
): Promise<Parsed<StoredBytes>> {
  if (announced === 0) return ok(NO_BYTES);
  const refusal = announced === undefined ? undefined : budget.refusal(announced, announced);
  if (refusal !== undefined) {
    message.resume();
    return refuse(refusal);
  }
  // The parser is through with the packet that brought the head once this function goes on.
  await null;
  const whole = announced === undefined ? undefined : readAtOnce(message, announced);
  if (whole === undefined) return gather(message, announced, budget, onHeld);
  budget.hold(whole.length);
  onHeld(() => budget.release(whole.length));
  return ok({ parts: [whole], byteLength: whole.length });
}

/**
 * A body that came in one packet with its head, as small ones do, can be read without listeners, which cost more than
 * all the rest of it. Undefined when it is not all there.
 */
function readAtOnce(message: IncomingMessage, length: number): Uint8Array | undefined {
  const bytes = message.read() as Buffer | null;
  if (bytes === null || bytes.length === length) return bytes ?? undefined;
  message.unshift(bytes);
  return undefined;
}

function gather(
  message: IncomingMessage,
  announced: number | undefined,
  budget: BodyBudget,
  onHeld: (release: () => void) => void,
): Promise<Parsed<StoredBytes>> {
  return new Promise((resolve) => {
    const receiver = new BodyReceiver({ announced, budget, timeoutMs: undefined }, resolve);
    onHeld(() => receiver.release());
    message.on("data", (piece: Uint8Array) => {
      const room = receiver.add(piece);
      if (room === undefined) return;
      message.pause();
      void room.then(() => message.resume());
    });
    message.on("end", () => receiver.end());
    message.on("close", () => receiver.giveUp({ kind: "body-incomplete" }));
    // The connection may have been cut while something else was waited for.
    if (message.destroyed && !message.complete) receiver.giveUp({ kind: "body-incomplete" });
  });
}
