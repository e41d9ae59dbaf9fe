import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A page of a browser, as far as it is needed here. */
interface EvaluatingPage {
  evaluate(code: string): Promise<unknown>;
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds to be serious or worse in a page, as lines for a message: barriers for people who use it without eyes or mouse. */
export async function seriousViolations(page: EvaluatingPage): Promise<string[]> {
  // Past the policy of the page, as an extension of the browser would be.
  await page.evaluate(AXE);
  const violations = (await page.evaluate(
    "axe.run().then(({ violations }) => violations)",
  )) as readonly Violation[];
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}
