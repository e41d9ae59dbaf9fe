import { coloured } from "./json-colours.ts";

/** Turns the text of a JSON message into what is printed for it. */
export type MessageFormat = (message: Uint8Array) => string;

/** One message a line, its text unchanged but for line breaks between tokens. For pipes. */
export const plainLine: MessageFormat = (message) => `${onOneLine(Buffer.from(message).toString())}\n`;

/** Indented, and coloured if the terminal has colours. For people. */
export function prettyFormat(colours: boolean): MessageFormat {
  return (message) => {
    const text = Buffer.from(message).toString();
    const pretty = JSON.stringify(JSON.parse(text), null, 2);
    // A number too big for JavaScript, or a key that occurs twice, is shown as it is or not pretty at all.
    const shown = withoutBlanks(pretty) === withoutBlanks(text) ? pretty : text;
    return `${colours ? coloured(shown) : shown}\n`;
  };
}

/** How to print messages to standard output: pretty on a terminal, plain lines elsewhere. */
export function messageFormat(stdout: NodeJS.WriteStream): MessageFormat {
  return stdout.isTTY ? prettyFormat(stdout.hasColors()) : plainLine;
}

/** A line break in valid JSON stands between tokens only, where a blank does as well. One at the end goes. */
function onOneLine(text: string): string {
  return text.includes("\n") || text.includes("\r") ? text.trimEnd().replace(/[\r\n]+/g, " ") : text;
}

function withoutBlanks(text: string): string {
  return text.replace(/\s+/g, "");
}
