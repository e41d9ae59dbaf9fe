import type { Peer } from "./peer.ts";

/** A server that is running already, named `name=http://host:port/root/` or by the address alone. */
export function urlPeer(text: string): Peer {
  const [, name, address] = /^(?:([\w-]+)=)?(http:\/\/.+)$/.exec(text) ?? [];
  if (address === undefined) throw new Error(`--url takes [name=]http://host:port[/root/], not ${text}`);
  const origin = new URL(address);
  return {
    name: name ?? origin.host,
    description: `running at ${origin.href}; its CPU and memory are not measured`,
    durable: false,
    prepare: async () => undefined,
    command: () => undefined,
    origin,
    streamRoot: origin.pathname === "/" ? "/v1/stream/" : origin.pathname.replace(/\/?$/, "/"),
  };
}
