import type { Batch } from "./batch.ts";
import type { PositionedProducer } from "./positioned-producer.ts";
import type { Progress } from "./progress.ts";

/** What was sent. */
export interface Sent {
  readonly units: number;
  readonly position: number;
}

/** Appends batches in order, one at a time; the next one is made while one is on its way. */
export async function sendBatches(
  producer: PositionedProducer,
  batches: AsyncIterable<Batch>,
  progress: Progress,
  start: number,
): Promise<Sent> {
  let units = 0;
  let position = start;
  let underWay: Promise<void> = Promise.resolve();
  try {
    for await (const batch of batches) {
      await underWay;
      progress.update(position);
      units += batch.units;
      position = batch.position;
      if (batch.content.length > 0) underWay = settledLater(producer.append(batch.content, position));
    }
    await underWay;
    progress.update(position);
  } finally {
    // What is on its way gets there, whatever is wrong with what comes after it.
    await underWay.catch(() => {});
    progress.stop();
  }
  return { units, position };
}

/** A rejection is dealt with when the promise is awaited, which may be a while later. */
function settledLater(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}
