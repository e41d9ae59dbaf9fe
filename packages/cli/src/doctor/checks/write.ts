import { HEADER, PROBLEM_CONTENT_TYPE } from "@perennial/protocol";
import { type Check, fine, problem } from "../finding.ts";
import { through } from "../hops.ts";

/** A stream can be created, appended to, read and deleted at all. */
export const writeAndRead: Check = {
  name: "create, append, read, delete",
  async run(probe) {
    const startedAt = performance.now();
    const url = await probe.stream();
    const appended = await probe.append(url, "a");
    if (!appended.ok) return refused("POST", appended);
    const read = await probe.fetch("GET", `${url}?offset=-1`);
    const text = await read.text();
    if (text !== "a")
      return problem(
        `a read gives ${JSON.stringify(text)} where "a" was appended${through(read.headers)}`,
        "is something rewriting bodies?",
      );
    const deleted = await probe.fetch("DELETE", url);
    if (!deleted.ok) return refused("DELETE", deleted);
    const elapsed = Math.round((performance.now() - startedAt) / 4);
    const hops = through(read.headers);
    return fine(`works, about ${elapsed} ms a request${hops}`);
  },
};

function refused(method: string, { status, headers }: Response) {
  return problem(
    `${method} answered ${status}${through(headers)}`,
    `let the proxy pass the methods PUT, POST, DELETE, HEAD and OPTIONS`,
  );
}

/** The bytes that many proxies allow in a body unless told otherwise, and more. */
const LARGE_BODY_BYTES = 2 * 1024 * 1024;

/** A body of a few megabytes gets through. */
export const largeBody: Check = {
  name: "large bodies",
  async run(probe) {
    const url = await probe.stream();
    const response = await probe.append(url, new Uint8Array(LARGE_BODY_BYTES).fill(0x61));
    if (response.ok) return fine("2 MiB in one append");
    const isOurs = response.headers.get(HEADER.contentType)?.startsWith(PROBLEM_CONTENT_TYPE);
    return problem(
      `an append of 2 MiB is answered with ${response.status}${through(response.headers)}`,
      isOurs
        ? "raise the server's --body-bytes"
        : "raise the proxy's limit for bodies (nginx: client_max_body_size)",
    );
  },
};
