/** A request as the operations see it, whichever door it came through. */
import type { Soon } from "../../journal/contract/index.ts";
import type { StoredBytes } from "../../stream/records.ts";
import type { Parsed } from "../problems.ts";

export interface HttpRequest {
  readonly method: string;
  /** Origin form: path and query as sent. */
  readonly target: string;
  /**
   * A header's value, trimmed; several lines of one name are joined by ", ".
   *
   * @param name in the spelling of `HEADER`; letter case does not matter
   */
  header(name: string): string | undefined;
  /** Scheme and authority under which the client reached the server, for absolute URLs. */
  origin(): string;
  /** The whole body within the limits, received first if it is not there yet. Called at most once. */
  body(): Soon<Parsed<StoredBytes>>;
  /**
   * Calls back once if the client goes away before it was answered completely.
   *
   * @returns stops listening; to be called when the answer is there, since a connection outlives its requests
   */
  onDisconnect(listener: () => void): () => void;
}
