import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Crate, cratePath, installCrate } from "./cargo.ts";
import type { Peer } from "./peer.ts";

const crate: Crate = { name: "ursula", version: "0.11.5", program: "ursula" };
const BUCKET = "/bench";

/** Ursula as a cluster of one: Raft over its log on disk. Its build takes about twenty minutes, so ask for it by name. */
export const ursulaPeer: Peer = {
  name: "ursula",
  description: `ursula ${crate.version} (Rust), one node, Raft log on disk with fsync`,
  durable: true,
  prepare: () => installCrate(crate),
  command: ({ port, dataDirectory }) => {
    const file = join(dataDirectory, "ursula.toml");
    writeFileSync(file, configuration(port, join(dataDirectory, "wal")));
    return [cratePath(crate), "server", "--config", file];
  },
  streamRoot: `${BUCKET}/`,
  setup: [{ method: "PUT", path: BUCKET }],
};

function configuration(port: number, logDirectory: string): string {
  return `[server]
listen = "127.0.0.1:${port}"
admin_listen = "127.0.0.1:0"
cluster_id = "bench"

[runtime]
core_count = 1

[raft]
node_id = 1
group_count = 1

[raft.wal]
path = "${logDirectory}"
fsync = "always"

[[raft.peers]]
node_id = 1
url = "http://127.0.0.1:${port}"
`;
}
