/** The agents of all documents: one each, made when it is asked for, and gone when nobody has asked it for a while. */
import type { Model } from "../models/model.ts";
import { ChatLog } from "./chat-log.ts";
import { AgentPeer } from "./peer.ts";
import { type Question, runAgent } from "./run.ts";

/** How long an agent stays in a document after its last work, ms: so long its work can be taken back. */
const STAY_MS = 15 * 60_000;
/** Documents with an agent at most; the one that has been idle longest leaves. */
const MAX_AGENTS = 32;

export interface Asked extends Question {
  readonly author: string;
  readonly color: string;
}

/** One document's agent. */
interface Agent {
  readonly peer: AgentPeer;
  readonly chat: ChatLog;
  run: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  leave: NodeJS.Timeout | undefined;
}

export class Agents {
  readonly #origin: string;
  readonly #model: Model;
  readonly #agents = new Map<string, Promise<Agent>>();

  constructor(origin: string, model: Model) {
    this.#origin = origin;
    this.#model = model;
  }

  /** Makes sure that there is a chat, and nothing unfinished in it. */
  async open(key: string): Promise<void> {
    await this.#agent(key);
  }

  /** Begins a run. One that is under way in this document is stopped first. */
  async ask(key: string, asked: Asked): Promise<void> {
    await this.stop(key);
    const agent = await this.#agent(key);
    const { author, color, ...question } = asked;
    const { run, text, mode } = question;
    agent.chat.tell({ kind: "asked", run, author, color, text, mode });
    const stop = new AbortController();
    const ended = runAgent({
      ...{ peer: agent.peer, model: this.#model, question, signal: stop.signal },
      tell: (event) => agent.chat.tell(event),
    });
    agent.run = { stop, ended };
  }

  /** Stops what is under way. False if nothing is. */
  async stop(key: string): Promise<boolean> {
    const agent = await this.#agents.get(key);
    const run = agent?.run;
    if (run === undefined || agent === undefined) return false;
    run.stop.abort();
    await run.ended;
    if (agent.run === run) agent.run = undefined;
    return true;
  }

  /** Takes back what a run has done. False if that is not remembered any more. */
  async takeBack(key: string, run: string): Promise<boolean> {
    const agent = await this.#agents.get(key);
    if (agent?.peer.takeBack(run) !== true) return false;
    agent.chat.tell({ kind: "undone", run });
    await agent.peer.saved();
    return true;
  }

  /** Ends all runs, and leaves all documents. */
  async close(): Promise<void> {
    await Promise.all([...this.#agents.keys()].map((key) => this.#leave(key)));
  }

  async #agent(key: string): Promise<Agent> {
    let opening = this.#agents.get(key);
    if (opening === undefined) {
      opening = this.#enter(key);
      this.#agents.set(key, opening);
      opening.catch(() => this.#agents.delete(key));
    }
    // The last one asked is the last to go.
    this.#agents.delete(key);
    this.#agents.set(key, opening);
    if (this.#agents.size > MAX_AGENTS) void this.#leave(this.#agents.keys().next().value!);
    const agent = await opening;
    clearTimeout(agent.leave);
    agent.leave = setTimeout(() => void this.#leave(key), STAY_MS);
    agent.leave.unref();
    return agent;
  }

  async #enter(key: string): Promise<Agent> {
    const peer = new AgentPeer(this.#origin, key);
    try {
      const [chat] = await Promise.all([ChatLog.open(this.#origin, key), peer.open()]);
      return { peer, chat, run: undefined, leave: undefined };
    } catch (error) {
      await peer.close();
      throw error;
    }
  }

  async #leave(key: string): Promise<void> {
    await this.stop(key);
    const opening = this.#agents.get(key);
    this.#agents.delete(key);
    const agent = await opening?.catch(() => undefined);
    clearTimeout(agent?.leave);
    await agent?.peer.close();
    await agent?.chat.close();
  }
}
