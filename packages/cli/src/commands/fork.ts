import { HEADER, ZERO_OFFSET } from "@perennial/protocol";
import { Command } from "commander";
import { wholeNumber } from "../arguments/option-values.ts";
import { requestFailure } from "../failure.ts";
import { connect, type Invocation, report, streamId } from "../invocation.ts";

interface ForkFlags {
  readonly at?: string;
  readonly sub?: number;
}

/** `fork <source> <new>`: a new stream that begins with the source's content (protocol §6). */
export function forkCommand(invocation: Invocation): Command {
  return new Command("fork")
    .description("create a stream that begins with the content of another")
    .argument("<source>", "stream to fork")
    .argument("<new>", "stream to create")
    .option("--at <offset>", "share the content up to this offset; -1: the beginning (default: all of it)")
    .option(
      "--sub <n>",
      "share so much beyond --at, or without it beyond the beginning: messages of a JSON stream, else bytes",
      wholeNumber("--sub"),
    )
    .action((source: string, target: string, flags: ForkFlags) =>
      fork(invocation, streamId(source), streamId(target), flags),
    );
}

async function fork(
  invocation: Invocation,
  source: string,
  target: string,
  { at, sub }: ForkFlags,
): Promise<void> {
  const connection = connect(invocation);
  const url = connection.streamUrl(target);
  // The protocol counts from the tail unless told otherwise, and beyond that there is nothing to share.
  const anchor = at === "-1" || (at === undefined && sub !== undefined) ? ZERO_OFFSET : at;
  const headers = {
    [HEADER.streamForkedFrom]: new URL(connection.streamUrl(source)).pathname,
    ...(anchor !== undefined && { [HEADER.streamForkOffset]: anchor }),
    ...(sub !== undefined && { [HEADER.streamForkSubOffset]: String(sub) }),
  };
  try {
    await connection.request("PUT", url, { headers });
  } catch (error) {
    throw requestFailure(`fork stream "${source}"`, error);
  }
  report(invocation, `Stream forked: "${source}" to "${target}"\n  URL: ${url}`);
}
