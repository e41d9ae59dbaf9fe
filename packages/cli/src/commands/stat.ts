import { HEADER, isTrue } from "@perennial/protocol";
import { Command } from "commander";
import { requestFailure } from "../failure.ts";
import { connect, type Invocation, streamId } from "../invocation.ts";
import { findListed } from "../listing/list-streams.ts";
import { writeOut } from "../output/standard-output.ts";

/** `stat <stream_id>`: what is known about a stream, without reading it. */
export function statCommand(invocation: Invocation): Command {
  return new Command("stat")
    .description("say what is known about a stream")
    .argument("<stream_id>")
    .option("--json", "as one JSON object")
    .action((id: string, { json }: { readonly json?: boolean }) =>
      stat(invocation, streamId(id), json === true),
    );
}

async function stat(invocation: Invocation, id: string, json: boolean): Promise<void> {
  const connection = connect(invocation);
  const url = connection.streamUrl(id);
  let headers: Headers;
  try {
    ({ headers } = await connection.request("HEAD", url));
  } catch (error) {
    throw requestFailure(`stat stream "${id}"`, error);
  }
  const ttl = headers.get(HEADER.streamTtl);
  const maxBytes = headers.get(HEADER.streamMaxBytes);
  const facts = {
    path: id,
    url,
    contentType: headers.get(HEADER.contentType) ?? undefined,
    offset: headers.get(HEADER.streamNextOffset) ?? undefined,
    closed: isTrue(headers.get(HEADER.streamClosed)),
    ttlSeconds: ttl === null ? undefined : Number(ttl),
    expiresAt: headers.get(HEADER.streamExpiresAt) ?? undefined,
    maxBytes: maxBytes === null ? undefined : Number(maxBytes),
    // Only Perennial's own server knows more.
    ...(await findListed(connection, id)),
  };
  await writeOut(json ? `${JSON.stringify(facts)}\n` : lines(facts));
}

function lines(facts: Readonly<Record<string, unknown>>): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `${`${name}:`.padEnd(14)}${typeof value === "object" ? JSON.stringify(value) : value}\n`,
    )
    .join("");
}
