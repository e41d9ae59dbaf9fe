/** Names of hosts, as they stand in `Host` and `Origin`. */

/** The name in a `Host`, without its port, in small letters; IPv6 addresses without their brackets. */
export function hostName(host: string): string {
  const bracket = host.lastIndexOf("]");
  const colon = host.indexOf(":", bracket + 1);
  const name = colon < 0 ? host : host.slice(0, colon);
  return (name.startsWith("[") ? name.slice(1, -1) : name).toLowerCase();
}

/**
 * Whether a name can only mean this machine: `localhost` and all below it, which browsers never look up (RFC 6761, 6.3), and
 * loopback addresses.
 */
export function isLocalName(name: string): boolean {
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "::1" ||
    /^127(?:\.(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])){3}$/.test(name)
  );
}

/** The host in an `Origin`, with its port; undefined for `null` and for what no web page has. */
export function hostOfOrigin(origin: string): string | undefined {
  return /^https?:\/\/([^/?#@\s]+)$/i.exec(origin)?.[1];
}
