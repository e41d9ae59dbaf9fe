import { Random, replayOf, Seeds } from "@perennial/testing";
import { expect, test } from "vitest";
import { parseBlocks } from "./blocks.ts";
import { parseInline } from "./inline.ts";

test("blocks are what models write", () => {
  const text = [
    ...["# Title #", "", "A line", "and more", "- one", "  two", "- [x](https://x.org)", "", "1. a", "2. b"],
    ...["> quoted", "```js", "# no heading", "```", "---", "| a | b |", "|---|:-:|", "| 1 | 2 |"],
  ].join("\n");
  const paragraph = (words: string) => ({ kind: "paragraph", text: words });
  expect(parseBlocks(text)).toEqual([
    { kind: "heading", level: 1, text: "Title" },
    paragraph("A line\nand more"),
    { kind: "list", start: undefined, items: [[paragraph("one\ntwo")], [paragraph("[x](https://x.org)")]] },
    { kind: "list", start: 1, items: [[paragraph("a")], [paragraph("b")]] },
    { kind: "quote", blocks: [paragraph("quoted")] },
    { kind: "code", text: "# no heading" },
    { kind: "rule" },
    { kind: "table", head: ["a", "b"], rows: [["1", "2"]] },
  ]);
});

test("code whose end has not come is code", () => {
  expect(parseBlocks("```\nlet a")).toEqual([{ kind: "code", text: "let a" }]);
});

test("marks within a line are found, and names with underscores are left alone", () => {
  expect(parseInline("a **b *c*** `d_e` my_long_name")).toMatchObject([
    { kind: "text", text: "a " },
    { kind: "strong" },
    ...[{ kind: "text" }, { kind: "code", text: "d_e" }, { kind: "text", text: " my_long_name" }],
  ]);
});

test.each([
  "javascript:alert(1)",
  "data:text/html,x",
  "JaVaScRiPt:x",
  "//x.org",
  "file:///etc/passwd",
  "blob:x",
])("%s is no link", (target) => {
  expect(parseInline(`[a](${target})`).every(({ kind }) => kind !== "link")).toBe(true);
});

const seeds = new Seeds(200);

test(`any text is parsed, and none of its letters is lost from paragraphs (${seeds})`, () => {
  for (const seed of seeds) {
    const random = new Random(seed);
    const piece = () =>
      random.pick([
        "a",
        "*",
        "_",
        "`",
        "[",
        "](",
        ")",
        "#",
        "\n",
        " ",
        "- ",
        "1. ",
        "> ",
        "|",
        "~~~\n",
        "---",
        "http://x",
      ]);
    const text = Array.from({ length: random.below(60) }, piece).join("");
    // What stands behind a fence names a language, and is not shown.
    const unfenced = text.replaceAll("`", "");
    const blocks = JSON.stringify(parseBlocks(unfenced));
    expect(blocks.split("a").length, replayOf(seed)).toBeGreaterThanOrEqual(unfenced.split("a").length);
    parseInline(text);
  }
});

test("no text takes long: marks that do not end, and quotes in quotes", () => {
  parseInline("*".repeat(50_000));
  parseInline("[".repeat(50_000));
  parseInline("`a".repeat(20_000));
  parseBlocks("> ".repeat(20_000));
  expect(parseBlocks("- ".repeat(20_000)).length).toBe(1);
});
