import { describe, expect, test } from "vitest";
import { MarkdownReader, PlainReader, type Reader, type Sink } from "../server/document/markdown.ts";
import { WordBuffer } from "../server/document/word-buffer.ts";

/** Writes down what it gets: `[heading 2]`, then text with its marks as `<bold>…</bold>`. */
class Record implements Sink {
  text_ = "";
  block(kind: Parameters<Sink["block"]>[0]): void {
    this.text_ += `[${kind.kind}${kind.kind === "heading" ? ` ${kind.level}` : ""}]`;
  }
  text(text: string, marks: object): void {
    const names = Object.keys(marks);
    this.text_ += names.length === 0 ? text : `<${names.join(" ")}>${text}</>`;
  }
  get joined(): string {
    return this.text_.replace(/<([^/>]+)>(.)<\/>/gs, "$2{$1}").replace(/(\{[^}]+\})(?=.\1)/gs, "");
  }
}

function read(make: (sink: Sink) => Reader, pieces: readonly string[]): string {
  const record = new Record();
  const reader = make(record);
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return record.joined;
}

const markdown = (...pieces: string[]) => read((sink) => new MarkdownReader(sink), pieces);

describe("Markdown", () => {
  test.each([
    ["a paragraph", "Hello world", "[paragraph]Hello world"],
    ["headings", "# One\n### Three", "[heading 1]One[heading 3]Three"],
    ["lists", "- one\n* two\n\n1. three\n2) four", "[bullet]one[bullet]two[numbered]three[numbered]four"],
    ["lines of one paragraph", "one\ntwo\n\nthree", "[paragraph]one two[paragraph]three"],
    ["bold", "a **bold** word", "[paragraph]a bold{bold} word"],
    ["italic", "an *odd* word", "[paragraph]an odd{italic} word"],
    ["code", "see `a_b*c`.", "[paragraph]see a_b*c{code}."],
    ["names and sums", "snake_case is 2 * 3", "[paragraph]snake_case is 2 * 3"],
    ["what looks like a list", "-5 degrees\n\n#tag", "[paragraph]-5 degrees[paragraph]#tag"],
    ["a mark without an end", "**bold\n\nplain", "[paragraph]bold{bold}[paragraph]plain"],
  ])("has %s", (_, text, expected) => {
    expect(markdown(text)).toBe(expected);
  });

  test("reads the same however it is cut", () => {
    const text = "# Title\n\nSome **bold and *both* words**, `code`.\n- one\n- two\n\nThe 2 * 3 _end_";
    for (let size = 1; size < 8; size++)
      expect(markdown(...(text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? []))).toBe(markdown(text));
  });

  test("plain text keeps its signs, and each line is a paragraph", () => {
    expect(read((sink) => new PlainReader(sink), ["# a *b", "*\n\nc"])).toBe(
      "[paragraph]# a *b*[paragraph]c",
    );
  });
});

describe("words", () => {
  test("show when they are whole", () => {
    const words = new WordBuffer();
    expect(words.push("Hel")).toBe("");
    expect(words.push("lo wor")).toBe("Hello ");
    expect(words.push("ld.")).toBe("world.");
    expect(words.end()).toBe("");
  });

  test("that are very long show in parts", () => {
    const words = new WordBuffer();
    expect(words.push("x".repeat(96))).toHaveLength(72);
    expect(words.end()).toHaveLength(24);
  });
});
