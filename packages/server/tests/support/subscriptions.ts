/** Requests to the control API of one server. */
import { setTimeout as delay } from "node:timers/promises";
import { type Answer, type Http, JSON_TYPE } from "./http.ts";
import type { ShownStream } from "./webhook-receiver.ts";

/** What a worker has got. */
export interface Claimed {
  readonly wake_id: string;
  readonly generation: number;
  readonly token: string;
  readonly streams: readonly {
    readonly path: string;
    readonly tail_offset: string;
    readonly acked_offset: string;
  }[];
}

export interface Shown {
  readonly streams: readonly ShownStream[];
  readonly status: string;
  readonly generation: number;
  readonly dead_letters: number;
  readonly last_error?: { readonly message: string };
}

export class Control {
  readonly http: Http;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(http: Http, headers: Readonly<Record<string, string>> = {}) {
    this.http = http;
    this.#headers = headers;
  }

  /** Any method on what follows `__ds/subscriptions/`. */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.http.send(method, `/v1/stream/__ds/subscriptions/${path}`, {
      headers: { ...JSON_TYPE, ...this.#headers, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  put(id: string, body: object): Promise<Answer> {
    return this.send("PUT", id, body);
  }

  /** Makes a pull-wake subscription and its wake stream. */
  async pull(id: string, body: object): Promise<void> {
    await this.http.put(`wakes-${id}`, { headers: { ...JSON_TYPE, ...this.#headers } });
    const answer = await this.put(id, { type: "pull-wake", wake_stream: `wakes-${id}`, ...body });
    if (answer.status !== 201) throw new Error(answer.text);
  }

  async show(id: string): Promise<Shown> {
    return JSON.parse((await this.send("GET", id)).text) as Shown;
  }

  /** The cursor of a stream. */
  async cursor(id: string, path: string): Promise<string | undefined> {
    return (await this.show(id)).streams.find((stream) => stream.path === path)?.acked_offset;
  }

  claim(id: string, worker = "worker"): Promise<Answer> {
    return this.send("POST", `${id}/claim`, { worker });
  }

  async claimed(id: string, worker = "worker"): Promise<Claimed> {
    const answer = await this.claim(id, worker);
    if (answer.status !== 200) throw new Error(answer.text);
    return JSON.parse(answer.text) as Claimed;
  }

  ack(id: string, { token, wake_id, generation }: Claimed, rest: object): Promise<Answer> {
    return this.send(
      "POST",
      `${id}/ack`,
      { wake_id, generation, ...rest },
      { Authorization: `Bearer ${token}` },
    );
  }

  release(id: string, { token, wake_id, generation }: Claimed): Promise<Answer> {
    return this.send("POST", `${id}/release`, { wake_id, generation }, { Authorization: `Bearer ${token}` });
  }

  /** Says that all that it was told of is processed. */
  done(id: string, claimed: Claimed): Promise<Answer> {
    const acks = claimed.streams.map(({ path, tail_offset }) => ({ stream: path, offset: tail_offset }));
    return this.ack(id, claimed, { acks, done: true });
  }

  /** Appends a message, to a new stream if need be. */
  async append(path: string, message: unknown = { n: 1 }): Promise<string> {
    const parts = { headers: { ...JSON_TYPE, ...this.#headers }, body: JSON.stringify(message) };
    const appended = await this.http.post(path, parts);
    return appended.status === 404 ? (await this.http.put(path, parts)).next : appended.next;
  }

  /** The events in a wake stream. */
  async events(
    path: string,
  ): Promise<
    readonly { readonly subscription_id: string; readonly generation: number; readonly stream: string }[]
  > {
    const answer = await this.http.get(path, "", this.#headers);
    return answer.status === 200 ? JSON.parse(answer.text) : [];
  }
}

export function codeOf(answer: Answer): string {
  return (JSON.parse(answer.text) as { error: { code: string } }).error.code;
}

/** Waits until something holds. The test's own time limit ends it. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await delay(10);
}
