/** A `fetch` that sends what somebody signed in with, and notices when that is not enough. */
import { HTTP_HEADER } from "@perennial/protocol";

/**
 * Why somebody has to sign in: nothing was sent so far, the token has ended, or what was sent does not count here.
 */
export type SignInReason = "nothing-sent" | "ended" | "not-taken";

/** What it needs of the session. */
export interface Signing {
  readonly credential: string | undefined;
  /** Why the server has refused it, if so. */
  reason(): SignInReason | undefined;
  refused(reason: SignInReason): void;
}

/**
 * Wraps `fetch`. A request that has a credential of its own keeps it. Once the server has refused one, it is not asked with the
 * same again: guesses are slowed there.
 *
 * @param origin where the credential belongs: nobody else is sent it
 */
export function signedFetch(request: typeof fetch, session: Signing, origin: string): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    if (new URL(url, origin).origin !== origin || headers.has(HTTP_HEADER.authorization))
      return request(input, init);
    if (session.reason() !== undefined) throw new TypeError("nobody is signed in");
    const { credential } = session;
    if (credential !== undefined) headers.set(HTTP_HEADER.authorization, `Bearer ${credential}`);
    const response = await request(input, { ...init, headers });
    if (response.status === 401) session.refused(await reasonFor(response, credential));
    return response;
  };
}

async function reasonFor(response: Response, credential: string | undefined): Promise<SignInReason> {
  if (credential === undefined) return "nothing-sent";
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return (problem as { readonly code?: unknown } | undefined)?.code === "token_expired"
    ? "ended"
    : "not-taken";
}
