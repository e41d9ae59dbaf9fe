import type { SessionMessage } from "@perennial/ai";

/** A chat as the list has it. */
export interface ChatTitle extends SessionMessage {
  readonly title: string;
}
