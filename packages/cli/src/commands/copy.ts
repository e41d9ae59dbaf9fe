import { Command } from "commander";
import { validateUrl } from "../arguments/validate.ts";
import { failure, requestFailure, usageFailure } from "../failure.ts";
import { connectTo, type Invocation, report } from "../invocation.ts";
import { copyAll } from "../transfer/copy-all.ts";
import { copyStream } from "../transfer/copy-stream.ts";
import { listedBelow, namesIn } from "../transfer/stream-names.ts";

interface CopyFlags {
  readonly follow?: boolean;
  readonly targetAuth?: string;
  readonly all?: boolean;
  readonly names?: string;
}

/** `copy <source_url> <target_url>`: one stream into another, or all below one URL, on any two servers of the protocol. */
export function copyCommand(invocation: Invocation): Command {
  return new Command("copy")
    .description(
      "copy a stream to another, on any two servers, exactly once; run it again to resume or catch up",
    )
    .argument("<source_url>", "URL of the stream to read")
    .argument("<target_url>", "URL of the stream to write, created if it does not exist")
    .option("--follow", "go on with what is appended, until the source is closed")
    .option("--target-auth <value>", "Authorization for the target (default: --auth goes to both)")
    .option(
      "--all",
      "every stream below the source URL, such as a service, to the same name below the target",
    )
    .option("--names <file>", "with --all: the names, one on each line, for servers that list none")
    .action(async (sourceUrl: string, targetUrl: string, flags: CopyFlags) => {
      for (const url of [sourceUrl, targetUrl]) checkUrl(url);
      if (flags.all !== true && flags.names !== undefined) throw usageFailure("--names needs --all");
      if (flags.all === true && flags.follow === true) throw usageFailure("--follow goes with one stream");
      await (flags.all === true ? copyBelow : copyOne)(invocation, sourceUrl, targetUrl, flags);
    });
}

function checkUrl(url: string): void {
  const { error } = validateUrl(url);
  if (error !== undefined) throw usageFailure(error);
}

async function copyOne(
  invocation: Invocation,
  sourceUrl: string,
  targetUrl: string,
  { targetAuth, follow = false }: CopyFlags,
): Promise<void> {
  const source = connectTo(invocation, sourceUrl);
  const target = connectTo(invocation, targetUrl, targetAuth);
  try {
    report(invocation, await copyStream(source, target, { follow, isOneOfMany: false }));
  } catch (error) {
    throw requestFailure("copy the stream", error);
  }
}

async function copyBelow(
  invocation: Invocation,
  sourceUrl: string,
  targetUrl: string,
  { targetAuth, names }: CopyFlags,
): Promise<void> {
  const [from, to] = [sourceUrl, targetUrl].map((url) => url.replace(/\/+$/, ""));
  const below =
    names === undefined ? listedBelow((url) => connectTo(invocation, url), from!) : namesIn(names);
  const { copied, failed } = await copyAll(below, async (name) => {
    const source = connectTo(invocation, `${from}/${name}`);
    const target = connectTo(invocation, `${to}/${name}`, targetAuth);
    try {
      report(
        invocation,
        `${name}: ${await copyStream(source, target, { follow: false, isOneOfMany: true })}`,
      );
    } catch (error) {
      throw requestFailure(`copy ${name}`, error);
    }
  });
  if (failed > 0)
    throw failure(`${failed} of ${copied + failed} streams could not be copied; run it again to go on`);
  report(invocation, `Copied ${copied} streams`);
}
