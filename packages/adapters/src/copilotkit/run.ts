import { type GenerationTarget, hearStops, startGeneration } from "@perennial/ai";
import type { EventLog } from "./event-log.ts";
import { aguiFormat } from "./format.ts";
import { type Interruption, OpenEnds } from "./open-ends.ts";
import type { AguiEvent, RunRequest } from "./types.ts";

/** An agent that was asked to stop and goes on is not waited for any longer, ms. */
const STOP_PATIENCE_MS = 500;

/** How a run is carried out. */
export interface Running {
  readonly request: RunRequest;
  readonly target: GenerationTarget;
  /** Told of each event, as it comes. */
  readonly log: EventLog;
  /** Ids of the messages of earlier runs: they are not stored again. */
  readonly known: ReadonlySet<string>;
  readonly leaseMs: number | undefined;
  readonly ttlSeconds: number | undefined;
  readonly onWarning: (error: unknown) => void;
}

/**
 * Runs an agent: its events are stored, told, and brought to an end, whatever becomes of it.
 *
 * @returns what the thread keeps of it: nothing if the agent failed before it said anything
 */
export async function carryOut(running: Running): Promise<readonly AguiEvent[]> {
  const { target, log, leaseMs, ttlSeconds, onWarning } = running;
  let events: AguiEvent[] = [];
  let isNothing = false;
  const generation = await startGeneration<AguiEvent>({
    ...{ target, format: aguiFormat, leaseMs, ttlSeconds, stoppable: false, onWarning },
    async *source({ signal }) {
      const onNothing = () => {
        isNothing = true;
      };
      for await (const event of eventsOf(running, signal, onNothing)) {
        events.push(event);
        log.next(event);
        yield event;
      }
    },
  });
  if (generation.kind === "rejected") throw new Error("This run was carried out before");
  const outcome = await generation.finished;
  if (outcome.kind === "lost") throw outcome.error;
  if (isNothing) events = [];
  return events;
}

/** The events of an agent, and those that close what it leaves open. */
async function* eventsOf(
  running: Running,
  lost: AbortSignal,
  onNothing: () => void,
): AsyncGenerator<AguiEvent> {
  const { request, target, known, onWarning } = running;
  const over = new AbortController();
  const queue = new Queue();
  const open = new OpenEnds();
  let why: Interruption = { kind: "broken", message: undefined };
  const stop = () => {
    why = { kind: "stopped" };
    abortRun(request, onWarning);
    setTimeout(() => queue.end(), STOP_PATIENCE_MS);
  };
  lost.addEventListener("abort", stop, { once: true });
  hearStops(target, over.signal, stop, onWarning);
  const onEvent = ({ event }: { event: AguiEvent }) => queue.push(withInput(event, request, known));
  // Not before this generator has returned: what an agent throws at once is a failure of the run, too.
  Promise.resolve()
    .then(() => request.agent.runAgent(request.input, { onEvent }))
    .catch((error: unknown) => {
      if (why.kind === "broken")
        why = { kind: "broken", message: error instanceof Error ? error.message : String(error) };
    })
    .finally(() => queue.end());
  let isSilent = true;
  for await (const event of queue) {
    isSilent = false;
    open.see(event);
    yield event;
  }
  over.abort();
  if (isSilent && why.kind === "broken" && why.message !== undefined) onNothing();
  yield* open.ending(why);
}

function abortRun({ agent }: RunRequest, onWarning: (error: unknown) => void): void {
  try {
    agent.abortRun();
  } catch (error) {
    onWarning(error);
  }
}

/** The first event of a run says what the agent was given; of its messages those that the thread does not have yet. */
function withInput(event: AguiEvent, { input }: RunRequest, known: ReadonlySet<string>): AguiEvent {
  if (event.type !== "RUN_STARTED" || event.input) return event;
  const messages = input?.messages?.filter((message: { id: string } | null) => !known.has(message?.id ?? ""));
  return { ...event, input: { ...input, ...(messages === undefined ? {} : { messages }) } };
}

/** Events from a callback, in a loop. */
class Queue implements AsyncIterable<AguiEvent> {
  readonly #events: AguiEvent[] = [];
  #isOver = false;
  #wake: () => void = () => undefined;

  push(event: AguiEvent): void {
    if (this.#isOver) return;
    this.#events.push(event);
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AguiEvent> {
    for (;;) {
      yield* this.#events.splice(0);
      if (this.#events.length > 0) continue;
      if (this.#isOver) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
