/** Reading the rows of a file, and writing it. */
import type { Row, RowKind } from "../feed/cut-rows.ts";
import { readRows } from "../feed/read-rows.ts";
import type { Query } from "../find/query.ts";
import { readablePath } from "../server/readable-path.ts";
import { columnsWith, exporter, type Format } from "./export-rows.ts";
import { FileWriter } from "./file-writer.ts";

export interface Taking {
  /** The stream's address, and its path. */
  readonly url: string;
  readonly path: string;
  readonly kind: RowKind;
  /** Positions at which rows begin: [from, to). */
  readonly from: number;
  readonly to: number;
  /** Only rows that it matches. */
  readonly query: Query | undefined;
  readonly format: Format;
  /** Of CSV; none: all that there are, which are looked for first. */
  readonly columns: readonly string[];
  readonly signal: AbortSignal;
  /** Told how much is done, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

const TYPES: Readonly<Record<Format, string>> = {
  ndjson: "application/x-ndjson",
  json: "application/json",
  csv: "text/csv",
  raw: "application/octet-stream",
};

/** Makes the file and has it saved. Rejects when the stream cannot be read; a file that was given up is not saved. */
export async function takeRows(taking: Taking): Promise<void> {
  const { format, kind, signal, path } = taking;
  const needsColumns = format === "csv" && taking.columns.length === 0;
  let { columns } = taking;
  if (needsColumns)
    await eachPortion(taking, 0, 0.5, (rows) => {
      columns = columnsWith(columns, rows);
    });
  const file = new FileWriter(TYPES[format]);
  const { begin, write, end } = exporter(format, kind, columns);
  file.write([begin]);
  await eachPortion(taking, needsColumns ? 0.5 : 0, 1, (rows) => file.write(write(rows)));
  file.write([end]);
  if (!signal.aborted) file.save(fileName(path, format, kind));
}

async function eachPortion(
  { url, from, to, query, signal, onProgress }: Taking,
  done: number,
  share: number,
  take: (rows: readonly Row[]) => void,
): Promise<void> {
  for await (const rows of readRows({ url, from, to, signal })) {
    if (signal.aborted) return;
    take(query === undefined ? rows : rows.filter(query.matches));
    const read = ((rows.at(-1)?.end ?? from) - from) / (to - from);
    onProgress(done + Math.min(1, read) * (share - done));
  }
}

/** The last part of the path, in letters that every file system takes. */
export function fileName(path: string, format: Format, kind: RowKind): string {
  const name = readablePath(path.slice(path.lastIndexOf("/") + 1));
  const safe = name
    .replace(/[^\p{L}\p{N}._ -]/gu, "_")
    .replace(/^\.+/, "_")
    .slice(0, 100);
  return `${safe || "stream"}.${format === "raw" ? (kind === "text" ? "txt" : "bin") : format}`;
}
