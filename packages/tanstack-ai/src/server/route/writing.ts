import { isMissing, keepAlive } from "@perennial/ai";
import type { UIMessage } from "@tanstack/ai";
import type { ChatActor } from "../../actor.ts";
import { materializeSnapshotFromDurableStream, type SessionSnapshot } from "../../client/snapshot.ts";
import { APPROVAL_EVENT, customEvent } from "../../format.ts";
import { actorOf, decisionsOf } from "../../session/marks.ts";
import type { TanStackChunk } from "../../types.ts";
import { echoChunks } from "../echo.ts";
import { requestRunStop } from "../run-stop.ts";
import { reported, storeAndAnswer } from "../session-response.ts";
import { ensureDurableChatSessionStream } from "../session-stream.ts";
import { inTurn } from "../turns.ts";
import { type AgentTurn, type ChatAgent, conversationFor, runOfAgent } from "./agent.ts";
import type { ChatCommand } from "./commands.ts";
import { type DurableChatRouteOptions, type OpenedSession, ROUTE_BACKOFF } from "./options.ts";
import { Upkeep } from "./upkeep.ts";

type Message = Extract<ChatCommand, { kind: "message" }>;
type Approval = Extract<ChatCommand, { kind: "approval" }>;
type Stop = Extract<ChatCommand, { kind: "stop" }>;

/** What became of a command. */
export type Written =
  | { readonly kind: "accepted"; readonly of?: readonly string[] }
  /** It was carried out before: a repeat. */
  | { readonly kind: "repeated" }
  | { readonly kind: "refused"; readonly status: 404 | 409; readonly error: string };

/** Somebody of whom nothing is known. */
const SOMEBODY: ChatActor = { id: "somebody", name: "Somebody" };
/** A run that has just begun hears a moment later. */
const STOP_TRIES = 10;
const STOP_PAUSE_MS = 200;

/** Writes into sessions what people ask for, and what agents answer. */
export class SessionWriting {
  readonly #options: DurableChatRouteOptions;
  readonly #upkeep: Upkeep;
  /** The runs that this process writes. */
  readonly #own = new Set<string>();

  constructor(options: DurableChatRouteOptions) {
    this.#options = options;
    this.#upkeep = new Upkeep(options.foldEvery ?? 10);
  }

  carryOut(command: ChatCommand, session: OpenedSession): Promise<Written> {
    if (command.kind === "stop") return this.#stop(command, session);
    // A repeat must find what the first one stored.
    const write = () =>
      command.kind === "message" ? this.#say(command, session) : this.#decide(command, session);
    return inTurn(`accept ${session.stream.writeUrl}`, write);
  }

