/** One run of the agent: from a question to its end, through as many steps of the model as it takes. */
import * as Y from "yjs";
import type { ChatEvent, Mode, Outcome } from "../../shared/chat.ts";
import { FRAGMENT } from "../../shared/places.ts";
import { WordBuffer } from "../document/word-buffer.ts";
import type { Call, Model, Turn } from "../models/model.ts";
import { Desk } from "./desk.ts";
import { INSTRUCTIONS, REPORT } from "./instructions.ts";
import type { AgentPeer } from "./peer.ts";
import { TOOLS } from "./tools/index.ts";

/** Steps of one run at most, and characters that it may say in all of them. */
const MAX_STEPS = 24;
const MAX_CHARS = 60_000;

/** Where somebody was when they asked: relative positions in the form of Yjs, as JSON. */
export interface Context {
  readonly anchor: unknown;
  readonly head: unknown;
}

export interface Question {
  readonly run: string;
  readonly text: string;
  readonly mode: Mode;
  readonly context?: Context | undefined;
}

export interface RunOptions {
  readonly peer: AgentPeer;
  readonly model: Model;
  readonly question: Question;
  readonly signal: AbortSignal;
  /** Takes what happens, for the chat. */
  tell(event: ChatEvent): void;
}

/** Runs to the end. Never rejects: what goes wrong is told. */
export async function runAgent(options: RunOptions): Promise<void> {
  const { peer, question, signal, tell } = options;
  const { run } = question;
  const desk = new Desk(peer, run, question.mode);
  let outcome: Outcome = "done";
  let reason: string | undefined;
  try {
    await work(desk, options);
    await peer.saved();
  } catch (error) {
    outcome = signal.aborted ? "stopped" : "failed";
    if (!signal.aborted) reason = error instanceof Error ? error.message : String(error);
  }
  peer.show("idle");
  tell({ kind: "ended", run, outcome, edits: desk.edits, reason });
}

async function work(desk: Desk, { model, question, signal, tell }: RunOptions): Promise<void> {
  placeAt(desk, question.context);
  desk.show();
  const turns: Turn[] = [{ kind: "person", text: prompt(desk, question.text) }];
  let said = 0;
  let isAskedToReport = false;
  for (let step = 0; step < MAX_STEPS; step++) {
    const tools = [...TOOLS.values()];
    const speech = new Speech(desk, tell);
    const calls: Call[] = [];
    for await (const event of model.next({ instructions: INSTRUCTIONS, turns, tools, signal })) {
      signal.throwIfAborted();
      if (event.kind === "call") calls.push(event.call);
      else speech.push(event.text);
      said += event.kind === "text" ? event.text.length : 0;
      if (said > MAX_CHARS) throw new Error("the answer is too long");
    }
    speech.end();
    turns.push({ kind: "agent", text: speech.text, calls });
    if (calls.length > 0) {
      turns.push({ kind: "results", results: calls.map((call) => use(desk, call, tell)) });
      continue;
    }
    const hasSpoken = !speech.isForDocument && speech.text.trim() !== "";
    if (hasSpoken || desk.edits === 0 || isAskedToReport) return;
    isAskedToReport = true;
    turns.push({ kind: "person", text: REPORT });
  }
  throw new Error(`it has not come to an end in ${MAX_STEPS} steps`);
}

/** Does what the model wants done. */
function use(
  desk: Desk,
  { id, name, input }: Call,
  tell: RunOptions["tell"],
): { id: string; result: string } {
  const tool = TOOLS.get(name);
  if (name !== "start_streaming_edit") desk.streaming = undefined;
  const { result, summary } = tool?.run(desk, input) ?? {
    ...{ result: { error: `there is no tool ${name}` }, summary: "no such tool" },
  };
  tell({ kind: "used", run: desk.run, tool: name.slice(0, 80), summary });
  return { id, result: JSON.stringify(result) };
}

/** What the model says in one step, on its way into the chat or into the document. */
class Speech {
  /** Whether it goes into the document: decided before it begins, so that a step is one or the other. */
  readonly isForDocument: boolean;
  text = "";
  readonly #desk: Desk;
  readonly #tell: RunOptions["tell"];
  readonly #words = new WordBuffer();
  readonly #pen: ReturnType<Desk["pen"]> | undefined;

  constructor(desk: Desk, tell: RunOptions["tell"]) {
    this.#desk = desk;
    this.#tell = tell;
    this.isForDocument = desk.streaming !== undefined;
    this.#pen = desk.streaming && desk.pen(desk.streaming);
  }

  push(text: string): void {
    this.text += text;
    this.#show(this.#words.push(text));
  }

  end(): void {
    this.#show(this.#words.end());
    if (this.#pen === undefined || this.text === "") return;
    this.#pen.end();
    this.#desk.streaming = undefined;
    const summary = `wrote ${this.text.length} characters`;
    this.#tell({ kind: "used", run: this.#desk.run, tool: "write", summary });
  }

  #show(text: string): void {
    if (text === "") return;
    if (this.#pen !== undefined) this.#pen.push(text);
    else this.#tell({ kind: "said", run: this.#desk.run, text });
  }
}

/** Begins where the person was that asked. */
function placeAt(desk: Desk, context: Context | undefined): void {
  const [anchor, head] = [positionOf(context?.anchor), positionOf(context?.head)];
  if (anchor === undefined || head === undefined) return;
  const flat = desk.flat();
  const offsets = desk.offsetsOf(flat, { anchor, head });
  if (offsets === undefined) return;
  const [from, to] = offsets.map((offset) => flat.anchorAt(offset));
  if (from === undefined || to === undefined) return;
  if (offsets[0] === offsets[1]) desk.cursor = to;
  else desk.select({ anchor: from, head: to });
}

/** A position that a page has sent: it may be anything. */
function positionOf(json: unknown): Y.RelativePosition | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  try {
    return Y.createRelativePositionFromJSON({ tname: FRAGMENT, ...json });
  } catch {
    return undefined;
  }
}

function prompt(desk: Desk, request: string): string {
  const flat = desk.flat();
  const range = desk.selection && desk.offsetsOf(flat, desk.selection);
  const selected = range === undefined ? "" : flat.text.slice(...range).slice(0, 2_000);
  const place = selected === "" ? "Nothing is selected." : `Selected: ${JSON.stringify(selected)}`;
  return `${place}\nRequest: ${request}`;
}
