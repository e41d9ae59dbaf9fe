import type { WritableOptions } from "../options.ts";
import { IdempotentProducer } from "../producer/idempotent-producer.ts";
import type { Content } from "./content.ts";
import type { Target } from "./registry.ts";

/** Batches that may wait before the pipe is held back. */
const WAITING_BATCHES_MAX = 8;
const ID_DIGITS = 8;

/** The stream behind `DurableStream.writable()`. */
export function createWritable(handle: Target, options: WritableOptions): WritableStream<Content> {
  const { producerId = `writable-${randomHex()}`, ...rest } = options;
  let failure: { readonly error: unknown } | undefined;
  const onError = (error: Error) => {
    failure ??= { error };
    options.onError?.(error);
  };
  const producer = new IdempotentProducer(handle, producerId, { ...rest, autoClaim: true, onError });
  const check = () => {
    if (failure !== undefined) throw failure.error;
  };
  return new WritableStream<Content>({
    async write(chunk) {
      check();
      producer.append(chunk);
      if (producer.inFlightCount > WAITING_BATCHES_MAX) await producer.flush();
      check();
    },
    async close() {
      await producer.flush();
      check();
      await producer.close();
    },
    async abort() {
      await producer.detach();
    },
  });
}

function randomHex(): string {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return random.toString(16).padStart(ID_DIGITS, "0");
}
