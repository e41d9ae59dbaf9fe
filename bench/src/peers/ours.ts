import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { repository } from "../paths.ts";
import { loopProbe } from "./node-process.ts";
import type { Peer, StartContext } from "./peer.ts";

const runner = join(repository, "bench", "dist", "peers", "ours-main.js");

/** How our own server is started, over and above its defaults. */
export interface OurOptions {
  /** The checkout whose build is run; this one by default. */
  readonly checkout?: string;
  /** Further flags of `perennial serve`. */
  readonly flags: readonly string[];
  readonly traceGarbageCollection: boolean;
  readonly cpuProfile: boolean;
}

/** What an acknowledgement of our server promises. */
export type Durability = "memory" | "fsync" | "os";

/** Our own server, `perennial serve`, from the build of a checkout. */
export function ourPeer(family: string, durability: Durability, options: OurOptions): Peer {
  const program = join(options.checkout ?? repository, "packages", "cli", "dist", "main.js");
  return {
    name: `${family}-${{ memory: "memory", fsync: "durable", os: "os" }[durability]}`,
    description: description(durability, options),
    durable: durability === "fsync",
    prepare: async () => (existsSync(program) ? undefined : "its command line is not built (npm run build)"),
    command: (context) => [
      ...[process.execPath, ...loopProbe, ...nodeFlags(options, context), runner, program, "serve"],
      ...["--port", String(context.port), "--durability", durability, "--data-dir", context.dataDirectory],
      ...options.flags,
    ],
    streamRoot: "/v1/stream/",
  };
}

function description(durability: Durability, { flags }: OurOptions): string {
  return [`perennial (Node ${process.versions.node}), --durability ${durability}`, ...flags].join(" ");
}

function profileFile(artifact: string): string[] {
  return [`--cpu-prof-dir=${dirname(artifact)}`, `--cpu-prof-name=${basename(artifact)}.cpuprofile`];
}

function nodeFlags(options: OurOptions, context: StartContext): string[] {
  return [
    ...(options.traceGarbageCollection ? ["--trace-gc"] : []),
    ...(options.cpuProfile ? ["--cpu-prof", ...profileFile(context.artifact)] : []),
  ];
}
