import { Command } from "commander";
import { duration, wholeNumber } from "../arguments/option-values.ts";
import { validateUrl } from "../arguments/validate.ts";
import { requestFailure, usageFailure } from "../failure.ts";
import { connect, connectTo, type Invocation } from "../invocation.ts";
import { loadTest } from "../load/load-test.ts";
import type { Figures } from "../load/meter.ts";
import { writeOut } from "../output/standard-output.ts";

interface BenchFlags {
  readonly connections: number;
  readonly streams: number;
  readonly bytes: number;
  readonly duration: number;
  readonly json?: boolean;
}

/** `bench [url]`: a quick load test of any server of the protocol. */
export function benchCommand(invocation: Invocation): Command {
  return new Command("bench")
    .description("put a load on a server and say how it bears it")
    .argument("[url]", "base URL of the server (default: --url)")
    .option("--connections <n>", "requests at once", wholeNumber("--connections", 1), 16)
    .option("--streams <n>", "streams to spread them over", wholeNumber("--streams", 1), 16)
    .option("--bytes <n>", "size of an append", wholeNumber("--bytes", 1), 256)
    .option("--duration <time>", "length of each of the three phases (5s)", duration("--duration", "s"), 5000)
    .option("--json", "figures as one JSON object")
    .addHelpText(
      "after",
      `
It makes streams named bench-* and deletes them. This program takes part of the machine's power itself: run it on
another machine than the server to see what the server can do.`,
    )
    .action(async (url: string | undefined, { json, duration: durationMs, ...flags }: BenchFlags) => {
      const { error } = url === undefined ? {} : validateUrl(url);
      if (error !== undefined) throw usageFailure(error);
      const connection = url === undefined ? connect(invocation) : connectTo(invocation, url);
      try {
        const result = await loadTest(connection, { ...flags, durationMs });
        await writeOut(
          json ? `${JSON.stringify({ ...flags, durationMs, ...result })}\n` : table(Object.entries(result)),
        );
      } catch (error) {
        throw requestFailure("run the load test", error);
      }
    });
}

function table(rows: readonly (readonly [string, Figures])[]): string {
  const head = ["", "operations/s", "p50 ms", "p99 ms", "max ms", "errors"];
  const cells = rows.map(([name, { perSecond, p50Ms, p99Ms, maxMs, errors }]) => [
    name,
    String(perSecond),
    ...[p50Ms, p99Ms, maxMs].map((value) => value.toFixed(2)),
    String(errors),
  ]);
  return [head, ...cells]
    .map(
      (row) => `${row.map((cell, index) => (index === 0 ? cell.padEnd(10) : cell.padStart(14))).join("")}\n`,
    )
    .join("");
}
