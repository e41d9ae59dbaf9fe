/** What `perennial check` prints. */
import { type CheckReport, checkDirectory } from "@perennial/server";
import { failure } from "../failure.ts";
import { writeOut } from "../output/standard-output.ts";

const BAR_WIDTH = 30;

/** Verifies the directory and reports. Throws `Failure` when something is wrong with it. */
export async function check(directory: string): Promise<void> {
  const bar = process.stderr.isTTY ? drawBar : () => {};
  const report = await checkDirectory(directory, bar).catch((error: Error) => {
    throw failure(error.message);
  });
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  await writeOut(`${summary(report)}\n`);
  if (report.problemCount === 0) return;
  const untold = report.problemCount - report.problems.length;
  const lines = untold === 0 ? report.problems : [...report.problems, `and ${untold} more`];
  throw failure(`${directory} is damaged:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}

function drawBar(done: number, total: number): void {
  const filled = Math.round((done / Math.max(1, total)) * BAR_WIDTH);
  const bar = "#".repeat(filled).padEnd(BAR_WIDTH, ".");
  process.stderr.write(`\r[${bar}] ${done} of ${total} streams`);
}

function summary({ streams, archivedBytes, records, logBytes, tornTail }: CheckReport): string {
  const log = `${records} records in ${logBytes} bytes of log to be replayed`;
  const torn = tornTail
    ? "\nThe log ends in a record that is not whole, as a crash leaves one that it cut off."
    : "";
  return `${streams} streams with ${archivedBytes} bytes, and ${log}.${torn}`;
}
