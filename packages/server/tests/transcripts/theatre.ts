import type { Http } from "../support/http.ts";

/** What a scenario needs of the world: one server at a time on one directory, and its clock. */
export interface Theatre {
  readonly http: Http;
  advance(ms: number): void;
  restart(): Promise<void>;
}
