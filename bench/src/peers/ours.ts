import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { repository } from "../paths.ts";
import { loopProbe } from "./node-process.ts";
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

/** What an acknowledgement of our server promises. */
export type Durability = "memory" | "fsync" | "os";

/** Our own server, `perennial serve`, from the build of a checkout. */
export function ourPeer(family: string, durability: Durability, options: OurOptions): Peer {
  const program = join(options.checkout ?? repository, "packages", "cli", "dist", "main.js");
  let choosesDurability = true;
  return {
    name: `${family}-${{ memory: "memory", fsync: "durable", os: "os" }[durability]}`,
    description: description(durability, options),
    durable: durability === "fsync",
    prepare: async () => {
      if (!existsSync(program)) return "its command line is not built (npm run build)";
      choosesDurability = knowsDurability(program);
      return choosesDurability || durability === "memory"
        ? undefined
        : "this build keeps streams in memory only";
    },
    command: (context) => [
      ...[
        process.execPath,
        ...loopProbe,
        ...nodeFlags(options, context),
        program,
        "serve",
        "--port",
        String(context.port),
      ],
      ...(choosesDurability ? ["--durability", durability, "--data-dir", context.dataDirectory] : []),
      ...options.flags,
    ],
    streamRoot: "/v1/stream/",
  };
}

function description(durability: Durability, { flags }: OurOptions): string {
  return [`perennial (Node ${process.versions.node}), --durability ${durability}`, ...flags].join(" ");
}

/** A baseline may be older than the durable log. */
function knowsDurability(program: string): boolean {
  const help = spawnSync(process.execPath, [program, "serve", "--help"], { encoding: "utf8" });
  return help.stdout.includes("--durability");
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
