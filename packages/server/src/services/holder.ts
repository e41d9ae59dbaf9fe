/** Whoever sends the secret of a service, or a token that was signed with its key. */
import type { Result } from "@perennial/protocol";
import type { Act, Operation } from "@perennial/tokens";
import type { Service } from "./service.ts";
import type { ServiceUsage } from "./usage.ts";
import type { WriteRate } from "./write-rate.ts";

export type { Operation };

/** A secret or a token as a request sent it. */
export interface SentCredential {
  /** The value of the header, with its scheme; or what stood elsewhere. */
  readonly sent: string;
  /** Whether it came in the header: whatever else is sent then does not count. */
  readonly isHeader: boolean;
}

export interface Holder {
  readonly service: Service;
  /** What the service uses and may use. */
  readonly usage: ServiceUsage;
  /** What a token restricts; absent for a secret, which may do everything. */
  readonly token: HeldToken | undefined;
}

/** A token that was found to be valid. */
export interface HeldToken {
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** Until when that holds without being looked at again, epoch milliseconds: its issuer may withdraw the key. */
  readonly isKnownUntil: number;
  /** The longest body of one request, bytes. */
  readonly bytes: number | undefined;
  /** How often it may write. */
  readonly writes: WriteRate | undefined;
  /** Whether one of its grants allows the act. */
  allows(act: Act): boolean;
}

/** Who holds a credential, or why it is worth nothing: nobody made it, it was withdrawn, or it has ended. */
export type Holding = Result<Holder, "unknown" | "expired">;
