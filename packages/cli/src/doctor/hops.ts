/** Headers by which hops between client and server give themselves away, and what they are called. */
const TELLTALES: readonly (readonly [header: string, hop: string | undefined])[] = [
  ["via", undefined],
  ["server", undefined],
  ["cf-ray", "Cloudflare"],
  ["x-amz-cf-id", "CloudFront"],
  ["x-served-by", undefined],
  ["x-cache", undefined],
  ["x-envoy-upstream-service-time", "Envoy"],
  ["fly-request-id", "Fly"],
  ["x-vercel-id", "Vercel"],
];

/** What is known about the hops that a response came through; empty if nothing is. */
export function hopsOf(headers: Headers): string {
  const seen = TELLTALES.flatMap(([header, hop]) => {
    const value = headers.get(header);
    return value === null ? [] : [hop ?? `${header}: ${value}`];
  });
  return [...new Set(seen)].join(", ");
}

/** ` (via: 1.1 proxy)`, to be put behind a finding; empty if nothing is known. */
export function through(headers: Headers): string {
  const hops = hopsOf(headers);
  return hops === "" ? "" : ` (${hops})`;
}
