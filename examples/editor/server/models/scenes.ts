/** What the scripted model says and does, request by request. */

/** One step: text, and after it one call. */
export interface Line {
  readonly say?: string;
  readonly call?: { readonly name: string; readonly input: object };
}

type Result = Readonly<Record<string, unknown>>;

/** The steps of one request, each made of the results of the calls before. */
export type Scene = readonly ((results: readonly Result[]) => Line)[];

const call = (name: string, input: object = {}): Line => ({ call: { name, input } });
const stream =
  (mode: string, contentFormat = "markdown") =>
  () =>
    call("start_streaming_edit", { mode, contentFormat });

/** The scene that a request asks for. */
export function sceneFor(request: string): Scene {
  for (const [pattern, scene] of SCENES) {
    const match = pattern.exec(request);
    if (match !== null) return scene(...match.slice(1).map((part) => part ?? ""));
  }
  return helping();
}

const QUOTED = "[“\"'](.+?)[”\"']";
const SCENES: readonly (readonly [RegExp, (...parts: string[]) => Scene])[] = [
  [new RegExp(`replace ${QUOTED} (?:by|with) ${QUOTED}`, "i"), replacing],
  [new RegExp(`(bold|italic)\\b.*?${QUOTED}`, "i"), (mark, text) => marking(text!, mark!.toLowerCase())],
  [new RegExp(`${QUOTED}.*\\b(bold|italic)`, "i"), (text, mark) => marking(text!, mark!.toLowerCase())],
  [/\bsummar/i, summing],
  [/\b(?:rewrite|tidy|shorten|improve|polish)\b/i, rewriting],
  [/\b(?:write|draft|add|insert|continue)\b(?:.*?\babout (?:the )?(.+?)[.?!]*$)?/i, writing],
];

function replacing(before?: string, after?: string): Scene {
  return [
    () => call("search_text", { query: before, maxResults: 20 }),
    (results) => {
      const matchIds = matchIdsOf(results);
      if (matchIds.length === 0) return { say: `I cannot find “${before}” in the document.` };
      return call("replace_matches", { matchIds, text: after });
    },
    (results) => ({ say: `“${before}” is now “${after}”, in ${results.at(-1)?.replaced} places.` }),
  ];
}

function marking(text: string, format: string): Scene {
  return [
    () => call("search_text", { query: text, maxResults: 1 }),
    (results) => {
      const [matchId] = matchIdsOf(results);
      return matchId === undefined
        ? { say: `I cannot find “${text}” in the document.` }
        : call("select_text", { matchId });
    },
    () => call("set_format", { kind: "mark", format }),
    () => ({ say: `“${text}” is ${format}.` }),
  ];
}

function matchIdsOf(results: readonly Result[]): string[] {
  return ((results[0]?.matches ?? []) as { matchId: string }[]).map(({ matchId }) => matchId);
}

function summing(): Scene {
  return [
    () => call("get_document_snapshot", { maxChars: 12_000 }),
    () => call("place_cursor_at_document_boundary", { boundary: "end" }),
    stream("continue"),
    ([document]) => ({ say: `**In short:** ${summaryOf(String(document?.text ?? ""))}` }),
    () => ({ say: "There is a summary at the end: the first sentence of each paragraph." }),
  ];
}

function summaryOf(text: string): string {
  const sentences = text.split("\n").flatMap((line) => /^.{20,}?[.!?](?=\s|$)/.exec(line)?.[0] ?? []);
  return sentences.slice(0, 5).join(" ") || "there is not much to sum up yet.";
}

function rewriting(): Scene {
  return [
    () => call("get_selection_snapshot"),
    (results) => call(results[0]?.selection ? "get_selection_snapshot" : "select_current_block"),
    () => call("get_selection_snapshot"),
    (results) =>
      results[2]?.selection
        ? call("start_streaming_edit", { mode: "rewrite", contentFormat: "plain_text" })
        : { say: "There is nothing here to rewrite." },
    (results) => ({ say: tidied(String(results[2]?.selection)) }),
    () => ({ say: "I have taken out filler words and spaces, and begun each sentence with a capital." }),
  ];
}

/** The same text without filler words, with single spaces and capitals. */
export function tidied(text: string): string {
  const plain = text
    .replace(/\b(?:very|really|just|quite|basically|actually)\s+/gi, "")
    .replace(/[ \t]+/g, " ");
  return plain
    .trim()
    .replace(/(^|[.!?]\s+)(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

function writing(topic = ""): Scene {
  const title = topic === "" ? "Next steps" : topic[0]!.toUpperCase() + topic.slice(1);
  const text = [
    `## ${title}`,
    `This part is about ${topic === "" ? "what comes next" : topic}. The agent writes it **word by word**, and everybody else can go on typing: each word is an edit like any other, merged with theirs.`,
    "- It has a cursor of its own, which you can watch.",
    "- *Undo* below its answer takes back all of its work in one step, and nothing of yours.",
    "- If it only suggests, nothing counts until somebody accepts it.",
  ];
  return [
    () => call("get_cursor_context"),
    stream("continue"),
    () => ({ say: text.join("\n\n") }),
    () => ({ say: `I have written a part about ${topic || "the next steps"}.` }),
  ];
}

function helping(): Scene {
  return [
    () => call("get_document_snapshot"),
    ([document]) => {
      const words = String(document?.text ?? "")
        .split(/\s+/)
        .filter(Boolean).length;
      return {
        say: `The document has ${words} words. I am a script, not a language model, and understand: write about …; rewrite (with something selected); replace “this” by “that”; make “this” bold; summarise.`,
      };
    },
  ];
}
