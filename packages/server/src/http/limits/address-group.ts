/** Whose connections count together. */

/**
 * The name of the group that an address belongs to: an IPv4 address is one of its own, IPv6 addresses count by their /64
 * network, which is what one subscriber gets.
 *
 * @param address as Node tells it: `192.0.2.1`, `::ffff:192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`
 */
export function addressGroup(address: string): string {
  const plain = withoutMapping(address);
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("%", 1)[0]!.split("::");
  const groups = head === "" ? [] : head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  const all = [...groups, ...Array<string>(missing).fill("0"), ...(tail ? tail.split(":") : [])];
  return `${all.slice(0, 4).join(":")}::/64`;
}

/** Whether the address is this machine's own, for itself. */
export function isLoopback(address: string): boolean {
  const plain = withoutMapping(address);
  return plain.startsWith("127.") || plain === "::1";
}

/** An IPv4 address that is written as an IPv6 one is an IPv4 address (RFC 4291, 2.5.5.2). */
function withoutMapping(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}
