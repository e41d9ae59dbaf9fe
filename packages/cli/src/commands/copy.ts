import { DEFAULT_CONTENT_TYPE, HEADER, isTrue } from "@perennial/protocol";
import { Command } from "commander";
import { isJsonContentType } from "../arguments/json.ts";
import { validateUrl } from "../arguments/validate.ts";
import type { Connection } from "../connection/connection.ts";
import { EXIT } from "../exit-codes.ts";
import { failure, requestFailure, usageFailure } from "../failure.ts";
import { connectTo, type Invocation, report } from "../invocation.ts";
import { ensureStream } from "../transfer/ensure-stream.ts";
import { PositionedProducer } from "../transfer/positioned-producer.ts";
import { showProgress } from "../transfer/progress.ts";
import { sendBatches } from "../transfer/send-batches.ts";
import { streamBatches } from "../transfer/stream-batches.ts";
import { copyTransferId } from "../transfer/transfer-id.ts";
import { formatMessages, formatSize } from "../writing/sizes.ts";

interface CopyFlags {
  readonly follow?: boolean;
  readonly targetAuth?: string;
}

/** `copy <source_url> <target_url>`: one stream into another, on any two servers of the protocol. */
export function copyCommand(invocation: Invocation): Command {
  return new Command("copy")
    .description(
      "copy a stream to another, on any two servers, exactly once; run it again to resume or catch up",
    )
    .argument("<source_url>", "URL of the stream to read")
    .argument("<target_url>", "URL of the stream to write, created if it does not exist")
    .option("--follow", "go on with what is appended, until the source is closed")
    .option("--target-auth <value>", "Authorization for the target (default: --auth goes to both)")
    .action(async (sourceUrl: string, targetUrl: string, flags: CopyFlags) => {
      const source = connectTo(invocation, checkedUrl(sourceUrl));
      const target = connectTo(invocation, checkedUrl(targetUrl), flags.targetAuth);
      try {
        report(invocation, await copy(source, target, flags.follow === true));
      } catch (error) {
        throw requestFailure("copy the stream", error);
      }
    });
}

function checkedUrl(url: string): string {
  const { error } = validateUrl(url);
  if (error !== undefined) throw usageFailure(error);
  return url;
}

function saysClosed(headers: Headers): boolean {
  return isTrue(headers.get(HEADER.streamClosed));
}

/** The base URL of each connection is the stream's. */
async function copy(source: Connection, target: Connection, follow: boolean): Promise<string> {
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
  const progress = showProgress({ total: undefined, start, format });
  const { units } = await sendBatches(producer, batches, progress, start);
  if (session.closed) await producer.close();
  const what = format(units);
  return `Copied ${what}${session.closed ? " and closed the copy, like the source" : ""}`;
}
