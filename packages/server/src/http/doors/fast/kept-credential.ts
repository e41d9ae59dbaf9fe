/**
 * The `Authorization` line of a connection's last request, which its next request has again. It is compared instead of read,
 * and its value is the same string each time: what is known of that is found soonest.
 */
import { HTTP_HEADER } from "@perennial/protocol";
import { ownText } from "../../../stream/own-text.ts";

const NAME = HTTP_HEADER.authorization.toLowerCase();
const LINE_FEED = 0x0a;

export class KeptCredential {
  #line = "";
  name = "";
  value = "";

  /** Whether the line that begins at a place of a head is the one that was kept. */
  isAt(head: string, at: number): boolean {
    const end = at + this.#line.length;
    // One look tells nearly all other lines.
    if (end === at || head.charCodeAt(end - 1) !== LINE_FEED) return false;
    return head.slice(at, end) === this.#line;
  }

  /** Characters of the line, its end included. */
  get length(): number {
    return this.#line.length;
  }

  /**
   * Keeps a line that was read, if it is one of credentials: as strings of its own, since a part of the head would hold all of
   * it in memory.
   *
   * @param line with its end
   */
  offer(line: string, name: string, value: string): void {
    if (name.length !== NAME.length || name.toLowerCase() !== NAME) return;
    this.#line = ownText(line);
    this.name = ownText(name);
    this.value = ownText(value);
  }
}
