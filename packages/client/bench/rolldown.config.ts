/** Builds the benchmark for plain Node; the packages it measures are used as they are installed and built. */
export default {
  input: { main: "bench/main.ts", worker: "bench/worker.ts", servers: "bench/servers.ts" },
  platform: "node" as const,
  external: /^[^./]/,
  output: { dir: "bench/dist", format: "esm" as const },
};
