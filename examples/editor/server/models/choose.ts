import { anthropic } from "./anthropic.ts";
import type { Model } from "./model.ts";
import { openAi } from "./openai.ts";
import { scripted } from "./scripted.ts";

/** The model that the environment has a key for; a scripted one if it has none. */
export function chooseModel(env: Readonly<Record<string, string | undefined>>): Model {
  if (env.ANTHROPIC_API_KEY)
    return anthropic({
      key: env.ANTHROPIC_API_KEY,
      model: env.EDITOR_MODEL ?? "claude-sonnet-4-5",
      url: `${env.ANTHROPIC_BASE_URL ?? "https://api.anthropic.com"}/v1/messages`,
    });
  if (env.OPENAI_API_KEY)
    return openAi({
      key: env.OPENAI_API_KEY,
      model: env.EDITOR_MODEL ?? "gpt-4.1-mini",
      url: `${env.OPENAI_BASE_URL ?? "https://api.openai.com/v1"}/chat/completions`,
    });
  return scripted();
}
