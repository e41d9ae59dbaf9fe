/** Keys with which the server itself signs tokens for whoever operates it. They are in memory only: what they signed ends with it. */
import type { PublicKey, SigningKey } from "@perennial/tokens";

/** How long such a token is valid, seconds: it stands in terminals and histories. */
const LIFETIME = 15 * 60;

export class OperatorKeys {
  readonly #byService = new Map<string, Promise<SigningKey>>();

  /**
   * A token that may read and list all that a service has.
   *
   * @param now epoch milliseconds
   * @param admit told the key that signs it, before there is a token
   */
  async readToken(service: string, now: number, admit: (key: PublicKey) => void): Promise<string> {
    // Only now, as the rest of what tokens need.
    const { createSecret, mintToken, signingKey } = await import("@perennial/tokens");
    let made = this.#byService.get(service);
    if (made === undefined) {
      made = signingKey(createSecret());
      this.#byService.set(service, made);
    }
    const key = await made;
    admit(key.public);
    const streams = [{ match: "**", ops: ["read", "list"] as const }];
    return mintToken(key, { service, streams, expiresIn: LIFETIME, subject: "operator", now });
  }

  /** The service has ended: another one of its id gets another key. */
  forget(service: string): void {
    this.#byService.delete(service);
  }
}
