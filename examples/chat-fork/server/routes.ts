/** The routes of the page: those of a chat, for each branch, and those of trees. */
import { passRead } from "@perennial/ai";
import { jsonOf } from "@perennial/example-chat-ai-sdk/server/http";
import { storable } from "@perennial/example-chat-ai-sdk/server/question";
import { Routes } from "@perennial/example-chat-ai-sdk/server/routes";
import type { WriterProcess } from "@perennial/example-chat-ai-sdk/server/writer-process";
import { AGENTS, isAgentId } from "../shared/agents.ts";
import { type ForkRequest, isTrunk, newId, treeOf } from "../shared/branch.ts";
import { type ForkProblem, isGone, type Trees } from "./trees.ts";

/** The longest question, in characters. */
const TEXT_MAX = 20_000;

const PROBLEMS: Readonly<Record<ForkProblem, { readonly status: number; readonly text: string }>> = {
  "no-branch": { status: 404, text: "That branch is not there any more." },
  "no-message": { status: 409, text: "That message is still being written." },
  "too-deep": {
    status: 400,
    text: "The server makes no branch of that branch: it is one of too many generations.",
  },
  taken: { status: 409, text: "There is another branch of that name." },
};

export class ForkRoutes {
  readonly #trees: Trees;
  readonly #chat: Routes;

  constructor(trees: Trees, writer: WriterProcess, model: string) {
    this.#trees = trees;
    this.#chat = new Routes(trees, writer, model);
  }

  async handle(request: Request): Promise<Response> {
    const [, , what, id = ""] = new URL(request.url).pathname.split("/");
    const { method } = request;
    try {
      if (method === "GET" && what === "tree" && treeOf(`${id}-trunk`) !== undefined) {
        await this.#trees.plant(id);
        return await passRead(request, this.#trees.tree(id));
      }
      if (method === "POST" && what === "fork") return await this.#fork(request);
      if (method === "DELETE" && what === "branch") return await this.#delete(id);
      return await this.#chat.handle(request);
    } catch (error) {
      if (isGone(error)) return problem("no-branch");
      throw error;
    }
  }

  async #fork(request: Request): Promise<Response> {
    const asked = parse(await jsonOf(request));
    if (asked === undefined) return new Response("bad request", { status: 400 });
    const { from, text, branches } = asked;
    const fresh: string[] = [];
    for (const { id, agent } of branches) {
      const outcome = await this.#trees.fork({ id, agent, from, title: "" });
      if (outcome === "made") fresh.push(id);
      else if (outcome !== "found") return problem(outcome);
    }
    await Promise.all(fresh.map((id) => this.#begin(id, text)));
    return Response.json({}, { status: 201 });
  }

  /** Asks what there is to ask in a branch that is new. */
  async #begin(id: string, text: string | undefined): Promise<void> {
    if (text !== undefined)
      await this.#trees.add(id, { id: newId(), role: "user", parts: [{ type: "text", text }] });
    const last = (await this.#trees.view(id)).messages.at(-1);
    if (last?.role !== "user") return;
    await this.#trees.name(id, last);
    await this.#chat.answer(id);
  }

  async #delete(id: string): Promise<Response> {
    if (isTrunk(id)) return new Response("A trunk stays.", { status: 409 });
    const branch = treeOf(id) === undefined ? undefined : await this.#trees.branch(id);
    if (branch === undefined) return problem("no-branch");
    await this.#trees.fell(branch);
    return new Response(null, { status: 204 });
  }
}

function problem(of: ForkProblem): Response {
  const { status, text } = PROBLEMS[of];
  return new Response(text, { status });
}

function parse(json: unknown): ForkRequest | undefined {
  const { from, text, branches } = (json ?? {}) as Partial<ForkRequest>;
  const tree = treeOf(String(from?.branch));
  if (tree === undefined || typeof from?.message !== "string" || !Array.isArray(branches)) return undefined;
  const isRight = (branch: Partial<ForkRequest["branches"][number]> | null) =>
    treeOf(String(branch?.id)) === tree && !isTrunk(String(branch?.id)) && isAgentId(branch?.agent);
  if (branches.length === 0 || branches.length > AGENTS.length || !branches.every(isRight)) return undefined;
  if (text !== undefined && (typeof text !== "string" || text.length > TEXT_MAX)) return undefined;
  return { from, branches, ...(text?.trim() ? { text: storable(text.trim()) } : {}) };
}
