/** Which addresses may be asked: patterns of the form `[http(s)://]host[:port][/path]`. */

/** One pattern, taken apart. */
interface Pattern {
  /** `http:`, `https:`, or undefined for both. */
  readonly protocol: string | undefined;
  readonly host: RegExp;
  /** The host itself, where it has no wildcard. */
  readonly exactHost: string | undefined;
  /** Undefined for any. */
  readonly port: string | undefined;
  /** Undefined for any. */
  readonly path: { readonly text: string; readonly isPrefix: boolean } | undefined;
}

const PATTERN = /^(?:(https?):\/\/)?(\[[0-9a-f:.]+\]|[^/:[\]@?#\s]+)(?::(\d{1,5}|\*))?(\/[^?#\s]*)?$/i;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** The patterns that may be asked, as one value. */
export interface Allowlist {
  allows(url: URL): boolean;
  /** Hosts that a pattern names without a wildcard, in lower case. */
  readonly exactHosts: ReadonlySet<string>;
}

/**
 * Parses patterns. An empty list allows nothing.
 *
 * @throws TypeError that names what is no pattern
 */
export function parseAllowlist(patterns: readonly string[]): Allowlist {
  const parsed = patterns.map(parsePattern);
  const exact = parsed.flatMap(({ exactHost }) => (exactHost === undefined ? [] : [exactHost]));
  return { allows: (url) => parsed.some((pattern) => matches(pattern, url)), exactHosts: new Set(exact) };
}

/**
 * Whether a URL may be asked, by patterns.
 *
 * @throws TypeError that names what is no pattern
 */
export function createAllowlistValidator(patterns: string[]): (url: string) => boolean {
  const allowlist = parseAllowlist(patterns);
  return (text) => {
    const url = validateUpstreamUrl(text);
    return url !== null && allowlist.allows(url);
  };
}

/** The URL that a text is, if it is absolute, of http or https, and without a name and password. */
export function validateUpstreamUrl(url: string): URL | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  const isWeb = parsed.protocol === "http:" || parsed.protocol === "https:";
  return isWeb && parsed.username === "" && parsed.password === "" ? parsed : null;
}

function parsePattern(text: string): Pattern {
  const [, scheme, host, port, path] = PATTERN.exec(text.trim()) ?? [];
  if (host === undefined) throw new TypeError(`no pattern of the allowlist: ${JSON.stringify(text)}`);
  const protocol = scheme === undefined ? undefined : `${scheme.toLowerCase()}:`;
  const lower = host.toLowerCase();
  return {
    protocol,
    host: hostExpression(lower),
    exactHost: lower.includes("*") ? undefined : lower,
    port: port === "*" ? undefined : port,
    path: parsePath(path),
  };
}

/** A leading `*.` is any depth of subdomain; any other star stands for characters of one label, `*` alone for any host. */
function hostExpression(host: string): RegExp {
  if (host === "*") return /^/;
  const rest = host.startsWith("*.") ? host.slice(2) : host;
  const labels = rest
    .split("*")
    .map((part) => part.replaceAll(/[.[\]\\^$+?(){}|]/g, "\\$&"))
    .join("[^.]*");
  return new RegExp(`^${rest === host ? "" : "(?:[^.]+\\.)+"}${labels}$`);
}

function parsePath(path: string | undefined): Pattern["path"] {
  if (path === undefined) return undefined;
  const prefix = path.replace(/\/\*{1,2}$/, "");
  return prefix === "" ? undefined : { text: prefix, isPrefix: prefix !== path };
}

function matches({ protocol, host, port, path }: Pattern, url: URL): boolean {
  if (protocol !== undefined && url.protocol !== protocol) return false;
  if (!host.test(url.hostname.toLowerCase().replace(/\.$/, ""))) return false;
  if (port !== undefined && (url.port || DEFAULT_PORTS[url.protocol]) !== port) return false;
  return path === undefined || matchesPath(path, url.pathname);
}

function matchesPath({ text, isPrefix }: NonNullable<Pattern["path"]>, path: string): boolean {
  if (!isPrefix) return path === text;
  return (path === text || path.startsWith(`${text}/`)) && !leavesByEscapes(path);
}

/** Whether a server that decodes the path before it resolves dots would end elsewhere. */
function leavesByEscapes(path: string): boolean {
  let decoded = path;
  for (let depth = 0; depth < 3 && decoded.includes("%"); depth++) {
    try {
      decoded = decodeURIComponent(decoded);
    } catch {
      return true;
    }
  }
  return decoded.split(/[/\\]/).some((segment) => segment === ".." || segment === ".");
}
