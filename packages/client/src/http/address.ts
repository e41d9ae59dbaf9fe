/** An address, relative ones resolved as `fetch` resolves them; `undefined` for what is no address. */
export function parseAddress(url: string | URL): URL | undefined {
  try {
    return new URL(url, globalThis.location?.href);
  } catch {
    return undefined;
  }
}

/** The address of what `fetch` was given. */
export function addressOf(input: string | URL | Request): string {
  return input instanceof Request ? input.url : String(input);
}
