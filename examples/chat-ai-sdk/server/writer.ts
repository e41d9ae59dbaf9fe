/**
 * The process that writes answers. It may be killed at any moment: `main.ts` starts another one, and readers of what it wrote
 * are told. Its one route is what a route file of yours would have.
 */
import { toDurableStreamResponse } from "@perennial/ai-sdk";
import { convertToModelMessages, streamText, type UIMessage } from "ai";
import { answer, jsonOf, listen } from "./http.ts";
import { chooseModel } from "./model.ts";

/** What `main.ts` asks for. */
interface Job {
  readonly answerId: string;
  readonly writeUrl: string;
  readonly readUrl: string;
  readonly messages: UIMessage[];
}

/** Readers know after so much silence that this process is gone, in ms. */
const LEASE_MS = 4_000;

const { model } = chooseModel(process.env);

async function write(request: Request): Promise<Response> {
  const { answerId, writeUrl, readUrl, messages } = (await jsonOf(request)) as Job;
  const prompt = await convertToModelMessages(messages);
  return toDurableStreamResponse({
    source: ({ signal }) => {
      process.send?.({ type: "called" });
      return streamText({ model, messages: prompt, abortSignal: signal }).toUIMessageStream({
        ...{ originalMessages: messages, generateMessageId: () => answerId },
        onError: () => "The model could not be reached.",
      });
    },
    stream: { writeUrl, readUrl, ttlSeconds: 86_400 },
    leaseMs: LEASE_MS,
  });
}

const { port } = await listen((message, response) => void answer(message, response, write), 0);
process.send?.({ type: "ready", port });
// Without the process that started it there is nobody to write for.
process.on("disconnect", () => process.exit());
