/** An exchange as text, the way tools for HTTP show it. */
import type { Exchange } from "./wire-log.ts";

/** The request: its line and headers, as far as a page knows them. */
export function requestText({ method, url, requestHeaders }: Exchange): string {
  const { pathname, search, host } = new URL(url);
  return [`${method} ${pathname}${search} HTTP/1.1`, `host: ${host}`, ...requestHeaders.map(headerLine)].join(
    "\n",
  );
}

/** The answer without its body; empty until there is one. */
export function answerText({ answer }: Exchange): string {
  if (answer === undefined) return "";
  return [`HTTP/1.1 ${answer.code} ${answer.text}`.trimEnd(), ...answer.headers.map(headerLine)].join("\n");
}

/** The body as text, with what is left out in between said in words. */
export function bodyText({ head, tail, bodyBytes }: Exchange): string {
  const decoder = new TextDecoder();
  const missing = bodyBytes - head.length - tail.length;
  const between = missing > 0 ? `\n\n… ${missing} bytes are not kept …\n\n` : "";
  if (missing > 0) return decoder.decode(head) + between + new TextDecoder().decode(tail);
  return decoder.decode(head, { stream: true }) + decoder.decode(tail);
}

function headerLine([name, value]: readonly [string, string]): string {
  return `${name}: ${value}`;
}
