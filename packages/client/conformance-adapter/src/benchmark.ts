import { DurableStream, IdempotentProducer } from "@perennial/client";
import { DEFAULT_CONTENT_TYPE, isJson } from "@perennial/protocol";
import type { BenchmarkCommand, BenchmarkOperation, Result } from "./commands.ts";

/** Performs one measured operation of the suite's benchmark. */
export async function benchmark(serverUrl: string, command: BenchmarkCommand): Promise<Result> {
  const url = `${serverUrl}${command.operation.path}`;
  const contentType = await prepare(url, command.operation);
  const started = performance.now();
  const { bytes, messages } = await perform(url, command.operation, contentType);
  const seconds = (performance.now() - started) / 1000;
  const metrics = {
    bytesTransferred: bytes,
    messagesProcessed: messages,
    opsPerSecond: messages / seconds,
    bytesPerSecond: bytes / seconds,
  };
  return { iterationId: command.iterationId, durationNs: String(Math.round(seconds * 1e9)), metrics };
}

/** The suite's scenarios append to, and follow, streams that nobody may have created. Returns their content type. */
async function prepare(url: string, { op, contentType }: BenchmarkOperation): Promise<string> {
  const wanted = contentType ?? DEFAULT_CONTENT_TYPE;
  if (op !== "append" && op !== "roundtrip" && op !== "throughput_append") return wanted;
  const handle = new DurableStream({ url });
  const found = await handle.head();
  if (found.exists) return found.contentType ?? wanted;
  await handle.create({ contentType: wanted });
  return wanted;
}

async function perform(
  url: string,
  operation: BenchmarkOperation,
  contentType: string,
): Promise<{ bytes: number; messages: number }> {
  const { op, size = 0, count = 0 } = operation;
  const handle = new DurableStream({ url, contentType });
  const payload = isJson(contentType) ? JSON.stringify("*".repeat(size)) : new Uint8Array(size).fill(42);
  switch (op) {
    case "create":
      await handle.create();
      return { bytes: 0, messages: 1 };
    case "append":
      await handle.append(payload);
      return { bytes: size, messages: 1 };
    case "roundtrip":
      return await roundtrip(handle, payload, operation);
    case "throughput_append": {
      const producer = new IdempotentProducer(handle, "benchmark", {
        autoClaim: true,
        maxInFlight: operation.concurrency ?? 5,
      });
      for (let message = 0; message < count; message++) producer.append(payload);
      await producer.flush({ rejectOnError: true });
      return { bytes: size * count, messages: count };
    }
    case "read":
    case "throughput_read": {
      const response = await handle.stream({ offset: operation.offset ?? "-1", live: false });
      const bytes = (await response.body()).length;
      return { bytes, messages: operation.expectedCount ?? 1 };
    }
  }
}

async function roundtrip(
  handle: DurableStream,
  payload: Uint8Array | string,
  { live = "long-poll" }: BenchmarkOperation,
): Promise<{ bytes: number; messages: number }> {
  const response = await handle.stream({ live, offset: "now" });
  const reader = response.bodyStream().getReader();
  const received = reader.read();
  await handle.append(payload);
  await received;
  await reader.cancel();
  return { bytes: payload.length * 2, messages: 1 };
}
