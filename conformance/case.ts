/** Conformance cases as data: what the official suite checks (its behaviours, not its text), for any adapter. */

/** A field of a result: equal, or as the matcher says. */
export type Expected = Readonly<Record<string, unknown>>;

export type Step =
  /** Sent to the adapter. `expect` names the fields that matter; `data` is all chunks joined. */
  | {
      readonly do: string;
      readonly with?: Readonly<Record<string, unknown>>;
      readonly expect?: Expected;
      /** Stores fields of the result under names that later steps may use as `"$name"`. */
      readonly save?: Readonly<Record<string, string>>;
      /** Sends the command and goes on; `await` takes the result. */
      readonly background?: true;
    }
  /** Takes the result of the command in the background. */
  | { readonly await: true; readonly expect?: Expected }
  /** Sent to the server directly, behind the client's back. */
  | {
      readonly server: "append" | "close";
      readonly data?: string;
      readonly contentType?: string;
      readonly afterMs?: number;
      /** Waits until the stream is being read. */
      readonly whenRead?: true;
    }
  /** A fault that the server is told to have. Needs a server that can be told. */
  | { readonly inject: Readonly<Record<string, unknown>> };

export interface Case {
  readonly name: string;
  /** Content type of the stream that every case starts with; none: no stream. */
  readonly stream?: string | undefined;
  readonly steps: readonly Step[];
  /** What the server must be able to do. */
  readonly needs?: "injected faults";
}
