/** The head of a reply as one string, with the lines that node:http would add, in its order. */
import { STATUS_CODES } from "node:http";

/** Names and values in turn, as header lines. */
export function headerLines(headers: readonly string[]): string {
  let lines = "";
  for (let index = 0; index < headers.length; index += 2)
    lines += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return lines;
}

/** Builds heads around the lines that every reply carries. */
export class ReplyHeads {
  readonly #commonLines: string;
  readonly #keepAliveLines: string;
  /** Status line and common lines by status, built once. */
  readonly #beginnings = new Map<number, string>();
  /** Date and connection lines of the current second. */
  #keepAliveEnd = "";
  #closeEnd = "";
  #endSecond = -1;

  constructor(commonHeaders: readonly string[], keepAliveMs: number) {
    this.#commonLines = headerLines(commonHeaders);
    this.#keepAliveLines = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n`;
  }

  /**
   * @param framing the line that says how long the body is, or nothing
   * @param now epoch milliseconds, for the Date line
   */
  head(status: number, headers: readonly string[], framing: string, keepAlive: boolean, now: number): string {
    const second = Math.floor(now / 1000);
    if (second !== this.#endSecond) this.#renewEnds(second);
    const end = keepAlive ? this.#keepAliveEnd : this.#closeEnd;
    return `${this.#beginning(status)}${headerLines(headers)}${framing}${end}`;
  }

  #beginning(status: number): string {
    const known = this.#beginnings.get(status);
    if (known !== undefined) return known;
    const beginning = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${this.#commonLines}`;
    this.#beginnings.set(status, beginning);
    return beginning;
  }

  #renewEnds(second: number): void {
    const date = `Date: ${new Date(second * 1000).toUTCString()}\r\n`;
    this.#endSecond = second;
    this.#keepAliveEnd = date + this.#keepAliveLines;
    this.#closeEnd = `${date}Connection: close\r\n`;
  }
}
