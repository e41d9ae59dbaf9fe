/** Which addresses a connection may lead to: an allowed name may resolve to anything, and to something else each time. */
import ipaddr from "ipaddr.js";

/** A connection would have led where none may go. */
export class AddressNotAllowedError extends Error {
  constructor() {
    super("the upstream's address may not be asked");
    this.name = "AddressNotAllowedError";
  }
}

/** What is let through besides the public internet. */
export interface AddressRules {
  /** Hosts that the allowlist names without a wildcard: `localhost` may be this machine, an address itself. */
  readonly exactHosts: ReadonlySet<string>;
  /** Names that may resolve to private addresses, and to this machine. */
  readonly privateHosts: ReadonlySet<string>;
}

/**
 * Whether a connection for this host may go to this address.
 *
 * @param host as in the URL: a name, or an address, which may stand in brackets
 * @param address what the connection would lead to
 */
export function mayConnect(host: string, address: string, rules: AddressRules): boolean {
  const name = bare(host);
  const parsed = parse(address);
  if (parsed === undefined) return false;
  const range = parsed.range();
  if (range === "unicast") return parsed.toString() !== HOST_OF_MACHINE;
  if (isAddress(name)) return namesAddress(rules.exactHosts, parsed);
  if (/^(?:.+\.)?localhost$/.test(name) && rules.exactHosts.has(name)) return range === "loopback";
  return rules.privateHosts.has(name) && (PRIVATE as readonly string[]).includes(range);
}

/** Whether a host is an address, not a name. */
export function isAddress(host: string): boolean {
  return ipaddr.isValid(bare(host));
}

/** Never among them: link-local addresses, at which clouds keep the credentials of their machines. */
const PRIVATE = ["loopback", "private", "uniqueLocal", "carrierGradeNat"] as const;
/** Looks public, and is the machine's own host in one cloud: Azure answers there with what the machine is given. */
const HOST_OF_MACHINE = "168.63.129.16";
const NAT64 = ipaddr.IPv6.parse("64:ff9b::");

function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}

/** The address that is really meant: IPv4 within IPv6 is IPv4. */
function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const [plain = ""] = bare(address).split("%");
  if (!ipaddr.isValid(plain)) return undefined;
  const parsed = ipaddr.process(plain);
  if (parsed.kind() === "ipv6" && parsed.match(NAT64, 96))
    return new ipaddr.IPv4(parsed.toByteArray().slice(12));
  return parsed;
}

function namesAddress(hosts: ReadonlySet<string>, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const normal = address.toNormalizedString();
  return [...hosts].some((host) => parse(host)?.toNormalizedString() === normal);
}
