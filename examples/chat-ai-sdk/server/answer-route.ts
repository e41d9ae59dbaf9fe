/** The one route of the process that writes: what a route file of yours would have. */
import { toDurableStreamResponse } from "@perennial/ai-sdk";
import { convertToModelMessages, type LanguageModel, streamText, type UIMessage } from "ai";
import { jsonOf } from "./http.ts";

/** What is asked for. */
export interface Job {
  readonly answerId: string;
  readonly writeUrl: string;
  readonly readUrl: string;
  readonly messages: UIMessage[];
  /** What the model is told of its part. */
  readonly system?: string | undefined;
}

/** Readers know after so much silence that this process is gone, in ms. */
const LEASE_MS = 4_000;
/** A job brings the whole conversation, which is far longer than what a page may send at once. In bytes. */
const JOB_MAX = 100_000_000;

/**
 * Writes an answer.
 *
 * @param onCall - told when the model is asked
 */
export async function writeAnswer(
  request: Request,
  model: LanguageModel,
  onCall: () => void,
): Promise<Response> {
  const { answerId, writeUrl, readUrl, messages, system } = (await jsonOf(request, JOB_MAX)) as Job;
  const prompt = await convertToModelMessages(messages);
  return toDurableStreamResponse({
    source: ({ signal }) => {
      onCall();
      const asked = { model, messages: prompt, abortSignal: signal };
      return streamText(system === undefined ? asked : { ...asked, system }).toUIMessageStream({
        ...{ originalMessages: messages, generateMessageId: () => answerId },
        onError: () => "The model could not be reached.",
      });
    },
    stream: { writeUrl, readUrl, ttlSeconds: 86_400 },
    leaseMs: LEASE_MS,
  });
}
