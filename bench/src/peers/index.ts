import type { Options } from "../options.ts";
import { guardedPeer } from "./guarded.ts";
import { nginxPeer } from "./nginx.ts";
import { ourPeer } from "./ours.ts";
import type { Peer } from "./peer.ts";
import { referencePeer } from "./reference.ts";
import { rustPeer } from "./rust.ts";
import { urlPeer } from "./url.ts";
import { ursulaPeer } from "./ursula.ts";

/** Every peer that the options allow to name. */
export function allPeers(options: Options): readonly Peer[] {
  const ours = {
    flags: options.ourFlags,
    traceGarbageCollection: options.traceGarbageCollection,
    cpuProfile: options.cpuProfile,
  };
  const family = (name: string, settings: Parameters<typeof ourPeer>[2]) =>
    (["memory", "fsync", "os"] as const).map((durability) => ourPeer(name, durability, settings));
  return [
    ...family("ours", ours),
    ...(["secret", "token"] as const).map((credential) =>
      guardedPeer(ourPeer("ours", "fsync", ours), credential),
    ),
    ...(options.baseline === undefined ? [] : family("baseline", { ...ours, checkout: options.baseline })),
    ...[referencePeer("memory"), referencePeer("file")],
    ...[rustPeer("memory"), rustPeer("wal")],
    ...[ursulaPeer, nginxPeer],
    ...options.urls.map(urlPeer),
  ];
}

/** A peer that was asked for and cannot run here, and why. */
export interface SkippedPeer {
  readonly name: string;
  readonly reason: string;
}

/** Makes the named peers ready; those that cannot run are told apart. Throws for a name that there is not. */
export async function preparePeers(options: Options): Promise<{ ready: Peer[]; skipped: SkippedPeer[] }> {
  const all = allPeers(options);
  const urls = all.filter((peer) => peer.origin !== undefined).map((peer) => peer.name);
  const ready: Peer[] = [];
  const skipped: SkippedPeer[] = [];
  for (const name of new Set([...options.peers, ...urls])) {
    const peer = all.find((candidate) => candidate.name === name);
    if (peer === undefined)
      throw new Error(`no peer ${name}; there are: ${all.map((each) => each.name).join(", ")}`);
    const reason = await peer.prepare();
    if (reason === undefined) ready.push(peer);
    else skipped.push({ name, reason });
  }
  return { ready, skipped };
}
