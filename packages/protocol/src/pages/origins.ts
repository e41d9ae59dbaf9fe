/** Whose pages may use the server, as a setting says it. */

/** The origins whose pages may use the server: all, those with names of this machine, or some. */
export type Origins =
  | { readonly kind: "any" }
  | { readonly kind: "local" }
  | { readonly kind: "listed"; readonly origins: ReadonlySet<string> };

/**
 * Reads a list of origins.
 *
 * @param text `*`, or origins separated by commas: `https://app.example,http://localhost:3000`
 * @returns undefined if one of them is no origin
 */
export function parseOrigins(text: string): Origins | undefined {
  if (text === "*") return { kind: "any" };
  const origins = text.split(",").map((origin) => origin.trim());
  return origins.every(isOrigin) ? { kind: "listed", origins: new Set(origins) } : undefined;
}

/** Whether a text is an origin as browsers write it: without a path, the port of the scheme, or capital letters. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
