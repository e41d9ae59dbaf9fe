import * as official from "@durable-streams/state/db";
import * as ours from "@perennial/state/db";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { changes } from "./changes.ts";
import { measure, medianOf, type Sample } from "./measure.ts";

/** Accepts anything: the schema libraries are not what is measured. */
const anyTask: StandardSchemaV1<{ id: string }> = {
  "~standard": { version: 1, vendor: "bench", validate: (value) => ({ value: value as { id: string } }) },
};
const state = { tasks: { schema: anyTask, type: "task", primaryKey: "id" } };

/** The cases: what runs alone in a process, and what it is weighed by. */
const cases: Record<string, (url: string) => Promise<Sample>> = {
  "ours-materialized": () => materialize(() => new ours.MaterializedState()),
  "official-materialized": () => materialize(() => new official.MaterializedState()),
  "ours-streamdb": (url) =>
    measure(() => preloaded(ours.createStreamDB({ streamOptions: { url }, state, live: false }))),
  "official-streamdb": (url) =>
    measure(() => preloaded(official.createStreamDB({ streamOptions: { url }, state, live: false }))),
  "ours-from-snapshot": (url) =>
    measure(() =>
      preloaded(ours.createStreamDB({ streamOptions: { url }, state, live: false, from: "latest-snapshot" })),
    ),
};

/** Materialisations of which the middle one counts: the first few run before the code is compiled. */
const REPETITIONS = 45;

/** Applies 100,000 changes that were parsed before, again and again. */
async function materialize(create: () => { applyBatch(events: never[]): void }): Promise<Sample> {
  const events: never[] = JSON.parse(JSON.stringify([...changes(100_000, 10_000)]));
  const samples: Sample[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    samples.push(
      await measure(() => {
        const materialized = create();
        materialized.applyBatch(events);
        return materialized;
      }),
    );
  }
  return medianOf(samples);
}

async function preloaded<DB extends { preload(): Promise<void>; collections: { tasks: { size: number } } }>(
  db: DB,
): Promise<DB> {
  await db.preload();
  if (db.collections.tasks.size === 0) throw new Error("nothing was read");
  return db;
}

const [name = "", url = "", warmUpUrl = ""] = process.argv.slice(2);
// An application has opened a database before: what the first one loads and compiles is not what is measured.
if (warmUpUrl !== "") await cases[name]!(warmUpUrl);
const { milliseconds, cpuMilliseconds, heapBytes } = await cases[name]!(url);
console.log(JSON.stringify({ milliseconds, cpuMilliseconds, heapBytes }));
process.exit(0);
