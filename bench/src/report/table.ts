import { summarise } from "../measure/statistics.ts";
import type { Row } from "../results.ts";
import { type FigureName, figureDefinition, figureHeading, formatFigure } from "./figures.ts";
import { errorsOf, figureOf, isClean } from "./rows.ts";

/** A Markdown table: the first row is its head, all columns but the first are aligned right. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows;
  if (head === undefined) return "";
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0), 3));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(head), rule, ...body.map(line)].join("\n");
}

/** One row per server: medians, with the range over the rounds, and what went wrong. */
export function figuresTable(rows: readonly Row[], figures: readonly FigureName[]): string {
  const shown = figures.filter((name) => rows.some((row) => figureOf(row, name) !== undefined));
  return markdownTable([
    ["server", ...shown.map(figureHeading), "errors"],
    ...rows.map((row) => [
      isClean(row) ? row.peer : `${row.peer} ⚠`,
      ...shown.map((name) => formatSummary(row, name)),
      formatErrors(row),
    ]),
  ]);
}

/** One row per comparison of ours with a peer: ours divided by theirs, in bold unless either had errors. */
export function ratiosTable(rows: readonly Row[], figures: readonly FigureName[]): string | undefined {
  const judged = figures.filter((name) => figureDefinition(name).better !== undefined);
  const ours = rows.filter((row) => row.peer.startsWith("ours-"));
  const theirs = rows.filter((row) => !row.peer.startsWith("ours-"));
  const pairs = ours.flatMap((our) => theirs.map((their) => ({ our, their })));
  if (pairs.length === 0) return undefined;
  const shown = judged.filter((name) =>
    pairs.some(({ our, their }) => ratio(our, their, name) !== undefined),
  );
  return markdownTable([
    ["ratio", ...shown.map((name) => figureDefinition(name).label)],
    ...pairs.map(({ our, their }) => [
      `${our.peer} / ${their.peer}`,
      ...shown.map((name) => formatRatio(ratio(our, their, name), isClean(our) && isClean(their))),
    ]),
  ]);
}

/**
 * Ours divided by theirs: the median of the rounds' own ratios, since the two ran one after the other in each round
 * and the machine's speed drifts between rounds. Undefined where a figure is missing or theirs is 0.
 */
export function ratio(our: Row, their: Row, name: FigureName): number | undefined {
  const ratios = our.samples.flatMap(({ round, figures }) => {
    const beside = their.samples.find((sample) => sample.round === round);
    const [above, below] = [figures[name], beside?.figures[name]];
    return above === undefined || below === undefined || below === 0 ? [] : [above / below];
  });
  return summarise(ratios)?.median;
}

function formatRatio(value: number | undefined, clean: boolean): string {
  if (value === undefined) return "";
  const text = `${value >= 10 ? value.toFixed(1) : value.toFixed(2)}×`;
  return clean ? `**${text}**` : `${text} ⚠`;
}

function formatSummary(row: Row, name: FigureName): string {
  const summary = figureOf(row, name);
  if (summary === undefined) return "";
  const median = formatFigure(name, summary.median);
  if (summary.rounds === 1) return median;
  return `${median} (${formatFigure(name, summary.lowest)}–${formatFigure(name, summary.highest)})`;
}

function formatErrors(row: Row): string {
  const kinds = Object.entries(errorsOf(row)).map(
    ([kind, count]) => `${count.toLocaleString("en")} × ${kind}`,
  );
  return kinds.length === 0 ? "0" : kinds.join(", ");
}
