const HAS_SCHEME = /^[a-z][a-z\d+.-]*:/i;

/** An address as requests need it: relative ones begin at the page, or at `base` where there is none; else they stay as they are. */
export function resolvedUrl(url: string, base: string): string {
  if (HAS_SCHEME.test(url)) return url;
  for (const candidate of [globalThis.location?.href, base]) {
    if (candidate !== undefined && URL.canParse(url, candidate)) return new URL(url, candidate).href;
  }
  return url;
}
