import { Command } from "commander";
import { isJsonContentType } from "../arguments/json.ts";
import type { Connection } from "../connection/connection.ts";
import { requestFailure } from "../failure.ts";
import { connect, type Invocation, report, streamId } from "../invocation.ts";
import { findListed } from "../listing/list-streams.ts";
import { plainLine } from "../output/json-lines.ts";
import { writeOut } from "../output/standard-output.ts";
import { readStream } from "../reading/read-stream.ts";
import { byteCutter, messageCutter } from "../reading/units.ts";
import { ExportFile } from "../transfer/export-file.ts";
import { showProgress } from "../transfer/progress.ts";
import { formatSize } from "../writing/sizes.ts";

/** `export <stream_id> [file]`: all that a stream holds now. */
export function exportCommand(invocation: Invocation): Command {
  return new Command("export")
    .description("write all that a stream holds to a file; run it again to resume after an interruption")
    .argument("<stream_id>")
    .argument(
      "[file]",
      "gets a line for each message of a JSON stream, else the bytes; - for standard output",
      "-",
    )
    .action(async (id: string, path: string) => {
      const connection = connect(invocation);
      try {
        if (path === "-") await exportToOutput(connection, connection.streamUrl(streamId(id)));
        else report(invocation, await exportToFile(connection, streamId(id), path));
      } catch (error) {
        throw requestFailure(`export stream "${id}"`, error);
      }
    });
}

/** Messages of JSON streams, bytes of others. */
function cutterFor(contentType: string) {
  return isJsonContentType(contentType) ? messageCutter : byteCutter;
}

async function exportToOutput(connection: Connection, url: string): Promise<void> {
  let isJson = false;
  for await (const event of readStream(connection, { url, offset: "-1", live: "none", cutterFor })) {
    if (event.kind === "opened") isJson = isJsonContentType(event.contentType);
    else if (event.kind === "data") {
      for (const piece of isJson ? [event.pieces.map(plainLine).join("")] : event.pieces)
        await writeOut(piece);
    }
  }
}

async function exportToFile(connection: Connection, id: string, path: string): Promise<string> {
  const url = connection.streamUrl(id);
  // Before the file is made: a stream that does not exist must not leave one.
  await connection.request("HEAD", url);
  const total = (await findListed(connection, id))?.size;
  const file = await ExportFile.open(path, url);
  const resumed = file.bytes;
  const progress = showProgress({ total, start: resumed });
  let { offset, skip } = file.start;
  let isJson = false;
  try {
    for await (const event of readStream(connection, { url, offset, skip, live: "none", cutterFor })) {
      if (event.kind === "opened") isJson = isJsonContentType(event.contentType);
      else if (event.kind === "position") [offset, skip] = [event.offset, 0];
      else {
        const data = isJson ? Buffer.from(event.pieces.map(plainLine).join("")) : Buffer.concat(event.pieces);
        await file.write(data);
        skip += isJson ? event.pieces.length : data.length;
        if (file.wantsNote) await file.note({ offset, skip });
        progress.update(file.bytes);
      }
    }
  } finally {
    progress.stop();
  }
  await file.finish();
  return `Exported ${formatSize(file.bytes)} to ${path}${resumed > 0 ? `; ${formatSize(resumed)} were there already` : ""}`;
}
