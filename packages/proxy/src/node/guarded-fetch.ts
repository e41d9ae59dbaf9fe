/**
 * Requests to upstreams, with an eye on the address that each connection goes to. The name alone says nothing: it may lead inside, and
 * to another place each time it is looked up. So what was looked up is judged, and that very address is connected to.
 */
import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent, buildConnector, fetch as undiciFetch } from "undici";
import { AddressNotAllowedError, type AddressRules, isAddress, mayConnect } from "../core/addresses.ts";
import type { UpstreamFetch } from "../handler/options.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const HEADER_BYTES = 64 * 1024;

/** How names are looked up, as `dns.lookup` does. */
export type Lookup = typeof systemLookup;

/** A fetch for upstreams, and what ends its connections. */
export interface GuardedFetch {
  readonly fetch: UpstreamFetch;
  close(): Promise<void>;
}

/** @throws Error in Bun, whose own `undici` would not ask which addresses may be connected to */
export function guardedFetch(rules: AddressRules, lookup: Lookup = systemLookup): GuardedFetch {
  if (process.versions.bun !== undefined)
    throw new Error("in Bun use @perennial/proxy/handler: addresses cannot be judged here");
  // How long an answer may take is judged by the handler, so that all runtimes have the same rules.
  const agent = new Agent({
    connect: guardedConnector(rules, lookup),
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: HEADER_BYTES,
  });
  return {
    fetch: (url, { method, headers, body, signal }) =>
      undiciFetch(url, {
        ...{ method, headers, signal },
        ...(body !== undefined && { body }),
        redirect: "manual",
        dispatcher: agent,
      }) as unknown as Promise<Response>,
    close: () => agent.destroy(),
  };
}

function guardedConnector(rules: AddressRules, lookup: Lookup): buildConnector.connector {
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    lookup: guardedLookup(rules, lookup),
  } as buildConnector.BuildOptions);
  return (options, callback) => {
    const { hostname } = options;
    // An address is not looked up.
    if (isAddress(hostname) && !mayConnect(hostname, hostname, rules)) {
      queueMicrotask(() => callback(new AddressNotAllowedError(), null));
      return;
    }
    connect(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      if (mayConnect(hostname, socket.remoteAddress ?? "", rules)) return callback(null, socket);
      socket.destroy();
      callback(new AddressNotAllowedError(), null);
    });
  };
}

function guardedLookup(rules: AddressRules, lookup: Lookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "", 0);
      const [first, ...others] = addresses.filter(({ address }) => mayConnect(hostname, address, rules));
      if (first === undefined) return callback(new AddressNotAllowedError(), "", 0);
      if (options.all)
        return (callback as unknown as (error: null, all: object) => void)(null, [first, ...others]);
      callback(null, first.address, first.family);
    });
  };
}
