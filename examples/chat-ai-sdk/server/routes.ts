/** The routes of the page. What browsers read goes through here too: which stream that is, is said by ids. */
import { passRead } from "@perennial/ai";
import { type Chats, isId } from "./chats.ts";
import { jsonOf } from "./http.ts";
import { questionFrom } from "./question.ts";
import type { WriterProcess } from "./writer-process.ts";

export class Routes {
  readonly #chats: Chats;
  readonly #writer: WriterProcess;
  readonly #model: string;
  /** The chats in which somebody is asking at the moment: of two people at once the first is heard. */
  readonly #asking = new Set<string>();

  constructor(chats: Chats, writer: WriterProcess, model: string) {
    this.#chats = chats;
    this.#writer = writer;
    this.#model = model;
  }

  async handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [, api, what, chatId, last] = pathname.split("/");
    const [isGet, isPost] = [request.method === "GET", request.method === "POST"];
    if (api !== "api") return missing();
    if (isGet && what === "chats") return passRead(request, this.#chats.list());
    if (isGet && what === "model") return this.#status();
    if (isPost && what === "chat" && chatId === undefined) return this.#ask(request);
    if (!isId(chatId)) return missing();
    if (isGet && what === "session") {
      await this.#chats.make(chatId);
      return passRead(request, this.#chats.session(chatId));
    }
    if (isGet && what === "answer" && isId(last))
      return passRead(request, this.#chats.generation(chatId, last));
    if (isGet && what === "chat" && last === "stream") return this.#resume(chatId);
    if (isPost && what === "chat" && last === "stop") return this.#stop(chatId);
    return missing();
  }

  #status(): Response {
    const { calls, pid } = this.#writer;
    return Response.json(
      { model: this.#model, calls, writer: pid },
      { headers: { "cache-control": "no-store" } },
    );
  }

  async #ask(request: Request): Promise<Response> {
    const asked = questionFrom(await jsonOf(request));
    if (asked === undefined) return new Response("bad request", { status: 400 });
    const { chatId, message } = asked;
    if (this.#asking.has(chatId)) return busy();
    this.#asking.add(chatId);
    try {
      await this.#chats.make(chatId);
      const { messages, running } = await this.#chats.view(chatId);
      if (running.length > 0) return busy();
      // A network may repeat what a page said once.
      if (messages.some(({ id }) => id === message.id))
        return new Response("That was asked before.", { status: 409 });
      await this.#chats.add(chatId, message);
      return await this.answer(chatId);
    } finally {
      this.#asking.delete(chatId);
    }
  }

  /** Has an answer written to what was said last. */
  async answer(chatId: string): Promise<Response> {
    const answerId = crypto.randomUUID();
    const readUrl = `/api/answer/${chatId}/${answerId}`;
    const { url: writeUrl } = this.#chats.generation(chatId, answerId);
    const messages = [...(await this.#chats.view(chatId)).messages];
    const system = await this.#chats.briefing(chatId);
    const answer = await this.#writer.fetch({ answerId, writeUrl, readUrl, messages, system });
    if (answer.ok) await this.#chats.begin(chatId, answerId, readUrl);
    return answer;
  }

  async #resume(chatId: string): Promise<Response> {
    await this.#chats.make(chatId);
    const [running] = (await this.#chats.view(chatId)).running;
    if (running === undefined) return new Response(null, { status: 204 });
    return Response.json({ streamUrl: running.url }, { headers: { location: running.url } });
  }

  async #stop(chatId: string): Promise<Response> {
    return Response.json(await this.#chats.stop(chatId));
  }
}

function busy(): Response {
  return new Response("An answer is being written. Stop it first.", { status: 409 });
}

function missing(): Response {
  return new Response("not found", { status: 404 });
}
