/** Fetches a response and begins to keep it. */
import { DEFAULT_CONTENT_TYPE } from "@perennial/protocol";
import { describe } from "../../core/stored-type.ts";
import type { Context } from "../context.ts";
import type { ErrorCode, Problem } from "../http/errors.ts";
import { type Source, startRun } from "../run.ts";
import type { Run } from "../running.ts";
import { askUpstream, type Refused, type UpstreamRequest } from "../upstream.ts";

/** What became of a request to create. */
export type Creation =
  | {
      /** `found`: the same request was made before. */
      readonly kind: "created" | "found";
      readonly id: string;
      readonly contentType: string;
    }
  | Refused
  | Failed;

export interface Failed {
  readonly kind: "failed";
  readonly problem: Problem;
}

/** Says what went wrong. */
export function failed(code: ErrorCode, message: string): Failed {
  return { kind: "failed", problem: { code, message } };
}

/**
 * Sends a request to its upstream; once that answers with success, the answer is kept under this id. Never rejects.
 *
 * @param leaving gives it up before there is an answer
 */
export async function createStream(
  context: Context,
  id: string,
  request: UpstreamRequest,
  leaving: AbortSignal | undefined,
): Promise<Creation> {
  const { running, lease, settings } = context;
  if (!running.enter()) return failed("TOO_MANY_REQUESTS", "As many responses are being fetched as may be");
  try {
    // First: what cannot be stored is not paid for.
    await lease.hold();
  } catch (error) {
    settings.logger.warn({ reason: (error as Error).name }, "the server below does not take streams");
    running.leave();
    return storageFailed();
  }
  let run: Run | undefined;
  try {
    const answer = await askUpstream(settings, request, leaving);
    if (answer.kind !== "begun") return answer;
    const contentType = answer.contentType ?? DEFAULT_CONTENT_TYPE;
    run = await beginRun(context, id, contentType, answer);
    if (run === undefined) return storageFailed();
    settings.logger.info({ streamId: id, host: request.url.host }, "a response has begun");
    return { kind: "created", id, contentType };
  } finally {
    const end = (): void => {
      lease.drop();
      running.leave();
    };
    if (run === undefined) end();
    else void run.ended.then(end);
  }
}

/** Begins to keep an answer; undefined when there can be no stream for it. */
async function beginRun(
  context: Context,
  id: string,
  contentType: string,
  source: Source,
): Promise<Run | undefined> {
  try {
    await context.records.create(id, describe({ contentType, instance: context.lease.instance }));
  } catch (error) {
    source.controller.abort();
    context.settings.logger.warn({ reason: (error as Error).name }, "a stream could not be created");
    return undefined;
  }
  const run = startRun(context, id, source);
  context.running.add(id, run);
  return run;
}

function storageFailed(): Failed {
  return failed("STORAGE_ERROR", "The server that holds the streams does not take this one");
}
