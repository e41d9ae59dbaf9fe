import { type GenerationTarget, readGeneration } from "@perennial/ai";
import { type TextChunk, textFormat } from "./format.ts";

/** The texts of a stream from a number of characters on. Fails where its writer did, or is gone. */
export async function readTexts(target: GenerationTarget, skip: number): Promise<ReadableStream<string>> {
  const left = new AbortController();
  const batches = await readGeneration<TextChunk>({ target, format: textFormat, signal: left.signal });
  const reader = batches.getReader();
  let toSkip = skip;
  return new ReadableStream<string>(
    {
      async pull(controller) {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return controller.close();
          const failure = value.chunks.find((chunk) => chunk?.error !== undefined)?.error;
          const whole = value.chunks.map((chunk) => chunk?.text ?? "").join("");
          const text = whole.slice(toSkip);
          toSkip = Math.max(0, toSkip - whole.length);
          if (text !== "") controller.enqueue(text);
          if (failure !== undefined) return controller.error(new Error(failure));
          if (text !== "") return;
        }
      },
      async cancel() {
        left.abort();
        await reader.cancel();
      },
    },
    { highWaterMark: 0 },
  );
}
