/** How one figure is named, shown and judged. */
export interface FigureDefinition {
  readonly label: string;
  /** Shown after the label; empty for plain numbers. */
  readonly unit: string;
  /** Which way is better; undefined for a figure that tells about the run and wins nothing. */
  readonly better?: "higher" | "lower";
  /** What the stored value is divided by to be shown. */
  readonly scale?: number;
}

/** Every figure that a workload can report. Stored in the base unit: seconds, milliseconds for latency, bytes. */
export const figureDefinitions = {
  operationsPerSecond: { label: "operations/s", unit: "", better: "higher" },
  cpuMicrosPerOperation: { label: "CPU per operation", unit: "µs", better: "lower" },
  p50: { label: "p50", unit: "ms", better: "lower" },
  p99: { label: "p99", unit: "ms", better: "lower" },
  p999: { label: "p99.9", unit: "ms", better: "lower" },
  slowest: { label: "slowest", unit: "ms", better: "lower" },
  bytesPerSecond: { label: "throughput", unit: "MB/s", better: "higher", scale: 1e6 },
  bytesPerCpuSecond: { label: "throughput per core", unit: "MB/s", better: "higher", scale: 1e6 },
  residentPeak: { label: "RSS, peak", unit: "MiB", better: "lower", scale: 1024 * 1024 },
  anonymousPeak: { label: "RssAnon, peak", unit: "MiB", better: "lower", scale: 1024 * 1024 },
  anonymousSettled: { label: "RssAnon, settled", unit: "MiB", better: "lower", scale: 1024 * 1024 },
  anonymousGrowth: { label: "RssAnon, growth", unit: "MiB", better: "lower", scale: 1024 * 1024 },
  bytesPerConnection: { label: "memory per connection", unit: "kB", better: "lower", scale: 1000 },
  secondsToAnswer: { label: "time to answer", unit: "s", better: "lower" },
  openFiles: { label: "open files", unit: "", better: "lower" },
  loopDelayP99: { label: "event loop late, p99", unit: "ms", better: "lower" },
  loopDelayMax: { label: "event loop late, max", unit: "ms", better: "lower" },
  pauseMax: { label: "longest collection", unit: "ms", better: "lower" },
  serverCpuPercent: { label: "server CPU", unit: "%" },
  othersPercent: { label: "others on these cores", unit: "%" },
  loadCpuPercent: { label: "load CPU", unit: "%" },
} as const satisfies Record<string, FigureDefinition>;

/** Figures that every workload shows where they are known: the process about itself, and how undisturbed it was. */
export const commonFigureNames: readonly FigureName[] = [
  "loopDelayP99",
  "loopDelayMax",
  "pauseMax",
  "othersPercent",
];

/** The name of a figure. */
export type FigureName = keyof typeof figureDefinitions;

/** The definition of a figure, in its general type. */
export function figureDefinition(name: FigureName): FigureDefinition {
  return figureDefinitions[name];
}

/** A figure's column head: label and unit. */
export function figureHeading(name: FigureName): string {
  const { label, unit } = figureDefinition(name);
  return unit === "" ? label : `${label}, ${unit}`;
}

/** A value as it is shown: three significant digits, whole thousands for large numbers. */
export function formatFigure(name: FigureName, value: number): string {
  const shown = value / (figureDefinition(name).scale ?? 1);
  if (Math.abs(shown) >= 100) return Math.round(shown).toLocaleString("en");
  return Number(shown.toPrecision(3)).toString();
}
