/** What runs in the page: readers and a writer, driven by the test through `window.app`. */
import { DurableStream, IdempotentProducer, type StreamResponse, stream } from "../src/index.ts";

const backoffOptions = { initialDelay: 20, maxDelay: 200, multiplier: 1.5 };

const seen: Record<string, number[]> = {};
const sessions: StreamResponse[] = [];

const app = {
  seen,
  /** Starts a reader whose messages are gathered under its mode's name. */
  async read(url: string, live: "sse" | "long-poll"): Promise<void> {
    const numbers: number[] = [];
    seen[live] = numbers;
    const response = await stream<{ n: number }>({ url, live, backoffOptions });
    sessions.push(response);
    response.subscribeJson<{ n: number }>((batch) => {
      numbers.push(...batch.items.map((item) => item.n));
    });
  },
  /** Reads bytes over SSE, and returns the first ones that arrive. */
  async readBytes(url: string): Promise<number[]> {
    const response = await stream({ url, live: "sse", backoffOptions });
    for await (const bytes of response.bodyStream()) return Array.from(bytes);
    return [];
  },
  /** Writes messages numbered from `from` up to `to`. */
  async write(url: string, from: number, to: number): Promise<void> {
    const handle = await DurableStream.connect({ url, backoffOptions });
    const producer = new IdempotentProducer(handle, `page-${from}`, { maxBatchBytes: 200 });
    for (let n = from; n < to; n++) producer.append(JSON.stringify({ n }));
    await producer.flush({ rejectOnError: true });
  },
  /** Waits until every reader's session is over. */
  async ended(): Promise<void> {
    await Promise.all(sessions.map((session) => session.closed));
  },
};

export type App = typeof app;
Object.assign(window, { app });
