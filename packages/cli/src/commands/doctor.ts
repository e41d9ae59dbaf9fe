import { styleText } from "node:util";
import { Command } from "commander";
import { validateUrl } from "../arguments/validate.ts";
import { type Examination, examine } from "../doctor/examine.ts";
import type { Finding } from "../doctor/finding.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure, usageFailure } from "../failure.ts";
import { connectTo, type Invocation } from "../invocation.ts";
import { writeOut } from "../output/standard-output.ts";

const MARKS = { ok: ["ok", "green"], warning: ["odd", "yellow"], problem: ["BAD", "red"] } as const;
const NAME_WIDTH = 30;

/** `doctor [url...]`: tries what streams need of every hop between here and the server. */
export function doctorCommand(invocation: Invocation): Command {
  return new Command("doctor")
    .description(
      "find out which hop buffers SSE, drops idle connections, strips headers or caches wrongly, by trying",
    )
    .argument("[url...]", "base URLs of one server, from the outermost hop inwards (default: --url)")
    .option("--json", "one JSON object for each URL")
    .addHelpText(
      "after",
      `
With several URLs, of a CDN, a load balancer and the server itself, say, it also tells between which two a
problem arises. It makes streams named doctor-* and deletes them. It takes as long as a long-poll, 30 s mostly.`,
    )
    .action(async (urls: readonly string[], { json }: { readonly json?: boolean }) => {
      const globals = invocation.globals();
      const bases = urls.length > 0 ? urls : [globals.url!];
      for (const url of bases) {
        const { error } = validateUrl(url);
        if (error !== undefined) throw usageFailure(error);
      }
      const examinations = await Promise.all(bases.map((url) => examine(connectTo(invocation, url))));
      await writeOut(
        json ? examinations.map((one) => `${JSON.stringify(one)}\n`).join("") : render(examinations),
      );
      const problems = examinations[0]!.findings.filter(({ finding }) => finding.verdict === "problem");
      if (problems.length > 0)
        throw new Failure(
          `${problems.length} of ${examinations[0]!.findings.length} checks failed`,
          EXIT.failure,
        );
    });
}

function render(examinations: readonly Examination[]): string {
  return examinations
    .map(({ url, findings }, index) => {
      const inner = examinations.slice(index + 1);
      const lines = findings.map(({ name, finding }) =>
        renderFinding(name, finding, culprit(name, finding, url, inner)),
      );
      return `${url}\n${lines.join("")}`;
    })
    .join("\n");
}

function renderFinding(name: string, { verdict, text, advice }: Finding, where: string): string {
  const [mark, colour] = MARKS[verdict];
  const isColoured = process.stdout.isTTY && process.stdout.hasColors();
  const shown = isColoured ? styleText(colour, mark.padEnd(4), { validateStream: false }) : mark.padEnd(4);
  const indent = " ".repeat(NAME_WIDTH + 7);
  const more = [where, advice].filter(Boolean).map((line) => `${indent}${line}\n`);
  return `  ${shown} ${name.padEnd(NAME_WIDTH)}${text}\n${more.join("")}`;
}

/** Where a problem arises: before the outermost of the inner URLs that does not have it. */
function culprit(name: string, { verdict }: Finding, url: string, inner: readonly Examination[]): string {
  if (verdict !== "problem") return "";
  const healthy = inner.find(({ findings }) =>
    findings.some((other) => other.name === name && other.finding.verdict !== "problem"),
  );
  return healthy === undefined ? "" : `It arises between ${url} and ${healthy.url}.`;
}
