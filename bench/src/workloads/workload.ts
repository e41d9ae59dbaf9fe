import type { Generator } from "../load/plain.ts";
import type { Errors } from "../load/result.ts";
import type { Cores } from "../measure/cores.ts";
import type { Interval } from "../measure/server-trace.ts";
import type { Server } from "../peers/server.ts";
import type { FigureName } from "../report/figures.ts";

/** What one round of one workload on one peer came to. */
export interface Sample {
  readonly figures: Partial<Record<FigureName, number>>;
  readonly errors: Errors;
}

/** What a workload gets to work with. */
export interface RoundContext {
  readonly server: Server;
  /** How long to measure, seconds. */
  readonly seconds: number;
  readonly generator: Generator;
  /** Threads that a generator may use: the number of cores of the load. */
  readonly loadThreads: number;
  readonly cores: Cores | undefined;
  /** Told when the measured time is over, so that what the server noted of itself can be matched. */
  measured(interval: Interval): void;
}

/** One variant of a workload: a number of connections, of subscribers. */
export interface Variant {
  /** Shown after the workload's name. */
  readonly label: string;
  /** Variables that the server needs for it. Older ones of ours refuse what they do not know. */
  readonly environment?: Readonly<Record<string, string>>;
  run(context: RoundContext): Promise<Sample>;
}

/** One thing that is measured. */
export interface Workload {
  readonly name: string;
  /** One sentence for the report: what is sent, to how many streams, over how many connections. */
  readonly description: string;
  /** The figures that its table shows, the most telling one first. */
  readonly figures: readonly FigureName[];
  /** What the chart shows. */
  readonly chart: FigureName;
  /** True where only a server that keeps its data can be measured. */
  readonly needsDurability?: boolean;
  /** True where a server that answers everything blindly shows the limit of the load. */
  readonly ceiling?: boolean;
  /** The variants; `connections` is what the command line asked for. */
  variants(connections: readonly number[] | undefined): readonly Variant[];
}
