/**
 * Idempotent producers and tailing readers that survive the death of their server: a producer repeats what was
 * not answered, a reader goes on where it was.
 */
import { BINARY, type Http, producer } from "../support/http.ts";

/** Sends numbered tokens to one stream, one at a time. */
export class Producer {
  readonly stream: string;
  readonly id: string;
  /** Sequence numbers below this one are acknowledged. */
  acknowledged = 0;
  /** Sequence numbers below this one have been sent. */
  sent = 0;

  constructor(stream: string, id: string) {
    this.stream = stream;
    this.id = id;
  }

  token(seq: number): string {
    return `[${this.id}:${seq}:${"x".repeat(seq % 97)}]`;
  }

  /** Appends until the server is gone or `signal` is aborted. */
  async run(http: Http, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const seq = this.acknowledged;
      this.sent = Math.max(this.sent, seq + 1);
      const headers = { ...BINARY, ...producer(this.id, 0, seq) };
      const answer = await http
        .post(this.stream, { headers, body: this.token(seq), signal })
        .catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status !== 200 && answer.status !== 204) throw new Error(`${answer.status}: ${answer.text}`);
      this.acknowledged = seq + 1;
    }
  }
}

/** Follows one stream and keeps all that it has seen. */
export class Reader {
  readonly stream: string;
  seen = "";
  #offset = "-1";

  constructor(stream: string) {
    this.stream = stream;
  }

  /** Reads until the server is gone or `signal` is aborted. */
  async run(http: Http, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const url = http.url(this.stream, `?offset=${this.#offset}&live=long-poll`);
      const answer = await fetch(url, { signal }).then(
        async (response) => ({
          response,
          text: Buffer.from(await response.arrayBuffer()).toString("latin1"),
        }),
        () => undefined,
      );
      if (answer === undefined) return;
      const { response, text } = answer;
      if (response.status !== 200 && response.status !== 204) throw new Error(`${response.status}: ${text}`);
      this.seen += text;
      this.#offset = response.headers.get("Stream-Next-Offset")!;
    }
  }
}

/** Throws unless the stream's content keeps every promise made to producers and readers. */
export function judge(content: string, producers: readonly Producer[], readers: readonly Reader[]): void {
  const tokens = content.match(/\[[^\]]*\]/g) ?? [];
  if (tokens.join("") !== content) throw new Error(`the stream holds bytes that are no whole appends`);
  const next = new Map(producers.map(({ id }) => [id, 0]));
  for (const token of tokens) {
    const [id = "", seq] = token.slice(1).split(":");
    if (Number(seq) !== next.get(id)) throw new Error(`${token} stands where ${next.get(id)} should`);
    next.set(id, Number(seq) + 1);
  }
  for (const { id, acknowledged, sent } of producers) {
    const stored = next.get(id)!;
    if (stored < acknowledged)
      throw new Error(`${id}: ${acknowledged} were acknowledged, ${stored} are stored`);
    if (stored > sent) throw new Error(`${id}: ${sent} were sent, ${stored} are stored`);
  }
  for (const { seen, stream } of readers) {
    if (!content.startsWith(seen)) throw new Error(`a reader of ${stream} saw bytes that are gone`);
  }
}
