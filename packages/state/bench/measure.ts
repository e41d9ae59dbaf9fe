/** What one run of a case took. */
export interface Sample {
  /** Wall time, in ms. */
  readonly milliseconds: number;
  /** CPU time of the process, in ms. */
  readonly cpuMilliseconds: number;
  /** Heap that the result holds, in bytes, after a collection. */
  readonly heapBytes: number;
}

/** Runs `work` once in a process that was started with `--expose-gc`; what it returns is what is weighed. */
export async function measure<T>(work: () => T | Promise<T>): Promise<Sample & { result: T }> {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error("start this with --expose-gc");
  collect();
  const heapBefore = process.memoryUsage().heapUsed;
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const milliseconds = performance.now() - start;
  const cpu = process.cpuUsage(cpuBefore);
  collect();
  const heapBytes = process.memoryUsage().heapUsed - heapBefore;
  return { milliseconds, cpuMilliseconds: (cpu.user + cpu.system) / 1000, heapBytes, result };
}

/** The middle of each figure. */
export function medianOf(samples: readonly Sample[]): Sample {
  return {
    milliseconds: median(samples.map((sample) => sample.milliseconds)),
    cpuMilliseconds: median(samples.map((sample) => sample.cpuMilliseconds)),
    heapBytes: median(samples.map((sample) => sample.heapBytes)),
  };
}

/** The middle of a list that is not empty. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
