import { OPERATIONS, type Operation } from "@perennial/tokens";
import { Argument, Command } from "commander";
import { duration, requiredText } from "../arguments/option-values.ts";
import { failure, usageFailure } from "../failure.ts";
import type { Invocation } from "../invocation.ts";
import { writeOut } from "../output/standard-output.ts";

interface MintFlags {
  readonly match: string;
  readonly ops: readonly Operation[];
  readonly producer?: string;
  readonly subject?: string;
  /** ms */
  readonly expiresIn: number;
}

/** `perennial token mint <service>`: a token for some streams of a service, made here, without asking a server. */
export function tokenCommand(invocation: Invocation): Command {
  return new Command("token")
    .description("make a token: rights for some streams of a service, for minutes")
    .addArgument(new Argument("<action>", "what to do").choices(["mint"]))
    .argument("<service>", "the service whose secret signs it")
    .requiredOption(
      "--match <pattern>",
      "streams of the service, such as chats/123/**",
      requiredText("--match", "chats/**"),
    )
    .option("--ops <list>", "what may be done with them", operations, ["read"])
    .option(
      "--producer <id>",
      "the only producer id that appends may have",
      requiredText("--producer", "u-42"),
    )
    .option("--subject <text>", "whom it is for, for logs", requiredText("--subject", "u-42"))
    .option(
      "--expires-in <time>",
      "how long it is valid (10m), a day at most",
      duration("--expires-in", "s"),
      600_000,
    )
    .addHelpText("after", HELP_AFTER)
    .action(async (_action: string, service: string, flags: MintFlags) => {
      await writeOut(`${await mint(secretOf(invocation), service, flags)}\n`);
    });
}

const HELP_AFTER = `
  --ops     some of ${OPERATIONS.join(", ")}, with commas between (default: read)

The secret is taken from STREAM_AUTH, --auth or --auth-file: "Bearer <secret>". No server is asked.`;

function operations(value: string): readonly Operation[] {
  const names = value.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !OPERATIONS.includes(name as Operation));
  if (unknown === undefined) return names as Operation[];
  throw usageFailure(`--ops must be some of ${OPERATIONS.join(", ")}, not "${unknown}"`);
}

function secretOf(invocation: Invocation): string {
  const secret = /^bearer +(\S+)$/i.exec(invocation.globals().auth ?? "")?.[1];
  if (secret !== undefined) return secret;
  throw usageFailure('token mint needs the secret of the service: STREAM_AUTH="Bearer <secret>"');
}

async function mint(secret: string, service: string, flags: MintFlags): Promise<string> {
  const { mintToken, signingKey } = await import("@perennial/tokens");
  const { match, ops, producer, subject, expiresIn } = flags;
  const grant = { match, ops, ...(producer !== undefined && { producer }) };
  try {
    return await mintToken(await signingKey(secret), {
      service,
      streams: [grant],
      expiresIn: Math.floor(expiresIn / 1000),
      ...(subject !== undefined && { subject }),
    });
  } catch (error) {
    if (error instanceof RangeError) throw failure(error.message);
    throw error;
  }
}
