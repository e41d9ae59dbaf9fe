/** Where webhooks may lead: to the public internet, and to hosts that the operator names (protocol §19.1). Pure. */

import { ok, type Result, reject } from "@perennial/protocol";
import ipaddr from "ipaddr.js";

/** Hosts of the operator's own, in lower case: they may have private addresses, and be asked without TLS. */
export type OwnHosts = ReadonlySet<string>;

/** Never among them: link-local addresses, at which clouds keep the credentials of their machines. */
const PRIVATE: readonly string[] = ["loopback", "private", "uniqueLocal", "carrierGradeNat"];
/** Looks public, and is the machine's own host in one cloud: Azure answers there with what the machine is given. */
const HOST_OF_MACHINE = "168.63.129.16";
const NAT64 = ipaddr.IPv6.parse("64:ff9b::");
const LOCALHOST = "localhost";

/** Reads a list of hosts with commas between them: `localhost` stands for this machine under all its names. */
export function parseOwnHosts(list: string): OwnHosts {
  return new Set(list.split(",").map(bare).filter(Boolean));
}

/** Whether a webhook may have this URL, as far as the text tells. Where it leads is judged when it is connected to. */
export function judgeUrl(text: string, own: OwnHosts): Result<URL, string> {
  if (!URL.canParse(text)) return reject("webhook.url is no URL");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return reject("webhook.url must not hold a password");
  const host = bare(url.hostname);
  if (url.protocol === "http:" && !isOwn(host, own))
    return reject("webhook.url must begin with https://, unless the server's operator allows its host");
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return reject("webhook.url must begin with https://");
  const isInside = isAddress(host) ? !mayConnect(host, host, own) : isLocal(host) && !isOwn(host, own);
  return isInside ? reject("webhook.url leads to an address that is not public") : ok(url);
}

/**
 * Whether a connection for this host may go to this address.
 *
 * @param host as in the URL
 * @param address that it would lead to
 */
export function mayConnect(host: string, address: string, own: OwnHosts): boolean {
  const parsed = parse(address);
  if (parsed === undefined) return false;
  const range = parsed.range();
  if (range === "unicast") return parsed.toString() !== HOST_OF_MACHINE;
  const name = bare(host);
  if (isLocal(name) && !own.has(name)) return own.has(LOCALHOST) && range === "loopback";
  return isOwn(name, own) && PRIVATE.includes(range);
}

/** Whether a host is an address, not a name. */
export function isAddress(host: string): boolean {
  return ipaddr.isValid(bare(host));
}

function isOwn(host: string, own: OwnHosts): boolean {
  return own.has(host) || (own.has(LOCALHOST) && isLocal(host));
}

/** Whether a host can only be this machine. */
function isLocal(host: string): boolean {
  return /^(?:.+\.)?localhost$/.test(host) || parse(host)?.range() === "loopback";
}

function bare(host: string): string {
  return host
    .trim()
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
