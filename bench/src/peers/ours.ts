import { existsSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../paths.ts";
import type { Peer, StartContext } from "./peer.ts";

/** How our own server is started, over and above its defaults. */
export interface OurOptions {
  /** The checkout whose build is run; this one by default. */
  readonly checkout?: string;
  /** Further flags of `perennial serve`. */
  readonly flags: readonly string[];
  readonly traceGarbageCollection: boolean;
  readonly cpuProfile: boolean;
}

/** Our own server, `perennial serve`, from the build of a checkout. */
export function ourPeer(family: string, durability: "memory" | "fsync" | "os", options: OurOptions): Peer {
  const program = join(options.checkout ?? repository, "packages", "cli", "dist", "main.js");
  const suffix = { memory: "memory", fsync: "durable", os: "os" }[durability];
  return {
    name: `${family}-${suffix}`,
    description:
      `perennial (Node ${process.versions.node}), --durability ${durability} ${options.flags.join(" ")}`.trim(),
    durable: durability === "fsync",
    prepare: async () =>
      existsSync(program) ? undefined : "its command line is not built here (npm run build)",
    command: (context) => [
      ...[process.execPath, ...nodeFlags(options, context), program, "serve", "--port", String(context.port)],
      ...["--durability", durability, "--data-dir", context.dataDirectory, ...options.flags],
    ],
    streamRoot: "/v1/stream/",
  };
}

function nodeFlags(options: OurOptions, context: StartContext): string[] {
  return [
    ...(options.traceGarbageCollection ? ["--trace-gc"] : []),
    ...(options.cpuProfile ? ["--cpu-prof", `--cpu-prof-dir=${context.artifactsDirectory}`] : []),
  ];
}
