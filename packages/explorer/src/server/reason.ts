import { FetchError } from "@perennial/client";

/**
 * Why a request failed, for people: what the server says of it (`detail` of RFC 9457) where it does, else the error's own
 * message, which holds the address and the whole answer.
 */
export function reasonOf(error: unknown): string {
  const { detail } = (error instanceof FetchError ? (error.json ?? {}) : {}) as { readonly detail?: unknown };
  return typeof detail === "string" && detail !== "" ? detail : (error as Error).message;
}
