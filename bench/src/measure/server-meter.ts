import { existsSync, readFileSync } from "node:fs";
import { type CoreTime, readCoreTime } from "./core-time.ts";
import { allCores, type Cores } from "./cores.ts";
import { type ProcessMemory, parseStat } from "./proc.ts";
import { type CpuReading, cpuBetween, readCpu, readMemory } from "./process-tree.ts";

/** What the server's process used between two moments. */
export interface Usage {
  /** Length of the measurement, seconds. */
  readonly seconds: number;
  /** CPU seconds of the server; undefined where its process is unknown. */
  readonly cpuSeconds: number | undefined;
  /** CPU seconds of this process and the generators it waited for. */
  readonly loadCpuSeconds: number;
  /** CPU seconds that others had on the cores of server and load; undefined where nothing is pinned. */
  readonly othersSeconds: number | undefined;
  /** Memory of the server at the start, and the most seen (bytes). */
  readonly before: ProcessMemory | undefined;
  readonly peak: ProcessMemory | undefined;
}

const SAMPLE_INTERVAL_MILLISECONDS = 100;

/** Watches the server's process: CPU at both ends, memory ten times a second between them. */
export class ServerMeter {
  readonly #pid: number | undefined;
  readonly #startedAt = performance.now();
  readonly #cpu: CpuReading | undefined;
  readonly #loadCpu = readCpuOfLoad();
  readonly #before: ProcessMemory | undefined;
  readonly #cores: Cores | undefined;
  readonly #coreTime: CoreTime | undefined;
  readonly #timer: NodeJS.Timeout;
  #peak: ProcessMemory | undefined;

  /** Starts to measure. A server that somebody else started has no pid, and only the clock is read. */
  constructor(pid: number | undefined, cores: Cores | undefined) {
    this.#pid = pid;
    this.#cores = cores;
    this.#coreTime = cores === undefined ? undefined : readCoreTime(allCores(cores));
    this.#cpu = pid === undefined ? undefined : readCpu(pid);
    this.#before = pid === undefined ? undefined : readMemory(pid);
    this.#peak = this.#before;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_INTERVAL_MILLISECONDS);
  }

  /** Ends the measurement; throws if the server's process is gone. */
  stop(): Usage {
    clearInterval(this.#timer);
    this.#sample();
    const cpuSeconds = this.#cpuSeconds();
    const loadCpuSeconds = readCpuOfLoad() - this.#loadCpu;
    return {
      seconds: (performance.now() - this.#startedAt) / 1000,
      cpuSeconds,
      othersSeconds: this.#othersSeconds((cpuSeconds ?? 0) + loadCpuSeconds),
      loadCpuSeconds,
      before: this.#before,
      peak: this.#peak,
    };
  }

  #cpuSeconds(): number | undefined {
    if (this.#pid === undefined || this.#cpu === undefined) return undefined;
    if (!existsSync(`/proc/${this.#pid}`)) throw new Error("the server ended while it was measured");
    return cpuBetween(this.#cpu, readCpu(this.#pid));
  }

  #othersSeconds(own: number): number | undefined {
    if (this.#cores === undefined || this.#coreTime === undefined) return undefined;
    const now = readCoreTime(allCores(this.#cores));
    const taken = now.busy + now.stolen - this.#coreTime.busy - this.#coreTime.stolen;
    return Math.max(taken - own, 0);
  }

  #sample(): void {
    if (this.#pid === undefined || this.#peak === undefined) return;
    const now = readMemory(this.#pid);
    this.#peak = {
      resident: Math.max(now.resident, this.#peak.resident),
      anonymous: Math.max(now.anonymous, this.#peak.anonymous),
    };
  }
}

/** This process and the generators it has waited for (`wrk` runs as a child). */
function readCpuOfLoad(): number {
  const times = parseStat(readFileSync("/proc/self/stat", "utf8"));
  return times.own + times.children;
}
