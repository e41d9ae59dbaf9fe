import { HEADER } from "../../core/headers.ts";
import type { Context } from "../context.ts";
import type { ErrorCode } from "../http/errors.ts";
import { pickHeaders } from "../http/headers.ts";
import { pass } from "../http/pass.ts";

const PASSED_PARAMETERS = ["offset", "live", "cursor"];

/**
 * `GET` and `HEAD` of updates and of presence: passed through.
 *
 * @param live what `live=true` means here
 */
export async function readStream(
  { upstream }: Context,
  path: string,
  request: Request,
  live: "sse" | "long-poll",
  missing: ErrorCode,
): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const passed = new URLSearchParams();
  for (const name of PASSED_PARAMETERS) {
    const value = query.get(name);
    if (value !== null) passed.set(name, name === "live" && value === "true" ? live : value);
  }
  const response = await upstream.send(request.method, `${path}?${passed}`, {
    headers: pickHeaders(request.headers, [HEADER.ifNoneMatch, "accept"]),
    // When the client leaves, so do we.
    signal: request.signal,
  });
  return pass(response, missing);
}
