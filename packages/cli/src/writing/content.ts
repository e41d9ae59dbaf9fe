import { EXIT } from "../exit-codes.ts";
import { Failure, usageFailure } from "../failure.ts";

/** What is to be written: words of the command line, or standard input. */
export type Content =
  | { readonly kind: "words"; readonly text: string }
  | { readonly kind: "input"; readonly input: AsyncIterable<Uint8Array> };

/** The words if there are any, else standard input if it is not a terminal. */
export function contentOf(words: readonly string[]): Content {
  if (words.length > 0) {
    const text = words.join(" ");
    if (text === "") throw usageFailure("The content is empty; an append needs at least one byte");
    return { kind: "words", text };
  }
  if (!process.stdin.isTTY) return { kind: "input", input: process.stdin };
  throw new Failure(
    `Error: No content provided
  Example: perennial write my-stream "Hello, world"
  Example: echo "Hello, world" | perennial write my-stream`,
    EXIT.usage,
  );
}

/** Standard input held nothing. */
export function noInput(): Failure {
  return new Failure("No data received from stdin");
}
