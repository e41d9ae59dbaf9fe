/** A model server that answers by script, in the wire formats of OpenAI, Anthropic and Gemini, and counts what it is asked. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Answer = (response: ServerResponse, asked: Asked) => void | Promise<void>;

/** What the scripted models say, word by word. */
export const WORDS = ["Streams", " that", " never", " run", " dry", " —", " één", " 🌊", "."];
export const TEXT = WORDS.join("");

export class ModelServer {
  readonly asked: Asked[] = [];
  /** Requests whose client has gone before the answer was whole. */
  dropped = 0;
  /** Awaited before each word with how many were said. */
  pace: (said: number) => Promise<void> | void = () => undefined;
  readonly #answers = new Map<string, Answer>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.on("/v1/chat/completions", (response, asked) => this.#chatCompletion(response, asked));
    this.on("/v1/responses", (response) => this.#openaiResponse(response));
    this.on("/v1/messages", (response) => this.#anthropicMessage(response));
    this.on("/v1beta/models/gemini-test:streamGenerateContent", (response) => this.#gemini(response));
  }

  /** How often it was asked. */
  get calls(): number {
    return this.asked.length;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers a path, without its query, in another way. */
  on(path: string, answer: Answer): void {
    this.#answers.set(path, answer);
  }

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Forgets what it was asked, and says its words at once. */
  reset(): void {
    this.asked.length = 0;
    this.dropped = 0;
    this.pace = () => undefined;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method = "GET", url = "/", headers } = request;
    const asked: Asked = { method, path: url, headers, body: Buffer.concat(parts).toString() };
    this.asked.push(asked);
    response.once("close", () => {
      if (!response.writableFinished) this.dropped += 1;
    });
    const answer = this.#answers.get(url.split("?")[0]!);
    if (answer === undefined) response.writeHead(404).end("no such model");
    else await answer(response, asked);
  }

  async #say(response: ServerResponse, each: (word: string) => string): Promise<void> {
    for (const [said, word] of WORDS.entries()) {
      await this.pace(said);
      if (response.destroyed) return;
      response.write(each(word));
    }
  }

  async #chatCompletion(response: ServerResponse, { body }: Asked): Promise<void> {
    const chunk = (delta: object, finish: string | null = null) =>
      event({
        ...{ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "test" },
        choices: [{ index: 0, delta, finish_reason: finish }],
      });
    if ((JSON.parse(body) as { stream?: boolean }).stream !== true) {
      const choice = { index: 0, message: { role: "assistant", content: TEXT }, finish_reason: "stop" };
      const whole = {
        id: "chatcmpl-1",
        object: "chat.completion",
        created: 1,
        model: "test",
        choices: [choice],
      };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(whole));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    response.write(chunk({ role: "assistant", content: "" }));
    await this.#say(response, (word) => chunk({ content: word }));
    response.end(`${chunk({}, "stop")}data: [DONE]\n\n`);
  }

  async #openaiResponse(response: ServerResponse): Promise<void> {
    const item = { id: "msg_1", type: "message", role: "assistant", status: "completed", content: [] };
    const base = { id: "resp_1", object: "response", model: "test", output: [item] };
    response.writeHead(200, { "content-type": "text/event-stream" });
    let sequence = 0;
    const typed = (type: string, fields: object) =>
      `event: ${type}\n${event({ type, sequence_number: sequence++, ...fields })}`;
    response.write(typed("response.created", { response: { ...base, status: "in_progress", output: [] } }));
    const place = { item_id: "msg_1", output_index: 0, content_index: 0 };
    await this.#say(response, (word) => typed("response.output_text.delta", { ...place, delta: word }));
    response.end(typed("response.completed", { response: { ...base, status: "completed" } }));
  }

  async #anthropicMessage(response: ServerResponse): Promise<void> {
    const typed = (type: string, fields: object) => `event: ${type}\n${event({ type, ...fields })}`;
    const message = { id: "msg_1", type: "message", role: "assistant", model: "test", content: [] };
    const usage = { input_tokens: 1, output_tokens: 1 };
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    response.write(
      typed("message_start", { message: { ...message, stop_reason: null, stop_sequence: null, usage } }),
    );
    response.write(typed("content_block_start", { index: 0, content_block: { type: "text", text: "" } }));
    response.write(typed("ping", {}));
    await this.#say(response, (text) =>
      typed("content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
    );
    response.write(typed("content_block_stop", { index: 0 }));
    const delta = { stop_reason: "end_turn", stop_sequence: null };
    response.write(typed("message_delta", { delta, usage: { output_tokens: WORDS.length } }));
    response.end(typed("message_stop", {}));
  }

  async #gemini(response: ServerResponse): Promise<void> {
    response.writeHead(200, { "content-type": "text/event-stream" });
    // With the line ends that it has.
    await this.#say(response, (text) =>
      event({ candidates: [{ content: { parts: [{ text }], role: "model" }, index: 0 }] }).replaceAll(
        "\n",
        "\r\n",
      ),
    );
    response.end();
  }
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** A pace that stands still after so many words, until it is told to go on. */
export function gate(words: number): { readonly pace: ModelServer["pace"]; open(): void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { pace: (said) => (said < words ? undefined : opened), open };
}
