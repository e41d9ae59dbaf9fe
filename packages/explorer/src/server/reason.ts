import { FetchError } from "@perennial/client";

/**
 * Why a request failed, for people: what the server says of it (`detail` of RFC 9457) where it does, else the error's own
 * message, which holds the address and the whole answer.
 */
export function reasonOf(error: unknown): string {
  const said = error instanceof FetchError ? detailOf(error.json ?? error.text) : undefined;
  return said ?? (error as Error).message;
}

function detailOf(body: object | string | undefined): string | undefined {
  try {
    const problem: unknown = typeof body === "string" ? JSON.parse(body) : body;
    const { detail } = (problem ?? {}) as { readonly detail?: unknown };
    return typeof detail === "string" && detail !== "" ? detail : undefined;
  } catch {
    return undefined;
  }
}
