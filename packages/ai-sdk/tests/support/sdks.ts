/** The versions of the AI SDK that the transport must work with, and a chat on each. */
import type { ChatState, ChatStatus, ChatTransport, UIMessage } from "ai";
import * as ai7 from "ai";
import { MockLanguageModelV3 as Model7, simulateReadableStream as simulate7 } from "ai/test";
import * as ai6 from "ai-6";
import { MockLanguageModelV3 as Model6, simulateReadableStream as simulate6 } from "ai-6/test";

/** What `useChat` keeps in React's state. */
export class PlainState implements ChatState<UIMessage> {
  status: ChatStatus = "ready";
  error: Error | undefined = undefined;
  messages: UIMessage[];

  constructor(messages: UIMessage[] = []) {
    this.messages = messages;
  }

  pushMessage = (message: UIMessage): void => {
    this.messages = [...this.messages, message];
  };
  popMessage = (): void => {
    this.messages = this.messages.slice(0, -1);
  };
  replaceMessage = (index: number, message: UIMessage): void => {
    this.messages = this.messages.with(index, structuredClone(message));
  };
  snapshot = <T>(thing: T): T => structuredClone(thing);
}

/** A chat without React around it. */
export interface PlainChat {
  readonly messages: UIMessage[];
  readonly status: ChatStatus;
  readonly error: Error | undefined;
  sendMessage(message: { text: string }): Promise<void>;
  resumeStream(): Promise<void>;
  stop(): Promise<void>;
}

interface ChatOptions {
  readonly id: string;
  readonly transport: ChatTransport<UIMessage>;
  readonly messages?: UIMessage[];
}

/** One version of the SDK. */
export interface Sdk {
  chat(options: ChatOptions): PlainChat;
  /** A chat's own transport, the oracle for requests. */
  readonly DefaultChatTransport: typeof ai7.DefaultChatTransport;
  readonly readUIMessageStream: typeof ai7.readUIMessageStream;
  /** What a route makes of a model that says these words. */
  answer(words: readonly string[], messages: UIMessage[], signal?: AbortSignal): AsyncIterable<unknown>;
}

class Chat7 extends ai7.AbstractChat<UIMessage> {
  constructor({ messages, ...init }: ChatOptions) {
    super({ ...init, state: new PlainState(messages) });
  }
}
class Chat6 extends ai6.AbstractChat<ai6.UIMessage> {
  constructor({ messages, ...init }: ChatOptions) {
    super({ ...init, state: new PlainState(messages) } as unknown as ConstructorParameters<
      typeof ai6.AbstractChat<ai6.UIMessage>
    >[0]);
  }
}

/** What a provider's stream holds. */
function parts(words: readonly string[]) {
  return [
    { type: "stream-start" as const, warnings: [] },
    { type: "text-start" as const, id: "msg_1" },
    ...words.map((delta) => ({ type: "text-delta" as const, id: "msg_1", delta })),
    { type: "text-end" as const, id: "msg_1" },
    {
      type: "finish" as const,
      finishReason: { unified: "stop" as const, raw: undefined },
      usage: {
        inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
        outputTokens: { total: words.length, text: words.length, reasoning: 0 },
      },
    },
  ];
}

let ids = 0;
const generateMessageId = () => `answer-${++ids}`;

export const SDKS: Readonly<Record<string, Sdk>> = {
  "ai 7": {
    chat: (options) => new Chat7(options),
    DefaultChatTransport: ai7.DefaultChatTransport,
    readUIMessageStream: ai7.readUIMessageStream,
    answer: (words, originalMessages, abortSignal) => {
      const stream = () => ({ stream: simulate7({ chunks: parts(words) }) });
      const model = new Model7({ doStream: async () => stream() });
      const result = ai7.streamText({ model, prompt: "Hello", ...(abortSignal ? { abortSignal } : {}) });
      return ai7.toUIMessageStream({ stream: result.stream, originalMessages, generateMessageId });
    },
  },
  "ai 6": {
    chat: (options) => new Chat6(options) as unknown as PlainChat,
    DefaultChatTransport: ai6.DefaultChatTransport as unknown as typeof ai7.DefaultChatTransport,
    readUIMessageStream: ai6.readUIMessageStream as unknown as typeof ai7.readUIMessageStream,
    answer: (words, originalMessages, abortSignal) => {
      const model = new Model6({ doStream: async () => ({ stream: simulate6({ chunks: parts(words) }) }) });
      const result = ai6.streamText({ model, prompt: "Hello", ...(abortSignal ? { abortSignal } : {}) });
      return result.toUIMessageStream({
        originalMessages: originalMessages as ai6.UIMessage[],
        generateMessageId,
      });
    },
  },
};

/** The text of a message. */
export function textOf(message: UIMessage | undefined): string {
  return (message?.parts ?? []).map((part) => (part.type === "text" ? part.text : "")).join("");
}
