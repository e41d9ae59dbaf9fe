import { appendEvents, compact, type StateEvent } from "@perennial/state";
import { createStreamDB } from "@perennial/state/db";
import { runs } from "@perennial/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { board, plain, user } from "./support/board.ts";
import { createFlakyFetch } from "./support/flaky-fetch.ts";
import { createStream, servers, type TestServer } from "./support/servers.ts";

/** A message, and whether readers must skip it. */
interface Message {
  readonly event: unknown;
  readonly isBad?: true;
}

type Step =
  | { readonly do: "append"; readonly messages: readonly Message[] }
  | { readonly do: "compact" }
  | { readonly do: "cut"; readonly client: number }
  | { readonly do: "restart"; readonly client: number; readonly from: "-1" | "latest-snapshot" };

const ids = fc.constantFrom("1", "2", "3", "4", "5");
const changes: fc.Arbitrary<Message> = fc.oneof(
  fc
    .tuple(ids, fc.constantFrom("a", "b", "c"), fc.constantFrom("insert", "update", "upsert" as const))
    .map(([id, name, operation]) => ({ event: { ...user(id, name), headers: { operation } } })),
  ids.map((key) => ({ event: board.users.delete({ key }) })),
  ids.map((nr) => ({ event: board.tasks.upsert({ value: { nr: Number(nr), title: "t" } }) })),
);
const controls: fc.Arbitrary<Message> = fc
  .constantFrom("reset", "snapshot-start", "snapshot-end")
  .map((control) => ({ event: { headers: { control } } }));
const badMessages: fc.Arbitrary<Message> = fc
  .constantFrom<unknown>(
    7,
    { headers: {} },
    { type: "user", key: "1", headers: { operation: "insert" } },
    { type: "user", key: "", value: {}, headers: { operation: "update" } },
    { type: "user", key: "1", value: {}, headers: { operation: "merge" } },
    { headers: { control: "halt" } },
  )
  .map((event) => ({ event, isBad: true }));
const messages = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: changes },
    { weight: 2, arbitrary: controls },
    { weight: 1, arbitrary: badMessages },
  ),
  { minLength: 1, maxLength: 6 },
);
const clients = fc.constantFrom(0, 1);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant("append" as const), messages }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("compact" as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("cut" as const), client: clients }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("restart" as const),
        client: clients,
        from: fc.constantFrom("-1" as const, "latest-snapshot" as const),
      }),
    },
  ),
  { maxLength: 14 },
);

/** The obvious reader: rows by key, and a second set of rows while a snapshot is open. */
class NaiveReplay {
  rows = new Map<string, unknown>();
  #aside: Map<string, unknown> | undefined;

  get isOpen(): boolean {
    return this.#aside !== undefined;
  }

  apply({ event, isBad }: Message): void {
    if (isBad) return;
    const { type, key, value, headers } = event as {
      type: string;
      key: string;
      value?: unknown;
      headers: Record<string, string>;
    };
    if (headers.control === "reset") {
      this.rows = new Map();
      this.#aside = undefined;
    } else if (headers.control === "snapshot-start") this.#aside = new Map();
    else if (headers.control === "snapshot-end") {
      this.rows = this.#aside ?? this.rows;
      this.#aside = undefined;
    } else {
      for (const rows of [this.rows, this.#aside]) {
        if (headers.operation === "delete") rows?.delete(`${type}/${key}`);
        else rows?.set(`${type}/${key}`, value);
      }
    }
  }
}

/** A client that can be cut off and started anew. */
class Client {
  readonly #url: string;
  readonly #flaky = createFlakyFetch();
  db: ReturnType<Client["open"]>;

  constructor(url: string) {
    this.#url = url;
    this.db = this.open("-1");
  }

  cut(): void {
    this.#flaky.cut();
  }

  restart(from: "-1" | "latest-snapshot"): void {
    this.db.close();
    this.db = this.open(from);
  }

  open(from: "-1" | "latest-snapshot") {
    const backoffOptions = { initialDelay: 1, maxDelay: 5 };
    const { fetch } = this.#flaky;
    const streamOptions = { url: this.#url, fetch, backoffOptions, warnOnHttp: false };
    const db = createStreamDB({ streamOptions, state: board, from, onError: () => {} });
    // A connection that is cut while it starts fails it; the end of the run starts it again.
    db.preload().catch(() => {});
    return db;
  }

  /** What the client shows once it has seen the transaction. */
  async rowsAfter(txid: string): Promise<unknown[]> {
    while (this.db.status !== "ready") await this.db.preload().catch(() => {});
    await this.db.utils.awaitTxId(txid);
    const { users, tasks } = this.db.collections;
    return [plain(users.toArray), plain(tasks.toArray)];
  }
}

async function run(server: TestServer, history: readonly Step[]): Promise<void> {
  const stream = await createStream(server);
  const naive = new NaiveReplay();
  const append = async (batch: readonly Message[], txid: string): Promise<void> => {
    for (const message of batch) naive.apply(message);
    const events = batch.map(({ event }) => event as StateEvent);
    await appendEvents(stream, events.slice(0, -1).concat(withTxid(events.at(-1)!, txid)));
  };
  const both = [new Client(stream.url), new Client(stream.url)] as const;
  try {
    for (const [index, step] of history.entries()) {
      if (step.do === "append") await append(step.messages, String(index));
      else if (step.do === "compact") await compact(stream, { onError: () => {} });
      else if (step.do === "cut") both[step.client]!.cut();
      else both[step.client]!.restart(step.from);
    }
    // An open snapshot would keep its readers waiting.
    const end: Message[] = naive.isOpen ? [{ event: { headers: { control: "snapshot-end" } } }] : [];
    await append([...end, { event: user("last", "z") }], "last");
    const values = (type: string) =>
      plain(
        [...naive.rows].filter(([key]) => key.startsWith(`${type}/`)).map(([, value]) => value as object),
      );
    const expected = [values("user"), values("task")];
    expect(await both[0].rowsAfter("last")).toEqual(expected);
    expect(await both[1].rowsAfter("last")).toEqual(expected);
  } finally {
    for (const client of both) client.db.close();
  }
}

function withTxid(event: StateEvent, txid: string): StateEvent {
  const isChange = typeof event === "object" && "operation" in event.headers;
  return isChange ? ({ ...event, headers: { ...event.headers, txid } } as StateEvent) : event;
}

const histories = runs(40);

describe.each(Object.keys(servers))("on %s", (name) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await servers[name]!();
  });
  afterAll(() => server.stop());

  it(
    "two clients end equal to a naive replay, whatever is appended, compacted, cut off and restarted",
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, (history) => run(server, history)),
        { numRuns: histories },
      );
    },
    1500 * histories,
  );
});
