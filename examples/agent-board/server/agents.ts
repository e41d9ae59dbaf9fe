import { DurableStream } from "@perennial/client";
import { appendEvents } from "@perennial/state";
import { createStreamDB } from "@perennial/state/db";
import { board, type Task } from "../src/board.ts";

/** How long an agent works on a tenth of a task, in ms. */
const STEP_MS = 150;

/**
 * Starts an agent that works on whatever task is open. It is one more client of the stream: it reads the board from a
 * StreamDB and appends what it does.
 *
 * @returns stops it
 */
export async function startAgents(url: string): Promise<() => void> {
  const stream = new DurableStream({ url, warnOnHttp: false });
  const db = createStreamDB({ stream, state: board });
  await db.preload();
  const { tasks } = db.collections;
  await appendEvents(stream, [board.presence.upsert({ value: { userId: "Agent", status: "online" } })]);
  let isBusy = false;

  const work = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    for (let task = nextOpen(); task !== undefined && db.status !== "closed"; task = nextOpen()) {
      await finish(stream, task, () => tasks.has(task!.id)).catch(console.error);
    }
    isBusy = false;
  };
  const nextOpen = (): Task | undefined => tasks.toArray.find(({ status }) => status !== "done");
  tasks.subscribeChanges(() => void work());
  return db.close;
}

/** Works on a task step by step, as long as it is wanted, and says so in the end. */
async function finish(stream: DurableStream, task: Task, isWanted: () => boolean): Promise<void> {
  for (let progress = task.progress; progress < 100 && isWanted(); progress += 10) {
    const value: Task = { ...task, status: "running", progress };
    await appendEvents(stream, [board.tasks.update({ value })]);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  if (!isWanted()) return;
  // One request: nobody sees the one without the other.
  await appendEvents(stream, [
    board.tasks.update({ value: { ...task, status: "done", progress: 100 } }),
    board.messages.insert({
      value: {
        id: crypto.randomUUID(),
        author: "Agent",
        text: `Done: ${task.title}`,
        createdAt: new Date().toISOString(),
      },
    }),
  ]);
}
