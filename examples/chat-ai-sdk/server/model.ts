import { anthropic } from "@ai-sdk/anthropic";
import { openai } from "@ai-sdk/openai";
import type { LanguageModelV3, LanguageModelV3StreamPart } from "@ai-sdk/provider";
import type { LanguageModel } from "ai";
import { pacedTokens } from "./pace.ts";

/** The model that answers, by its name for people. */
export interface Model {
  readonly name: string;
  readonly model: LanguageModel;
}

/** What the scripted model says: the words of an answer, each with the space before it, as tokens come. */
export type Script = (question: string, system: string) => string[];

/** A real one if there is a key for it, else the scripted one, which costs nothing. */
export function chooseModel(env: NodeJS.ProcessEnv, script: Script = () => []): Model {
  const wanted = env.MODEL;
  if (env.OPENAI_API_KEY) return { name: wanted ?? "gpt-5-mini", model: openai(wanted ?? "gpt-5-mini") };
  if (env.ANTHROPIC_API_KEY)
    return { name: wanted ?? "claude-sonnet-4-5", model: anthropic(wanted ?? "claude-sonnet-4-5") };
  return { name: "Scripted model", model: scriptedModel(script, Number(env.TOKEN_MS ?? 35)) };
}

/** Says the same words to the same question, at about the speed of a real one. */
function scriptedModel(script: Script, tokenMs: number): LanguageModelV3 {
  return {
    ...{ specificationVersion: "v3", provider: "perennial", modelId: "scripted", supportedUrls: {} },
    doGenerate: () => Promise.reject(new Error("The scripted model only streams")),
    doStream: async ({ prompt, abortSignal }) => {
      const last = prompt.findLast(({ role }) => role === "user");
      const parts = last?.role === "user" ? last.content : [];
      const question = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
      const system = prompt.find((message) => message.role === "system")?.content ?? "";
      return { stream: streamOf(say(script(question, system), tokenMs, abortSignal)) };
    },
  };
}

async function* say(
  tokens: readonly string[],
  tokenMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<LanguageModelV3StreamPart> {
  const id = `msg_${crypto.randomUUID().replaceAll("-", "")}`;
  yield { type: "stream-start", warnings: [] };
  yield { type: "text-start", id };
  for await (const delta of pacedTokens(tokens, tokenMs, signal)) yield { type: "text-delta", id, delta };
  yield { type: "text-end", id };
  const outputTokens = { total: tokens.length, text: tokens.length, reasoning: undefined };
  const inputTokens = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
  yield {
    type: "finish",
    finishReason: { unified: "stop", raw: undefined },
    usage: { inputTokens, outputTokens },
  };
}

function streamOf<T>(items: AsyncGenerator<T>): ReadableStream<T> {
  return new ReadableStream<T>({
    pull: async (controller) => {
      const next = await items.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: async () => void (await items.return(undefined)),
  });
}
