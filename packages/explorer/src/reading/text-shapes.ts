/**
 * Where the text is in the messages of a JSON stream: in the chunks of the usual model APIs and agent protocols, in chat
 * messages, or in a field that somebody chose.
 */

/** What a message says to somebody who reads along. */
export interface TextPiece {
  readonly text: string;
  /** Who says it, where the message tells. */
  readonly who?: string | undefined;
  /** The turn it belongs to, where several may be under way at once. */
  readonly turn?: string | undefined;
  /** Begins a turn. */
  readonly starts?: boolean;
  /** Ends its turn. */
  readonly ends?: boolean;
}

export interface TextShape {
  /** Its name, and how it is found again in an address. */
  readonly name: string;
  /** What a message says; undefined if it says nothing. */
  readonly read: (message: Fields) => TextPiece | undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
const string = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const first = (value: unknown): Fields => fields(Array.isArray(value) ? value[0] : undefined);

/** Chunks whose `type` tells what they are. */
function byType(
  name: string,
  types: Readonly<Record<string, (chunk: Fields) => Omit<TextPiece, "text"> & { text?: string | undefined }>>,
): TextShape {
  return {
    name,
    read: (chunk) => {
      const type = string(chunk.type);
      const piece = type !== undefined && Object.hasOwn(types, type) ? types[type]!(chunk) : undefined;
      return piece && { ...piece, text: piece.text ?? "" };
    },
  };
}

const openAiChat: TextShape = {
  name: "OpenAI chat",
  read: ({ choices, id }) => {
    const choice = first(choices);
    const delta = fields(choice.delta);
    const message = fields(choice.message);
    const text = string(delta.content) ?? string(message.content) ?? "";
    const who = string(delta.role) ?? string(message.role);
    const ends = string(choice.finish_reason) !== undefined;
    if (text === "" && who === undefined && !ends) return undefined;
    return { text, who, turn: string(id), ends };
  },
};

const openAiResponses = byType("OpenAI responses", {
  "response.created": () => ({ who: "assistant", starts: true }),
  "response.output_text.delta": ({ delta }) => ({ text: string(delta) }),
  "response.completed": () => ({ ends: true }),
});

const anthropic = byType("Anthropic", {
  message_start: ({ message }) => ({ who: string(fields(message).role), starts: true }),
  content_block_delta: ({ delta }) => ({ text: string(fields(delta).text) }),
  message_stop: () => ({ ends: true }),
});

const gemini: TextShape = {
  name: "Gemini",
  read: ({ candidates }) => {
    const candidate = first(candidates);
    const content = fields(candidate.content);
    const parts = Array.isArray(content.parts) ? content.parts : [];
    const text = parts.map((part) => string(fields(part).text) ?? "").join("");
    const ends = string(candidate.finishReason) !== undefined;
    return text === "" && !ends ? undefined : { text, who: string(content.role), ends };
  },
};

const aiSdk = byType("AI SDK", {
  start: () => ({ who: "assistant", starts: true }),
  "text-delta": ({ delta, textDelta, text }) => ({
    text: string(delta) ?? string(textDelta) ?? string(text),
  }),
  finish: () => ({ ends: true }),
  abort: () => ({ ends: true }),
});

const agUi = byType("AG-UI", {
  TEXT_MESSAGE_START: ({ messageId, role }) => ({
    ...{ who: string(role) ?? "assistant", turn: string(messageId), starts: true },
  }),
  TEXT_MESSAGE_CONTENT: ({ messageId, delta }) => ({ turn: string(messageId), text: string(delta) }),
  TEXT_MESSAGE_CHUNK: ({ messageId, delta }) => ({ turn: string(messageId), text: string(delta) }),
  TEXT_MESSAGE_END: ({ messageId }) => ({ turn: string(messageId), ends: true }),
});

const WHO = ["role", "from", "author", "user", "name", "sender"];
const SAID = ["content", "text", "message", "body"];

/** One message, one turn: `{ role, content }` and its like, with the parts of the AI SDK's. */
const chat: TextShape = {
  name: "Chat messages",
  read: (message) => {
    const who = WHO.map((name) => string(message[name])).find((value) => value !== undefined);
    const said = SAID.map((name) => string(message[name])).find((value) => value !== undefined);
    const parts = [message.parts, message.content].find((value) => Array.isArray(value)) as unknown[];
    const text = said ?? parts?.map((part) => string(fields(part).text) ?? "").join("");
    if (who === undefined || text === undefined || text === "") return undefined;
    return { text, who, starts: true, ends: true };
  },
};

/** Chunks before messages: a chunk may have a role of its own. */
export const KNOWN_SHAPES: readonly TextShape[] = [
  ...[openAiChat, openAiResponses, anthropic, gemini, aiSdk, agUi],
  chat,
];

/** The text of one field, all of it joined. @param path its names, with dots between */
export function fieldShape(path: string): TextShape {
  const names = path.split(".");
  return {
    name: path,
    read: (message) => {
      const value = names.reduce<unknown>((parent, name) => fields(parent)[name], message);
      return typeof value === "string" ? { text: value } : undefined;
    },
  };
}

/** The message, or what a change of Durable State says that a row is now. */
export function contentOf(message: unknown): Fields {
  const { headers, value } = fields(message);
  const isChange = typeof fields(headers).operation === "string" && typeof value === "object";
  return isChange ? fields(value) : fields(message);
}

/** Fields are looked for so deep, and so many are offered. */
const DEPTH = 3;
const FIELDS_MAX = 30;
const NAMED_LIKE_TEXT = /^(?:text|content|delta|token|message|body|chunk|output|completion)$/i;

/** The fields of these messages that hold strings, those likely to be text first. */
export function textFields(messages: readonly Fields[]): string[] {
  const lengths = new Map<string, number>();
  const walk = (value: Fields, path: readonly string[]): void => {
    for (const [name, inner] of Object.entries(value)) {
      if (name.includes(".")) continue;
      const at = [...path, name];
      const key = at.join(".");
      if (typeof inner === "string") lengths.set(key, (lengths.get(key) ?? 0) + inner.length);
      else if (at.length < DEPTH && !Array.isArray(inner)) walk(fields(inner), at);
    }
  };
  for (const message of messages) walk(message, []);
  const weight = (path: string): number =>
    (NAMED_LIKE_TEXT.test(path.split(".").at(-1)!) ? 1e9 : 0) + lengths.get(path)!;
  return [...lengths.keys()].sort((a, b) => weight(b) - weight(a)).slice(0, FIELDS_MAX);
}

/** The shape that gives most text of these messages; a field that is named like text if none knows them. */
export function guessShape(messages: readonly Fields[]): TextShape | undefined {
  const texts = (shape: TextShape): number =>
    messages.filter((message) => (shape.read(message)?.text ?? "") !== "").length;
  const best = KNOWN_SHAPES.map((shape) => ({ shape, count: texts(shape) })).reduce((a, b) =>
    b.count > a.count ? b : a,
  );
  if (best.count > 0) return best.shape;
  const field = textFields(messages).find((path) => NAMED_LIKE_TEXT.test(path.split(".").at(-1)!));
  return field === undefined ? undefined : fieldShape(field);
}
