import type { ListedStream } from "@perennial/protocol";
import { Command } from "commander";
import { requestFailure } from "../failure.ts";
import { connect, type Invocation } from "../invocation.ts";
import { listStreams } from "../listing/list-streams.ts";
import { writeOut } from "../output/standard-output.ts";
import { formatSize } from "../writing/sizes.ts";

interface ListFlags {
  readonly long?: boolean;
  readonly json?: boolean;
}

/** `ls [prefix]`: the streams of a server, sorted. */
export function lsCommand(invocation: Invocation): Command {
  return new Command("ls")
    .description("list streams, sorted by id")
    .argument("[prefix]", "only those whose id begins with this", "")
    .option("-l, --long", "with content type, size, state and time of the last append")
    .option("--json", "one JSON object a line, with everything that is known")
    .action(async (prefix: string, flags: ListFlags) => {
      const connection = connect(invocation);
      try {
        let isFirst = true;
        for await (const streams of listStreams(connection, prefix)) {
          await writeOut(render(streams, flags, isFirst));
          isFirst = false;
        }
      } catch (error) {
        throw requestFailure("list streams", error);
      }
    });
}

/** What stands over the columns of `--long`. */
const HEADER = ["STREAM", "TYPE", "SIZE", "STATE", "LAST APPEND"];

function render(streams: readonly ListedStream[], { long, json }: ListFlags, withHeader: boolean): string {
  if (json) return streams.map((stream) => `${JSON.stringify(stream)}\n`).join("");
  if (!long) return streams.map(({ path }) => `${readable(path)}\n`).join("");
  const rows = streams.map(columns);
  const all = withHeader && rows.length > 0 ? [HEADER, ...rows] : rows;
  return process.stdout.isTTY ? aligned(all) : all.map((row) => `${row.join("\t")}\n`).join("");
}

/** A name as its author wrote it: letters instead of percent signs, but for what would break a line or a terminal. */
function readable(path: string): string {
  try {
    const name = decodeURIComponent(path);
    return /[\p{C}\p{Z}%]/u.test(name) ? path : name;
  } catch {
    return path;
  }
}

function columns({
  path,
  contentType,
  size,
  maxBytes,
  closed,
  lastAppendAt,
  forkedFrom,
}: ListedStream): readonly string[] {
  const state = `${closed ? "closed" : "open"}${forkedFrom === undefined ? "" : ", fork"}`;
  const used = maxBytes === undefined ? formatSize(size) : `${formatSize(size)} of ${formatSize(maxBytes)}`;
  return [readable(path), contentType, used, state, lastAppendAt];
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_cell, index) => Math.max(...rows.map((row) => row[index]!.length))) ?? [];
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index]!))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
