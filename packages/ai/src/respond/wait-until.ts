/** Keeps a process alive until a promise settles, as hosts that freeze it after an answer ask for. */
export type WaitUntil = (promise: Promise<unknown>) => void;

/** Hosts that freeze or end a process once it has answered, and how they say so. */
interface Host {
  readonly name: string;
  /** Its own way to wait, if it can be had without a request. */
  readonly waitUntil?: WaitUntil | undefined;
}

interface HostGlobals {
  readonly navigator?: { readonly userAgent?: string };
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
  readonly Netlify?: { readonly context?: { readonly waitUntil?: WaitUntil } };
  readonly [key: symbol]: unknown;
}

/** Where Vercel's functions find the request that they answer. */
const VERCEL_CONTEXT = Symbol.for("@vercel/request-context");

/** The host that this runs on, if it is one that does not wait by itself. */
export function impatientHost(globals: HostGlobals = globalThis as HostGlobals): Host | undefined {
  const env = globals.process?.env ?? {};
  const vercel = globals[VERCEL_CONTEXT] as { get?: () => { waitUntil?: WaitUntil } } | undefined;
  if (env.VERCEL || vercel !== undefined) return { name: "Vercel", waitUntil: vercel?.get?.().waitUntil };
  const { context } = globals.Netlify ?? {};
  if (globals.Netlify) return { name: "Netlify", waitUntil: context?.waitUntil?.bind(context) };
  if (globals.navigator?.userAgent === "Cloudflare-Workers") return { name: "Cloudflare Workers" };
  if (env.AWS_LAMBDA_FUNCTION_NAME) return { name: "AWS Lambda" };
  return undefined;
}

/** Has the host wait, as the caller says or as the host itself offers. Says so where neither can. */
export function keepAlive(promise: Promise<unknown>, given: WaitUntil | undefined): void {
  const host = given === undefined ? impatientHost() : undefined;
  const waitUntil = given ?? host?.waitUntil;
  if (waitUntil !== undefined) waitUntil(promise);
  else if (host !== undefined)
    console.warn(`${host.name} may end this process before the answer is written: give it its waitUntil`);
}
