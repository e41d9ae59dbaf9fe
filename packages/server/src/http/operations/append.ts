/** POST: append, close, or both (protocol §7 to §10). */
import {
  formatOffset,
  HEADER,
  isTrue,
  isValidStreamSeq,
  ok,
  parseProducerTrio,
  STREAM_SEQ_MAX_LENGTH,
} from "@perennial/protocol";
import type { AppendOutcome } from "../../shard/append.ts";
import type { AppendCommand } from "../../stream/commands.ts";
import type { ProducerTuple, StoredBytes } from "../../stream/records.ts";
import { bodyProblem, mayDo, type Scope } from "../access/scope.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import { codingProblem } from "../message/content-coding.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { type Parsed, type RequestProblem, refuse } from "../problems.ts";

export function append(
  context: Context,
  scope: Scope,
  request: HttpRequest,
  path: string,
): Reply | Promise<Reply> {
  const coding = codingProblem(request);
  if (coding !== undefined) return problemReply(coding);
  const body = request.body();
  if (!(body instanceof Promise)) return appendBody(context, scope, request, path, body);
  return body.then((received) => appendBody(context, scope, request, path, received));
}

function appendBody(
  context: Context,
  scope: Scope,
  request: HttpRequest,
  path: string,
  body: Parsed<StoredBytes>,
): Reply | Promise<Reply> {
  if (body.kind === "rejected") return problemReply(body.rejection);
  const parsed = parseAppend(request, body.value);
  if (parsed.kind === "rejected") return problemReply(parsed.rejection);
  const command = parsed.value;
  const refusal = refusalOf(scope, path, command);
  if (refusal !== undefined) return problemReply(refusal);
  return context.streams
    .for(path)
    .append(path, command)
    .then((outcome) => {
      if (outcome.kind === "appended") scope.usage?.stored(0, command.body.byteLength);
      return render(outcome, command.producer);
    });
}

/** Why the sender may not append this, if not. Who closes, and does so with a last body, does two things. */
function refusalOf(
  scope: Scope,
  path: string,
  { body, closes, producer }: AppendCommand,
): RequestProblem | undefined {
  if (scope.usage === undefined) return undefined;
  const alsoAppends = closes && body.byteLength > 0;
  const problem = alsoAppends ? mayDo(scope, "append", path, producer?.id) : undefined;
  return problem ?? bodyProblem(scope, body.byteLength);
}

function parseAppend(request: HttpRequest, body: StoredBytes): Parsed<AppendCommand> {
  const trio = parseProducerTrio(
    request.header(HEADER.producerId),
    request.header(HEADER.producerEpoch),
    request.header(HEADER.producerSeq),
  );
  if (trio.kind === "rejected") return refuse({ kind: "bad-header", ...trio.rejection });
  const streamSeq = request.header(HEADER.streamSeq);
  if (streamSeq !== undefined && !isValidStreamSeq(streamSeq)) {
    const reason = `must not exceed ${STREAM_SEQ_MAX_LENGTH} characters`;
    return refuse({ kind: "bad-header", header: HEADER.streamSeq, reason });
  }
  return ok({
    body,
    contentType: request.header(HEADER.contentType) || undefined,
    closes: isTrue(request.header(HEADER.streamClosed)),
    producer: trio.kind === "trio" ? trio : undefined,
    streamSeq,
  });
}

function render(outcome: AppendOutcome, producer: ProducerTuple | undefined): Reply {
  if (outcome.kind === "rejected") return renderRejection(outcome, producer);
  const headers = [
    HEADER.streamNextOffset,
    formatOffset(outcome.nextPosition),
    HEADER.cacheControl,
    "no-store",
  ];
  if (outcome.closed) headers.push(HEADER.streamClosed, "true");
  if (outcome.producer === undefined) return { status: 204, headers, body: undefined };
  const { epoch, lastSeq } = outcome.producer;
  headers.push(HEADER.producerEpoch, String(epoch), HEADER.producerSeq, String(lastSeq));
  const isNewData = outcome.kind === "appended" && outcome.withData;
  return { status: isNewData ? 200 : 204, headers, body: undefined };
}

/**
 * Official clients take any 409 without `Producer-Expected-Seq` for a gap with 0 expected, and send the request
 * again at once, for ever. Naming the received sequence as the expected one makes them stop (protocol §9).
 */
function renderRejection(
  { rejection }: Extract<AppendOutcome, { kind: "rejected" }>,
  producer: ProducerTuple | undefined,
): Reply {
  const reply = problemReply(rejection);
  if (reply.status !== 409 || producer === undefined || rejection.kind === "sequence-gap") return reply;
  const seq = String(producer.seq);
  const stop = [HEADER.producerExpectedSeq, seq, HEADER.producerReceivedSeq, seq];
  return { ...reply, headers: [...reply.headers, ...stop] };
}
