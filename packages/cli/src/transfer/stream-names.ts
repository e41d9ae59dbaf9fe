/** Which streams are to be copied, as they are named below a URL. */
import { readFile } from "node:fs/promises";
import { STREAM_ROOT } from "@perennial/protocol";
import type { Connection } from "../connection/connection.ts";
import { requestFailure, usageFailure } from "../failure.ts";
import { listStreams } from "../listing/list-streams.ts";

/** Those that the server lists below a URL: of the streams' root, or of the first segments of paths, such as a service's. */
export async function* listedBelow(
  connectTo: (url: string) => Connection,
  url: string,
): AsyncGenerator<string> {
  const end = url.indexOf(STREAM_ROOT) + STREAM_ROOT.length;
  if (end < STREAM_ROOT.length) throw usageFailure(`--all needs a URL with ${STREAM_ROOT}, or --names`);
  const prefix = `${url.slice(end + 1)}/`.replace(/^\//, "");
  try {
    for await (const streams of listStreams(connectTo(url.slice(0, end)), prefix))
      for (const { path } of streams) yield path.slice(prefix.length);
  } catch (error) {
    throw requestFailure("list the streams", error);
  }
}

/** Those that a file names, one on each line, as they stand in URLs. */
export async function* namesIn(file: string): AsyncGenerator<string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw usageFailure((error as Error).message);
  }
  for (const line of text.split(/\r?\n/)) if (line !== "") yield line;
}
