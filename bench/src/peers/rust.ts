import { type Crate, cratePath, installCrate } from "./cargo.ts";
import type { Peer } from "./peer.ts";

const crate: Crate = { name: "durable-streams", version: "0.1.5", program: "durable-streams-server" };

/** Electric's Rust server, as cargo installs it. */
export function rustPeer(durability: "wal" | "memory"): Peer {
  return {
    name: durability === "wal" ? "rust-durable" : "rust-memory",
    description: `durable-streams ${crate.version} (Rust), --durability ${durability}`,
    durable: durability === "wal",
    prepare: () => installCrate(crate),
    command: ({ port, dataDirectory }) => [
      ...[cratePath(crate), "--port", String(port), "--data-dir", dataDirectory, "--durability", durability],
    ],
    streamRoot: "/v1/stream/",
  };
}
