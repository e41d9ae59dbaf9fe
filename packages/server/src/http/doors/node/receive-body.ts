/** Receiving a request body within its limits. Too slow ones are ended by node:http's own `requestTimeout`. */
import type { IncomingMessage } from "node:http";
import { NO_BYTES, type StoredBytes } from "../../../stream/records.ts";
import type { BodyBudget } from "../../limits/body-budget.ts";
import { GatheredBody } from "../../message/gathered-body.ts";
import { isProblem, type RequestProblem } from "../../problems.ts";

/**
 * Resolves to the whole body, whose bytes are then held against the budget, or to why it was refused. The rest of
 * a refused body is read and thrown away, so that the client gets to see the answer.
 *
 * @param announced the length that the request announces; 0 without a body, undefined when it comes in chunks
 * @param onHeld told how many bytes are held once the body is complete; the caller releases them
 */
export async function receiveBody(
  message: IncomingMessage,
  announced: number | undefined,
  budget: BodyBudget,
  onHeld: (byteLength: number) => void,
): Promise<StoredBytes | RequestProblem> {
  if (announced === 0) return NO_BYTES;
  const refusal = announced === undefined ? undefined : budget.refusal(announced, announced);
  if (refusal !== undefined) {
    message.resume();
    return refusal;
  }
  // The parser is through with the packet that brought the head once this function goes on.
  await null;
  const whole = announced === undefined ? undefined : readAtOnce(message, announced);
  if (whole === undefined)
    return new Promise((resolve) => gather(message, new GatheredBody(announced), budget, onHeld, resolve));
  budget.hold(whole.length);
  onHeld(whole.length);
  return { parts: [whole], byteLength: whole.length };
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
  body: GatheredBody,
  budget: BodyBudget,
  onHeld: (byteLength: number) => void,
  resolve: (body: StoredBytes | RequestProblem) => void,
): void {
  let settled = false;
  const settle = (outcome: StoredBytes | RequestProblem): void => {
    if (settled) return;
    settled = true;
    if (isProblem(outcome)) budget.release(body.byteLength);
    resolve(outcome);
  };
  message.on("data", (piece: Uint8Array) => {
    if (settled) return;
    const refusal = budget.refusal(body.byteLength + piece.length, piece.length);
    if (refusal !== undefined) return settle(refusal);
    body.add(piece);
    budget.hold(piece.length);
  });
  message.on("end", () => {
    onHeld(body.byteLength);
    settle(body.bytes());
  });
  message.on("close", () => settle({ kind: "body-incomplete" }));
  // The connection may have been cut while something else was waited for.
  if (message.destroyed && !message.complete) settle({ kind: "body-incomplete" });
}
