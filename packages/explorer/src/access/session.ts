/** With what this page signs its requests: a secret or a token, for as long as its tab is open. */
import type { SignInReason } from "./signed-fetch.ts";

/**
 * What a sign-in link has behind its `#`, which no browser sends to a server; and where the tab keeps it: no other tab sees it, and
 * it goes when the tab is closed.
 */
const KEY = "access_token";

export class Session {
  readonly #storage: Storage;
  readonly #listeners = new Set<() => void>();
  #reason: SignInReason | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** The secret or token; undefined while nobody has signed in. */
  get credential(): string | undefined {
    return this.#storage[KEY];
  }

  /** Why the server wants somebody to sign in; undefined as long as it does not. */
  readonly reason = (): SignInReason | undefined => this.#reason;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  keep(credential: string): void {
    this.#storage[KEY] = credential;
  }

  forget(): void {
    delete this.#storage[KEY];
  }

  /** The server has refused a request. Only the first refusal counts: what is under way with it is refused, too. */
  refused(reason: SignInReason): void {
    this.#reason ??= reason;
    for (const listener of this.#listeners) listener();
  }
}

/** The token of a sign-in link, if the part of an address behind `#` is one. */
export function tokenOfFragment(fragment: string): string | undefined {
  return new URLSearchParams(fragment.slice(1)).get(KEY) || undefined;
}

export const session = new Session(sessionStorage);
