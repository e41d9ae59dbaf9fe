import type { DurableStream } from "@perennial/client";
import { appendEvents, type StateEvent, type StateStreamError } from "@perennial/state";
import { type CreateStreamDBOptions, createStreamDB } from "@perennial/state/db";
import { afterAll, afterEach, beforeAll } from "vitest";
import { board } from "../support/board.ts";
import { createStream, servers, type TestServer } from "../support/servers.ts";

type Options = Partial<CreateStreamDBOptions<typeof board>>;

/** What the tests of a database need: a server, and databases that are closed after each test. */
export class Fixture {
  readonly closing: Array<() => void> = [];
  #server: TestServer | undefined;

  constructor(serverName: string) {
    beforeAll(async () => {
      this.#server = await servers[serverName]!();
    });
    afterEach(() => {
      for (const close of this.closing.splice(0)) close();
    });
    afterAll(() => this.#server?.stop());
  }

  get server(): TestServer {
    return this.#server!;
  }

  createStream(): Promise<DurableStream> {
    return createStream(this.server);
  }

  /** A database over a stream that holds `events`. */
  async open(events: readonly StateEvent[] = [], options: Options = {}) {
    const stream = options.stream ?? (await this.createStream());
    if (events.length > 0) await appendEvents(stream, events);
    const errors: StateStreamError[] = [];
    const db = createStreamDB({ onError: (error) => errors.push(error), ...options, stream, state: board });
    this.closing.push(db.close);
    return { db, stream, errors, users: db.collections.users };
  }
}
