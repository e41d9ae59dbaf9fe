/** A comment, or an answer to one. */
export interface Comment {
  readonly id: string;
  /** The comment that this answers; undefined for a comment. */
  readonly parent?: string | undefined;
  readonly author: string;
  readonly color: string;
  readonly text: string;
  /** ms since 1970. */
  readonly at: number;
  /** What it was about. */
  readonly quote?: string | undefined;
  readonly isResolved?: boolean | undefined;
}
