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
export async function send({ url, headers, fetch, messages, data, signal, context = {} }: SendRequest) {
  const { headers: ofRun, ...run } = context;
  const all = new Headers(headers);
  all.set(CONTENT_TYPE, "application/json");
  for (const [name, value] of Object.entries(ofRun ?? {})) all.set(name, value);
  const response = await fetch(url, {
    method: "POST",
    headers: all,
    body: JSON.stringify({ messages, data, ...run }),
    signal: signal ?? null,
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
