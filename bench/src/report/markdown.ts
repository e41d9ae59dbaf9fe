import type { Machine } from "../measure/machine.ts";
import type { Results, Row } from "../results.ts";
import type { Workload } from "../workloads/workload.ts";
import { commonFigureNames } from "./figures.ts";
import { groupRows } from "./rows.ts";
import { figuresTable, ratiosTable } from "./table.ts";

/** The whole report. `charts` maps a workload's name to the file of its chart, beside the report. */
export function markdownReport(
  results: Results,
  workloads: readonly Workload[],
  charts: ReadonlyMap<string, string>,
): string {
  const sections = workloads.flatMap((workload) => {
    const rows = results.rows.filter((row) => row.workload === workload.name);
    return rows.length === 0 ? [] : [workloadSection(workload, rows, charts.get(workload.name))];
  });
  return `${[head(results), ...sections].join("\n\n")}\n`;
}

/** The tables of one variant: the figures, then ours against each peer. */
export function variantTables(rows: readonly Row[], workload: Workload): string {
  const figures = [...workload.figures, ...commonFigureNames];
  const tables = [figuresTable(rows, figures), ratiosTable(rows, figures), failures(rows)];
  return tables.filter((table) => table !== undefined).join("\n\n");
}

function head(results: Results): string {
  const lines = [
    "# Benchmark",
    `${results.startedAt}, commit ${results.commit ?? "unknown"}. ${machineSentence(results.machine)}`,
    `Medians of ${results.rounds} alternating rounds of ${results.seconds} s, lowest and highest in parentheses. ` +
      `Each round starts the server afresh over an empty directory. Plain requests come from ${results.generator}. ` +
      "A row with ⚠ had errors and wins nothing. Ratios are ours divided by theirs, the median of the ratios of each round.",
    results.peers.map((peer) => `- **${peer.name}**: ${peer.description}`).join("\n"),
  ];
  if (results.skipped.length > 0) {
    lines.push(results.skipped.map((peer) => `- ${peer.name} was skipped: ${peer.reason}`).join("\n"));
  }
  return lines.join("\n\n");
}

function machineSentence(machine: Machine): string {
  const memory = `${Math.round(machine.memoryBytes / 2 ** 30)} GiB`;
  const cores =
    machine.pinned === undefined
      ? "server and load share all cores (nothing could be pinned)"
      : `server on core ${machine.pinned.server}, load on core ${machine.pinned.load}`;
  return (
    `Machine: ${machine.processor}, ${machine.cores} cores, ${memory}, ${machine.kernel}, Node ${machine.node}, ` +
    `at most ${machine.openFilesMax} open files; ${cores}.`
  );
}

function workloadSection(workload: Workload, rows: readonly Row[], chart: string | undefined): string {
  const parts = [
    `## ${workload.name}`,
    `${workload.description[0]!.toUpperCase()}${workload.description.slice(1)}.`,
  ];
  if (chart !== undefined) parts.push(`![${workload.name}](${chart})`);
  for (const group of groupRows(rows)) parts.push(`### ${group[0]!.variant}`, variantTables(group, workload));
  return parts.join("\n\n");
}

function failures(rows: readonly Row[]): string | undefined {
  const lines = rows.flatMap((row) =>
    [...new Set(row.failures)].map((reason) => `- ${row.peer} failed: ${reason}`),
  );
  return lines.length === 0 ? undefined : lines.join("\n");
}
