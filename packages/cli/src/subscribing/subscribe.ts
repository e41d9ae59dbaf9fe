/** What `perennial subscribe` does. */
import { FetchError } from "@perennial/client";
import { CONTROL_SEGMENT, HEADER } from "@perennial/protocol";
import type { Connection } from "../connection/connection.ts";
import { failure, requestFailure, usageFailure } from "../failure.ts";
import { connect, type Invocation } from "../invocation.ts";
import { writeOut } from "../output/standard-output.ts";

export interface SubscribeFlags {
  readonly webhook?: string;
  readonly wakeStream?: string;
  readonly pattern?: string;
  readonly stream?: readonly string[];
  /** ms */
  readonly lease?: number;
  readonly description?: string;
  readonly json?: boolean;
}

/** Members as the server names them. */
type Shown = Readonly<Record<string, unknown>>;

const PAGE = 1000;

export async function subscribe(
  invocation: Invocation,
  action: string,
  id: string | undefined,
  flags: SubscribeFlags,
): Promise<void> {
  const connection = connect(invocation);
  const isOfOne = action !== "list" && action !== "rotate-keys";
  if (isOfOne && id === undefined) throw usageFailure(`${action} needs the id of a subscription`);
  if (!isOfOne && id !== undefined)
    throw usageFailure(`${action} is about all subscriptions: leave "${id}" out`);
  try {
    await writeOut(await perform(connection, action, id ?? "", flags));
  } catch (error) {
    const told = error instanceof FetchError ? messageOf(error) : undefined;
    const asItIs = requestFailure(`${action} subscription`, error);
    throw told === undefined ? asItIs : failure(told, asItIs.exitCode);
  }
}

/** What the control API says about a failure. */
function messageOf({ json }: FetchError): string | undefined {
  return (json as { error?: { message?: string } } | undefined)?.error?.message;
}

async function perform(
  connection: Connection,
  action: string,
  id: string,
  flags: SubscribeFlags,
): Promise<string> {
  const { json } = flags;
  const path = `subscriptions/${encodeURIComponent(id)}`;
  switch (action) {
    case "create":
      return shown(await send(connection, "PUT", path, wanted(flags)), json);
    case "show":
      return shown(await send(connection, "GET", path), json);
    case "delete":
      await send(connection, "DELETE", path);
      return json ? "" : `Deleted ${id}\n`;
    case "replay":
      await send(connection, "POST", `${path}/replay`);
      return json ? "" : `What is pending of ${id} is sent again\n`;
    case "dead-letters":
      return rows(
        (await send(connection, "GET", `${path}/dead-letters`)).dead_letters as Shown[],
        DEAD,
        json,
      );
    case "rotate-keys":
      return rows((await send(connection, "POST", "keys/rotate")).keys as Shown[], ["kid"], json);
    default:
      return listed(connection, flags);
  }
}

const DEAD = ["wake_id", "dead_at", "attempts", "stream", "error"];
const COLUMNS = ["id", "type", "status", "stream_count", "pending_count", "dead_letters", "last_error"];

async function listed(connection: Connection, { stream, json }: SubscribeFlags): Promise<string> {
  const all: Shown[] = [];
  for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (after !== undefined) query.set("after", after);
    if (stream !== undefined) query.set("stream", stream[0]!);
    const page = await send(connection, "GET", `subscriptions?${query}`);
    all.push(...(page.subscriptions as Shown[]));
    after = page.next as string | undefined;
  }
  return rows(all, COLUMNS, json);
}

function wanted({ webhook, wakeStream, pattern, stream, lease, description }: SubscribeFlags): object {
  if ((webhook === undefined) === (wakeStream === undefined))
    throw usageFailure("create needs either --webhook or --wake-stream");
  return {
    type: webhook === undefined ? "pull-wake" : "webhook",
    ...{ webhook: webhook && { url: webhook }, wake_stream: wakeStream, pattern, streams: stream },
    ...{ lease_ttl_ms: lease, description },
  };
}

async function send(connection: Connection, method: string, path: string, body?: object): Promise<Shown> {
  const url = connection.streamUrl(CONTROL_SEGMENT);
  const response = await connection.request(method, `${url}/${path}`, {
    whole: true,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { [HEADER.contentType]: "application/json" },
    }),
  });
  const text = await response.text();
  return (text === "" ? {} : JSON.parse(text)) as Shown;
}

function rows(all: readonly Shown[], columns: readonly string[], json: boolean | undefined): string {
  if (json) return all.map((row) => `${JSON.stringify(row)}\n`).join("");
  if (all.length === 0) return "none\n";
  const lines = [columns, ...all.map((row) => columns.map((name) => plain(row[name])))];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** Text of others, without what would break a line or a terminal. */
function plain(value: unknown): string {
  if (value === undefined || value === null) return "-";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.replaceAll(/\p{Cc}/gu, "�");
}

function shown(subscription: Shown, json: boolean | undefined): string {
  if (json) return `${JSON.stringify(subscription)}\n`;
  const { streams, subscription_id: _, ...rest } = subscription;
  const facts = Object.entries(rest).map(([name, value]) => `${`${name}:`.padEnd(15)}${plain(value)}\n`);
  const links = streams as Shown[];
  const table = rows(links, ["path", "link_type", "acked_offset", "tail_offset", "has_pending"], false);
  return `${facts.join("")}\n${table}`;
}
