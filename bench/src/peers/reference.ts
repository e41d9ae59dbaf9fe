import { createRequire } from "node:module";
import { join } from "node:path";
import { repository } from "../paths.ts";
import { loopProbe } from "./node-process.ts";
import type { Peer } from "./peer.ts";

const runner = join(repository, "bench", "dist", "peers", "reference-main.js");

/** The official reference server for Node, from npm, with its default settings. */
export function referencePeer(storage: "memory" | "file"): Peer {
  const require = createRequire(import.meta.url);
  const { version } = require("@durable-streams/server/package.json") as { version: string };
  return {
    name: `reference-${storage}`,
    description: `@durable-streams/server ${version} (Node ${process.versions.node}), ${storage} store`,
    durable: storage === "file",
    prepare: async () => undefined,
    command: ({ port, dataDirectory }) => [
      ...[process.execPath, ...loopProbe, runner, String(port)],
      ...(storage === "file" ? [dataDirectory] : []),
    ],
    streamRoot: "/v1/stream/",
  };
}
