import type { AnyTextAdapter } from "@tanstack/ai";
import { anthropicText } from "@tanstack/ai-anthropic";
import { openaiText } from "@tanstack/ai-openai";
import { scriptedAdapter } from "./scripted.ts";

/** The model that answers, by its name for people. */
export interface Model {
  readonly name: string;
  readonly adapter: AnyTextAdapter;
}

/**
 * A real one if there is a key for it, else the scripted one, which costs nothing.
 *
 * @param onCall - told each time that it is asked
 */
export function chooseModel(env: NodeJS.ProcessEnv, onCall: () => void = () => undefined): Model {
  const { MODEL, OPENAI_API_KEY, ANTHROPIC_API_KEY, TOKEN_MS = "35" } = env;
  if (OPENAI_API_KEY) {
    const name = MODEL ?? "gpt-5-mini";
    return { name, adapter: counted(openaiText(name as "gpt-5-mini"), onCall) };
  }
  if (ANTHROPIC_API_KEY) {
    const name = MODEL ?? "claude-sonnet-4-5";
    return { name, adapter: counted(anthropicText(name as "claude-sonnet-4-5"), onCall) };
  }
  return { name: "Scripted model", adapter: counted(scriptedAdapter(Number(TOKEN_MS)), onCall) };
}

function counted(adapter: AnyTextAdapter, onCall: () => void): AnyTextAdapter {
  const chatStream: AnyTextAdapter["chatStream"] = (options) => {
    onCall();
    return adapter.chatStream(options);
  };
  return new Proxy(adapter, {
    get: (target, name) => (name === "chatStream" ? chatStream : Reflect.get(target, name, target)),
  });
}
