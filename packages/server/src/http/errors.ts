/** The one place where what went wrong becomes a status, headers and a body; `problem-table.ts` says which. */
import { HEADER, PROBLEM_CONTENT_TYPE, type Problem } from "@perennial/protocol";
import { readFailureOf } from "../telemetry/read-failure.ts";
import type { Reply } from "./message/reply.ts";
import type { Row } from "./problem-row.ts";
import { type Failure, PROBLEMS } from "./problem-table.ts";

/** The stable code of a kind of failure, as in the problem body. */
export function codeOf(kind: Failure["kind"]): string {
  return kind.replaceAll("-", "_");
}

/** Renders any failure as a reply. */
export function problemReply(failure: Failure): Reply {
  const row = PROBLEMS[failure.kind] as Row<Failure>;
  const code = codeOf(failure.kind);
  const problem: Problem = {
    type: `urn:perennial:problem:${failure.kind}`,
    title: row.title,
    status: row.status,
    code,
    detail: row.detail(failure),
    ...row.at?.(failure),
    ...row.facts?.(failure),
  };
  return {
    status: row.status,
    headers: [
      HEADER.contentType,
      PROBLEM_CONTENT_TYPE,
      HEADER.cacheControl,
      "no-store",
      ...(row.headers?.(failure) ?? []),
    ],
    body: Buffer.from(JSON.stringify(problem)),
  };
}

/** The answer to a request on which something was thrown: it says no more than what kind of thing. */
export function failureReply(error: unknown): Reply {
  switch (readFailureOf(error)) {
    case "crowded":
      return problemReply({ kind: "too-much-remembered" });
    case "removed":
      return problemReply({ kind: "stream-not-found" });
    case "damaged":
      return problemReply({ kind: "damaged-data" });
    case "bug":
      return problemReply({ kind: "internal-error" });
  }
}
