/** One stream copied to another, exactly once: it goes on where it was. */
import { DEFAULT_CONTENT_TYPE, HEADER, isTrue } from "@perennial/protocol";
import { isJsonContentType } from "../arguments/json.ts";
import type { Connection } from "../connection/connection.ts";
import { EXIT } from "../exit-codes.ts";
import { failure, usageFailure } from "../failure.ts";
import { formatMessages, formatSize } from "../writing/sizes.ts";
import { ensureStream } from "./ensure-stream.ts";
import { PositionedProducer } from "./positioned-producer.ts";
import { SILENT, showProgress } from "./progress.ts";
import { sendBatches } from "./send-batches.ts";
import { streamBatches } from "./stream-batches.ts";
import { copyTransferId } from "./transfer-id.ts";

interface CopyOptions {
  /** Whether to go on until the source is closed. */
  readonly follow: boolean;
  /** Whether others are copied at the same time, whose progress would be in the way. */
  readonly isOneOfMany: boolean;
}

/**
 * Copies what is missing. The base URL of each connection is the stream's. Throws `Failure`, or what a request does.
 *
 * @returns what was done, in words
 */
export async function copyStream(
  source: Connection,
  target: Connection,
  { follow, isOneOfMany }: CopyOptions,
): Promise<string> {
  const { headers } = await source.request("HEAD", source.baseUrl);
  const contentType = headers.get(HEADER.contentType) ?? DEFAULT_CONTENT_TYPE;
  const targetType = await ensureStream(target, target.baseUrl, contentType);
  if (isJsonContentType(targetType) !== isJsonContentType(contentType)) {
    throw usageFailure(`the source is ${contentType}, the target ${targetType}`);
  }
  const producer = new PositionedProducer(target, {
    url: target.baseUrl,
    contentType: targetType,
    producerId: copyTransferId(source.baseUrl),
  });
  const reach = await producer.position(Buffer.from("0"));
  if (reach.kind === "closed" && saysClosed(headers)) return "Copied nothing: source and target are closed";
  if (reach.kind === "closed") throw failure("the target is closed", EXIT.conflict);
  const start = reach.position;
  const isJson = isJsonContentType(contentType);
  const format = isJson ? formatMessages : formatSize;
  const session = { closed: false };
  const batches = streamBatches(source, { url: source.baseUrl, start, follow, isJson }, session);
  const progress = isOneOfMany ? SILENT : showProgress({ total: undefined, start, format });
  const { units } = await sendBatches(producer, batches, progress, start);
  if (session.closed) await producer.close();
  const what = format(units);
  return `Copied ${what}${session.closed ? " and closed the copy, like the source" : ""}`;
}

function saysClosed(headers: Headers): boolean {
  return isTrue(headers.get(HEADER.streamClosed));
}
