/** What is stored are the bytes as sent: readers would take compressed ones for the stream's own content. */

import { HTTP_HEADER } from "@perennial/protocol";
import type { RequestProblem } from "../problems.ts";
import type { HttpRequest } from "./request.ts";

/** The problem of a body that is coded (`Content-Encoding: gzip`), if it is. */
export function codingProblem(request: HttpRequest): RequestProblem | undefined {
  const coding = request.header(HTTP_HEADER.contentEncoding);
  if (coding === undefined || coding === "" || coding.toLowerCase() === "identity") return undefined;
  return { kind: "content-coding" };
}
