import { readFileSync } from "node:fs";
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
  readonly #timer: NodeJS.Timeout;
  #peak: ProcessMemory | undefined;

  /** Starts to measure. A server that somebody else started has no pid, and only the clock is read. */
  constructor(pid: number | undefined) {
    this.#pid = pid;
    this.#cpu = pid === undefined ? undefined : readCpu(pid);
    this.#before = pid === undefined ? undefined : readMemory(pid);
    this.#peak = this.#before;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_INTERVAL_MILLISECONDS);
  }

  /** Ends the measurement. */
  stop(): Usage {
    clearInterval(this.#timer);
    this.#sample();
    return {
      seconds: (performance.now() - this.#startedAt) / 1000,
      cpuSeconds:
        this.#pid === undefined || this.#cpu === undefined
          ? undefined
          : cpuBetween(this.#cpu, readCpu(this.#pid)),
      loadCpuSeconds: readCpuOfLoad() - this.#loadCpu,
      before: this.#before,
      peak: this.#peak,
    };
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
