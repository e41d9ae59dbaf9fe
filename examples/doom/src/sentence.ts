/** What went wrong, in words of whoever plays: what it means, and what one can do. */
import { FetchError } from "@perennial/client";

const BY_STATUS: Readonly<Record<number, string>> = {
  404: "There is no such session. Its address is mistyped, or nobody used it for a week (what a bot played: an hour) and it was deleted. Choose another one from the list, or begin a new game.",
  410: "This session was deleted. Choose another one from the list, or begin a new game.",
  413: "This session is full: three hours. Fork it at an earlier moment, or begin a new game.",
  507: "The server has no room left. Try again later.",
};

/** A sentence for an error: an answer of the server, a network that is not there, or a sentence already. */
export function sentenceOf(error: Error): string {
  if (error instanceof FetchError)
    return BY_STATUS[error.status] ?? `The server refused, with status ${error.status}. Try again later.`;
  if (error instanceof TypeError || error.name === "TimeoutError")
    return "The server cannot be reached. Look at your network, and try again.";
  return error.message;
}
