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
  #dateSecond = -1;
  #dateLine = "";

  constructor(commonHeaders: readonly string[], keepAliveMs: number) {
    this.#commonLines = headerLines(commonHeaders);
    this.#keepAliveLines = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n`;
  }

  /**
   * @param framing the line that says how long the body is, or nothing
   * @param now epoch milliseconds, for the Date line
   */
  head(status: number, headers: readonly string[], framing: string, keepAlive: boolean, now: number): string {
    const connection = keepAlive ? this.#keepAliveLines : "Connection: close\r\n";
    const statusLine = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
    return `${statusLine}${this.#commonLines}${headerLines(headers)}${framing}${this.#date(now)}${connection}`;
  }

  #date(now: number): string {
    const second = Math.floor(now / 1000);
    if (second !== this.#dateSecond) {
      this.#dateSecond = second;
      this.#dateLine = `Date: ${new Date(now).toUTCString()}\r\n`;
    }
    return this.#dateLine;
  }
}
