import { Connection, openSocket } from "./connection.ts";
import type { Address } from "./exchange.ts";
import { buildRequest } from "./requests.ts";
import { TimestampScanner } from "./timestamps.ts";

/** How a reader waits for new data. */
export type LiveMode = "sse" | "long-poll";

/** What a subscriber reports. */
export interface SubscriberEvents {
  /** An event came whose payload is stamped with this time. */
  delivered(dueAt: number): void;
  /** The subscriber is gone or was refused: it will deliver no more. */
  failed(kind: string): void;
}

/** A reader at the tail of a stream. */
export interface Subscriber {
  /** Resolves when it is waiting for events; for long-poll, when its first request is written. */
  readonly ready: Promise<void>;
  end(): void;
}

/** Opens a subscriber at the tail of the stream at this path. */
export function subscribe(
  mode: LiveMode,
  address: Address,
  path: string,
  events: SubscriberEvents,
): Subscriber {
  return mode === "sse" ? subscribeSse(address, path, events) : subscribeLongPoll(address, path, events);
}

/** Only scans for stamps: neither events nor chunks are taken apart, so that a thousand subscribers fit one core. */
function subscribeSse(address: Address, path: string, events: SubscriberEvents): Subscriber {
  const scanner = new TimestampScanner((dueAt) => events.delivered(dueAt));
  const request = liveRequest(address, path, "?offset=now&live=sse");
  let ended = false;
  let started = false;
  let begin: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const received = (bytes: Buffer) => {
    if (!started) {
      started = true;
      const status = bytes.toString("latin1", 9, 12);
      if (status !== "200") events.failed(status);
      begin();
    }
    scanner.push(bytes);
  };
  const socket = openSocket(address, received, () => {
    if (!ended) events.failed("socket");
    begin();
  });
  socket.write(request);
  return {
    ready,
    end: () => {
      ended = true;
      socket.destroy();
    },
  };
}

function subscribeLongPoll(address: Address, path: string, events: SubscriberEvents): Subscriber {
  const scanner = new TimestampScanner((dueAt) => events.delivered(dueAt));
  let query = "?offset=now&live=long-poll";
  const connection = new Connection(address, {
    head: (text) => {
      const offset = /^stream-next-offset: *(.*)$/im.exec(text)?.[1]?.trim();
      const cursor = /^stream-cursor: *(.*)$/im.exec(text)?.[1]?.trim();
      if (offset !== undefined)
        query = `?offset=${offset}&live=long-poll${cursor === undefined ? "" : `&cursor=${cursor}`}`;
    },
    body: (bytes) => scanner.push(bytes),
    complete: (status) => {
      if (status === 200 || status === 204) poll();
      else events.failed(String(status));
    },
    closed: () => events.failed("socket"),
  });
  const poll = () => connection.send(liveRequest(address, path, query));
  poll();
  return { ready: Promise.resolve(), end: () => connection.end() };
}

function liveRequest(address: Address, path: string, query: string): Buffer {
  return buildRequest({ method: "GET", path, query, headers: {} }, address);
}
