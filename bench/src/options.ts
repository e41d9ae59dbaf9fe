import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface Options {
  readonly workloads: readonly string[];
  readonly peers: readonly string[];
  readonly rounds: number;
  /** How long each measurement lasts, seconds. */
  readonly seconds: number;
  readonly connections: readonly number[] | undefined;
  readonly out: string | undefined;
  readonly urls: readonly string[];
  readonly baseline: string | undefined;
  readonly ourFlags: readonly string[];
  readonly generator: "wrk" | "own" | undefined;
  readonly serverCores: string | undefined;
  readonly loadCores: string | undefined;
  readonly traceGarbageCollection: boolean;
  readonly cpuProfile: boolean;
  /** Whether rounds wait for a quiet machine, and are repeated if it does not stay so. */
  readonly undisturbed: boolean;
  /** Whether server and load are scheduled before everything else on the machine. Needs the right to. */
  readonly highPriority: boolean;
  readonly help: boolean;
}

/** What is measured when nothing is named. */
export const defaults = {
  workloads: ["append-1000", "append-rate"],
  peers: ["ours-memory", "ours-durable", "reference-memory"],
  rounds: 5,
  seconds: 4,
  quick: { rounds: 1, seconds: 1 },
} as const;

const flags = {
  peers: { type: "string" },
  rounds: { type: "string" },
  seconds: { type: "string" },
  connections: { type: "string" },
  out: { type: "string" },
  url: { type: "string", multiple: true },
  baseline: { type: "string" },
  "our-flags": { type: "string" },
  generator: { type: "string" },
  "server-cores": { type: "string" },
  "load-cores": { type: "string" },
  "trace-gc": { type: "boolean" },
  "cpu-prof": { type: "boolean" },
  undisturbed: { type: "boolean" },
  "high-priority": { type: "boolean" },
  quick: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Reads the command line; throws an error whose message tells what is wrong with it. */
export function parseOptions(parameters: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...parameters],
    options: flags,
    allowPositionals: true,
  });
  const base = values.quick === true ? { ...defaults, ...defaults.quick } : defaults;
  const urls = values.url ?? [];
  const generator = values.generator;
  if (generator !== undefined && generator !== "wrk" && generator !== "own") {
    throw new Error(`--generator is wrk or own, not ${generator}`);
  }
  return {
    workloads: positionals.length > 0 ? positionals : base.workloads,
    peers: splitList(values.peers) ?? base.peers,
    rounds: positive("--rounds", values.rounds, true) ?? base.rounds,
    seconds: positive("--seconds", values.seconds) ?? base.seconds,
    connections: splitList(values.connections)?.map((text) => positive("--connections", text, true) ?? 1),
    out: values.out,
    urls,
    baseline: values.baseline,
    ourFlags: (values["our-flags"] ?? "").split(" ").filter(Boolean),
    generator,
    serverCores: values["server-cores"],
    loadCores: values["load-cores"],
    traceGarbageCollection: values["trace-gc"] ?? false,
    cpuProfile: values["cpu-prof"] ?? false,
    undisturbed: values.undisturbed ?? false,
    highPriority: values["high-priority"] ?? false,
    help: values.help ?? false,
  };
}

function splitList(text: string | undefined): string[] | undefined {
  return text?.split(",").filter(Boolean);
}

function positive(flag: string, text: string | undefined, whole = false): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  throw new Error(`${flag} takes a ${whole ? "whole " : ""}number above 0, not ${text}`);
}
