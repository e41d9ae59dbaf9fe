import { CONTENT_TYPE } from "@perennial/protocol";

/** What TanStack AI's client knows of a run when it sends (`RunAgentInputContext`). */
export interface RunContext {
  readonly threadId?: string;
  readonly runId?: string;
  readonly parentRunId?: string;
  readonly resume?: readonly unknown[];
  readonly clientTools?: readonly unknown[];
  readonly forwardedProps?: Readonly<Record<string, unknown>>;
  /** Of this request alone. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request to the application's route. */
export interface SendRequest {
  readonly url: string;
  readonly headers: HeadersInit | undefined;
  readonly fetch: typeof fetch;
  readonly messages: readonly unknown[];
  readonly data: unknown;
  readonly signal: AbortSignal | undefined;
  readonly context: RunContext | undefined;
}

/**
 * Posts `{ messages, data }` and what is known of the run to the application.
 *
 * @throws Error with what the route says (`error` of a JSON body), or with the status
 */
export function send({ context = {}, messages, data, headers, ...request }: SendRequest): Promise<void> {
  const { headers: ofRun, ...run } = context;
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(ofRun ?? {})) all.set(name, value);
  return postJson({ ...request, headers: all, body: { messages, data, ...run } });
}

/**
 * Posts JSON to the application.
 *
 * @throws Error with what the route says (`error` of a JSON body), or with the status
 */
export async function postJson({
  url,
  headers,
  fetch,
  body,
  ...init
}: Pick<SendRequest, "url" | "headers" | "fetch"> & {
  readonly body: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Whether it goes on when the page is left. */
  readonly keepalive?: boolean;
}): Promise<void> {
  const all = new Headers(headers);
  all.set(CONTENT_TYPE, "application/json");
  const { signal = null, keepalive = false } = init;
  const response = await fetch(url, {
    ...{ method: "POST", headers: all, body: JSON.stringify(body), signal },
    // Not every `fetch` takes it.
    ...(keepalive && { keepalive }),
  });
  if (!response.ok) throw new Error(await problemOf(response));
  // Nothing of it is used: a body that is left unread would hold the connection.
  await response.body?.cancel();
}

async function problemOf(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { readonly error?: unknown };
    if (error !== undefined) return String(error);
  } catch {
    // The body is no JSON: the status has to do.
  }
  return `HTTP error! status: ${response.status} ${response.statusText}`;
}
