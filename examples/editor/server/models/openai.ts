/** A model of OpenAI, or of any service with its chat completions. */
import { jsonEvents, parsedInput } from "./events.ts";
import type { Model, ModelEvent, Step, Turn } from "./model.ts";

export interface RemoteOptions {
  readonly key: string;
  readonly model: string;
  readonly url: string;
  readonly fetch?: typeof globalThis.fetch;
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: Delta }[];
}

interface Delta {
  readonly content?: string | null;
  readonly tool_calls?: readonly {
    readonly index: number;
    readonly id?: string;
    readonly function?: { readonly name?: string; readonly arguments?: string };
  }[];
}

export function openAi({ key, model, url, fetch = globalThis.fetch }: RemoteOptions): Model {
  return {
    name: model,
    async *next(step) {
      const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
      const body = JSON.stringify({ model, stream: true, messages: messagesOf(step), tools: toolsOf(step) });
      const response = await fetch(url, { method: "POST", headers, body, signal: step.signal });
      yield* eventsOf(jsonEvents(response) as AsyncIterable<Chunk>);
    },
  };
}

async function* eventsOf(chunks: AsyncIterable<Chunk>): AsyncGenerator<ModelEvent> {
  const calls = new Map<number, { id: string; name: string; json: string }>();
  for await (const { choices } of chunks) {
    const delta = choices?.[0]?.delta;
    if (delta?.content) yield { kind: "text", text: delta.content };
    for (const part of delta?.tool_calls ?? []) {
      const call = calls.get(part.index) ?? { id: "", name: "", json: "" };
      calls.set(part.index, call);
      call.id += part.id ?? "";
      call.name += part.function?.name ?? "";
      call.json += part.function?.arguments ?? "";
    }
  }
  for (const { id, name, json } of calls.values())
    yield { kind: "call", call: { id, name, input: parsedInput(json) } };
}

function toolsOf({ tools }: Step): object[] {
  return tools.map(({ schema: parameters, ...named }) => ({
    type: "function",
    function: { ...named, parameters },
  }));
}

function messagesOf({ instructions, turns }: Step): object[] {
  return [{ role: "system", content: instructions }, ...turns.flatMap(messagesOfTurn)];
}

function messagesOfTurn(turn: Turn): object[] {
  if (turn.kind === "person") return [{ role: "user", content: turn.text }];
  if (turn.kind === "results")
    return turn.results.map(({ id, result }) => ({ role: "tool", tool_call_id: id, content: result }));
  const tool_calls = turn.calls.map(({ id, name, input }) => ({
    ...{ id, type: "function" },
    function: { name, arguments: JSON.stringify(input) },
  }));
  return [{ role: "assistant", content: turn.text, ...(tool_calls.length > 0 && { tool_calls }) }];
}
