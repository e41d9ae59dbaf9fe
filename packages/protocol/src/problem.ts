/** The content type of an error body (RFC 9457). */
export const PROBLEM_CONTENT_TYPE = "application/problem+json";

/** The body of an error response (RFC 9457). */
export interface Problem {
  /** A URI that names the kind of problem. */
  readonly type: string;
  /** The kind of problem in a few words; the same for every problem of this type. */
  readonly title: string;
  /** The HTTP status code. */
  readonly status: number;
  /** A stable word that programs may compare. */
  readonly code: string;
  /** What went wrong this time, for people. */
  readonly detail: string;
  /** The request header at fault. */
  readonly header?: string;
  /** The query parameter at fault. */
  readonly parameter?: string;
}
