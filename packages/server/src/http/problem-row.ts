/** A row of the tables that say how a failure is answered. */
import { HEADER, type Problem } from "@perennial/protocol";

/** What a sentence names, for programs. */
export type Facts = Readonly<Record<string, number | string>>;

/** How one kind of failure is answered. */
export interface Row<F> {
  readonly status: number;
  /** A few words, the same for every failure of the kind. */
  readonly title: string;
  /** One sentence about this failure. */
  readonly detail: (failure: F) => string;
  readonly headers?: (failure: F) => readonly string[];
  /** Members of its own, for programs: what the sentence names. */
  readonly facts?: (failure: F) => Facts;
  /** The header or parameter at fault. */
  readonly at?: (failure: F) => Pick<Problem, "header" | "parameter">;
}

/** A row for each kind of failure. */
export type Table<Failure extends { readonly kind: string }> = {
  readonly [K in Failure["kind"]]: Row<Extract<Failure, { kind: K }>>;
};

export const RETRY_SOON = [HEADER.retryAfter, "1"] as const;
export const RETRY_LATER = [HEADER.retryAfter, "5"] as const;

/** Names the header at fault. */
export const atHeader = (header: string) => () => ({ header });
