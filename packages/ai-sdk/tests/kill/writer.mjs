// A writer as a process of its own, to be killed: begins an answer of 200 chunks, or takes one over. Runs the build.
import { startGeneration, takeOver } from "@perennial/ai";
import { uiMessageFormat as format } from "@perennial/ai-sdk";

const [, , url, leaseMs, mode] = process.argv;

async function* source({ written, signal }) {
  for (let n = written.length; n < 200 && !signal.aborted; n++) {
    yield { type: "text-delta", id: "t", delta: `${n} ` };
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const begin = mode === "take-over" ? takeOver : startGeneration;
const generation = await begin({ target: { url }, format, source, leaseMs: Number(leaseMs) });
console.log(generation.kind);
if (generation.kind === "generation") console.log((await generation.finished).kind);
