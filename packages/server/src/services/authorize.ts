/** What the code of whoever embeds a server says about who may do what. */
import type { Grant } from "@perennial/tokens";

/** A request, as far as rights go by it. */
export interface AskedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** The value of a header, in whatever letter case it is named; undefined: it was not sent. */
  header(name: string): string | undefined;
}

/** What a request may do. */
export interface GivenRights {
  /** The service, which exists, whose streams it is about. Of one that does not, nobody has rights. */
  readonly service: string;
  /** At least one; each as in a token. */
  readonly streams: readonly Grant[];
  /** When a live read that begins with it ends, seconds since 1970; a day from now at most. Default a minute from now. */
  readonly expiresAt?: number;
}

/**
 * Says what a request may do whose credentials are none of the server's: no secret, and no token that counts. Undefined is nothing.
 * It is asked anew for each of them, so what takes long should be remembered there. What it throws, or that it takes longer
 * than ten seconds, becomes a 500.
 */
export type Authorize = (request: AskedRequest) => Promise<GivenRights | undefined>;

const PATIENCE_MS = 10_000;

/** What it says, in time. Rejects with what it throws. */
export async function askInTime(
  authorize: Authorize,
  request: AskedRequest,
): Promise<GivenRights | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`authorize has said nothing for ${PATIENCE_MS} ms`)),
      PATIENCE_MS,
    );
  });
  try {
    return await Promise.race([authorize(request), late]);
  } finally {
    clearTimeout(timer);
  }
}