  async #say({ message, claimed }: Message, session: OpenedSession): Promise<Written> {
    const actor = session.actor ?? claimed ?? SOMEBODY;
    await ensureDurableChatSessionStream(session.stream);
    const known = (await this.#read(session)).messages.find(({ id }: UIMessage) => id === message.id);
    if (known !== undefined) {
      if (known.role === "user" && actorOf(known)?.id === actor.id) return { kind: "repeated" };
      return { kind: "refused", status: 409, error: "another message has this id" };
    }
    const agents = this.#options.agents.filter(({ answers }) => answers?.(message as UIMessage) ?? true);
    await this.#write(session, echoChunks({ ...message, metadata: { actor } }), agents, {
      ...{ actor, messageId: message.id },
    });
    return { kind: "accepted" };
  }

  async #decide({ id, approved, reason, claimed }: Approval, session: OpenedSession): Promise<Written> {
    const actor = session.actor ?? claimed ?? SOMEBODY;
    const message = (await this.#read(session)).messages.find(({ parts }: UIMessage) =>
      parts.some((part) => part.type === "tool-call" && part.approval?.id === id),
    ) as UIMessage | undefined;
    if (message === undefined)
      return { kind: "refused", status: 404, error: "nothing waits for this approval" };
    if (Object.hasOwn(decisionsOf(message), id)) {
      const { approved: before, actor: by } = decisionsOf(message)[id]!;
      if (before === approved && by?.id === actor.id) return { kind: "repeated" };
      return { kind: "refused", status: 409, error: `${by?.name ?? "Somebody"} decided about this before` };
    }
    const open = message.parts.filter(
      (part) => part.type === "tool-call" && part.approval && part.approval.approved === undefined,
    );
    const agent = this.#options.agents.find((one) => one.id === actorOf(message)?.id);
    // An agent goes on once all that it asked for is decided.
    const agents = agent !== undefined && open.length === 1 ? [agent] : [];
    const decision = { id, approved, actor, ...(reason !== undefined && { reason }) };
    const asked = { actor, messageId: message.id };
    await this.#write(session, [customEvent(APPROVAL_EVENT, decision)], agents, asked);
    return { kind: "accepted" };
  }

  async #stop({ runId, reason }: Stop, session: OpenedSession): Promise<Written> {
    const { activeRuns } = await this.#read(session);
    const wanted = activeRuns.filter((id) => runId === undefined || id === runId);
    const asked = await Promise.all(wanted.map((id) => stopOf(session, id, reason)));
    const of = wanted.filter((_, index) => asked[index]);
    if (of.length > 0) return { kind: "accepted", of };
    return { kind: "refused", status: 404, error: "nothing is being written" };
  }

  async #read({ stream }: OpenedSession): Promise<SessionSnapshot> {
    const { writeUrl, headers, fetchClient } = stream;
    const read = { readUrl: String(writeUrl), headers: headers as HeadersInit | undefined, fetchClient };
    const how = { snapshots: true, backoffOptions: ROUTE_BACKOFF };
    const snapshot = await materializeSnapshotFromDurableStream({ ...read, ...how }).catch(orNothing);
    const isOthers = snapshot.activeRuns.some((id) => !this.#own.has(id));
    if (isOthers) keepAlive(this.#upkeep.guard(stream), this.#options.waitUntil);
    return snapshot;
  }

  async #write(
    session: OpenedSession,
    said: readonly TanStackChunk[],
    agents: readonly ChatAgent[],
    asked: { readonly actor: ChatActor; readonly messageId: string },
  ): Promise<void> {
    const { stream } = session;
    const { onError, leaseMs, waitUntil } = this.#options;
    const { finished } = await storeAndAnswer(
      {
        ...{ stream, onError, leaseMs, oneAtATime: true },
        responseStream: ({ signal }) => this.#answers(session, agents, { ...asked, signal }),
      },
      said,
    );
    const answered = reported(finished).then(() =>
      agents.length === 0 ? undefined : this.#upkeep.answered(stream),
    );
    keepAlive(answered, waitUntil);
  }

  async *#answers(
    session: OpenedSession,
    agents: readonly ChatAgent[],
    asked: Pick<AgentTurn, "actor" | "signal"> & { readonly messageId: string },
  ): AsyncGenerator<TanStackChunk> {
    const { actor, signal, messageId } = asked;
    const threadId = new URL(session.stream.writeUrl).pathname;
    const abortController = new AbortController();
    signal.addEventListener("abort", () => abortController.abort(signal.reason), { once: true });
    for (const agent of agents) {
      const { messages } = await this.#read(session);
      const runId = crypto.randomUUID();
      this.#own.add(runId);
      try {
        const turn = { runId, threadId, signal, abortController, actor };
        yield* runOfAgent(agent, { ...turn, messages: conversationFor(messages, messageId) });
      } finally {
        this.#own.delete(runId);
      }
    }
  }
}

/** A session in which nothing was said yet may not exist. */
function orNothing(error: unknown): SessionSnapshot {
  if (isMissing(error)) return { messages: [], activeRuns: [] };
  throw error;
}

/** Whether the writer of a run was asked to stop. */
async function stopOf({ stream }: OpenedSession, runId: string, reason?: string): Promise<boolean> {
  for (let tries = 0; tries < STOP_TRIES; tries++) {
    if ((await requestRunStop(stream, runId, reason)).kind === "asked") return true;
    await new Promise((resolve) => setTimeout(resolve, STOP_PAUSE_MS));
  }
  return false;
}
