import { stripVTControlCharacters, styleText } from "node:util";
import { Command, Option } from "commander";
import { isJsonContentType } from "../arguments/json.ts";
import type { Connection } from "../connection/connection.ts";
import { requestFailure } from "../failure.ts";
import { connect, type Invocation, streamId } from "../invocation.ts";
import { plainLine } from "../output/json-lines.ts";
import { writeOut } from "../output/standard-output.ts";
import { type LiveMode, readStream } from "../reading/read-stream.ts";
import { byteCutter, messageCutter } from "../reading/units.ts";
import { LineSplitter } from "../writing/lines.ts";

interface FollowFlags {
  readonly offset: string;
  readonly live: Exclude<LiveMode, "none">;
}

/** Colours by which the streams of one run are told apart. */
const COLOURS = ["cyan", "yellow", "green", "magenta", "blue", "red"] as const;

/** `follow <stream_id...>`: what is appended to several streams, line by line as it comes. */
export function followCommand(invocation: Invocation): Command {
  return new Command("follow")
    .description("print what is appended to one or more streams, until all are closed")
    .argument("<stream_id...>")
    .option("--offset <offset>", "begin at this offset; -1: the beginning", "now")
    .addOption(new Option("--live <mode>", "how to wait").choices(["long-poll", "sse"]).default("sse"))
    .action(async (ids: readonly string[], flags: FollowFlags) => {
      const connection = connect(invocation);
      const labels = labelsOf(ids.map(streamId));
      await Promise.all(ids.map((id, index) => follow(connection, id, labels[index]!, flags)));
    });
}

async function follow(connection: Connection, id: string, label: string, flags: FollowFlags): Promise<void> {
  const lines = new LineSplitter();
  let isJson = false;
  const cutterFor = (contentType: string) => {
    isJson = isJsonContentType(contentType);
    return isJson ? messageCutter : byteCutter;
  };
  try {
    for await (const event of readStream(connection, {
      url: connection.streamUrl(id),
      ...flags,
      cutterFor,
    })) {
      // Without a label nothing needs lines: bytes go out as they come.
      if (event.kind === "data" && !isJson && label === "")
        for (const piece of event.pieces) await writeOut(piece);
      else if (event.kind === "data")
        await print(label, isJson ? event.pieces : event.pieces.flatMap((piece) => lines.push(piece)));
      else if (event.kind === "position") await print(label, lines.finish());
    }
  } catch (error) {
    throw requestFailure(`follow stream "${id}"`, error);
  }
}

function print(label: string, lines: readonly Uint8Array[]): Promise<void> {
  return writeOut(lines.map((line) => label + plainLine(line)).join(""));
}

/** What stands before each line: the stream's id, aligned, unless there is only one. */
function labelsOf(ids: readonly string[]): readonly string[] {
  if (ids.length === 1) return [""];
  const width = Math.max(...ids.map((id) => id.length));
  return ids.map((id, index) => {
    const label = styleText(COLOURS[index % COLOURS.length]!, id.padEnd(width), { validateStream: false });
    return `${process.stdout.isTTY && process.stdout.hasColors() ? label : stripVTControlCharacters(label)}  `;
  });
}
