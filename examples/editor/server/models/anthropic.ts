/** A model of Anthropic. */
import { jsonEvents, parsedInput } from "./events.ts";
import type { Model, ModelEvent, Turn } from "./model.ts";
import type { RemoteOptions } from "./openai.ts";

const MAX_TOKENS = 4096;

interface Event {
  readonly type: string;
  readonly content_block?: { readonly type: string; readonly id?: string; readonly name?: string };
  readonly delta?: { readonly type?: string; readonly text?: string; readonly partial_json?: string };
  readonly error?: { readonly message?: string };
}

export function anthropic({ key, model, url, fetch = globalThis.fetch }: RemoteOptions): Model {
  return {
    name: model,
    async *next(step) {
      const headers = {
        "x-api-key": key,
        "anthropic-version": "2023-06-01",
        "content-type": "application/json",
      };
      const body = JSON.stringify({
        ...{ model, stream: true, max_tokens: MAX_TOKENS, system: step.instructions },
        messages: step.turns.map(messageOf),
        tools: step.tools.map(({ schema: input_schema, ...named }) => ({ ...named, input_schema })),
      });
      const response = await fetch(url, { method: "POST", headers, body, signal: step.signal });
      yield* eventsOf(jsonEvents(response) as AsyncIterable<Event>);
    },
  };
}

async function* eventsOf(events: AsyncIterable<Event>): AsyncGenerator<ModelEvent> {
  let call: { readonly id: string; readonly name: string; json: string } | undefined;
  for await (const { type, content_block: block, delta, error } of events) {
    if (type === "error") throw new Error(error?.message ?? "the model failed");
    if (type === "content_block_start" && block?.type === "tool_use")
      call = { id: block.id ?? "", name: block.name ?? "", json: "" };
    if (delta?.type === "text_delta" && delta.text) yield { kind: "text", text: delta.text };
    if (delta?.type === "input_json_delta" && call !== undefined) call.json += delta.partial_json ?? "";
    if (type !== "content_block_stop" || call === undefined) continue;
    const { id, name, json } = call;
    call = undefined;
    yield { kind: "call", call: { id, name, input: parsedInput(json) } };
  }
}

function messageOf(turn: Turn): object {
  if (turn.kind === "person") return { role: "user", content: turn.text };
  if (turn.kind === "results") {
    const content = turn.results.map(({ id, result }) => ({
      ...{ type: "tool_result", tool_use_id: id, content: result },
    }));
    return { role: "user", content };
  }
  const said = turn.text.trim() === "" ? [] : [{ type: "text", text: turn.text }];
  const calls = turn.calls.map(({ id, name, input }) => ({ type: "tool_use", id, name, input }));
  return { role: "assistant", content: [...said, ...calls] };
}
