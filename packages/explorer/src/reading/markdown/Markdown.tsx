import { memo, useMemo } from "react";
import { type Block, parseBlocks } from "./blocks.ts";
import { type Inline, parseInline } from "./inline.ts";
import "./markdown.css";

/** Characters that are laid out as Markdown at most; what is longer is shown as it is. */
export const MARKDOWN_CHARACTERS = 200_000;

/**
 * Text as Markdown. Only elements that are named here come of it: no HTML, no images, no addresses but those of the web and of
 * mailboxes, whatever a stranger wrote.
 */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }) {
  const blocks = useMemo(() => parseBlocks(text), [text]);
  return (
    <div className="markdown">
      <Blocks blocks={blocks} />
    </div>
  );
});

function Blocks({ blocks }: { readonly blocks: readonly Block[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: a block keeps its place
  return blocks.map((block, index) => <BlockElement key={index} block={block} />);
}

const HEADINGS = ["h3", "h4", "h5", "h6", "h6", "h6"] as const;

function BlockElement({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "heading": {
      const Heading = HEADINGS[block.level - 1]!;
      return (
        <Heading>
          <Line text={block.text} />
        </Heading>
      );
    }
    case "paragraph":
      return (
        <p>
          <Line text={block.text} />
        </p>
      );
    case "code":
      return <pre>{block.text}</pre>;
    case "rule":
      return <hr />;
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case "list":
      return <List {...block} />;
    case "table":
      return <Table {...block} />;
  }
}

function List({ start, items }: Extract<Block, { kind: "list" }>) {
  const content = items.map((blocks, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an item keeps its place
    <li key={index}>
      <Blocks blocks={blocks} />
    </li>
  ));
  return start === undefined ? <ul>{content}</ul> : <ol start={start}>{content}</ol>;
}

function Table({ head, rows }: Extract<Block, { kind: "table" }>) {
  const cells = (texts: readonly string[], Cell: "td" | "th") =>
    texts.map((text, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a cell keeps its place
      <Cell key={index}>
        <Line text={text} />
      </Cell>
    ));
  return (
    <div className="markdown-table">
      <table>
        <thead>
          <tr>{cells(head, "th")}</tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row keeps its place
            <tr key={index}>{cells(row, "td")}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ text }: { readonly text: string }) {
  return <Inlines parts={useMemo(() => parseInline(text), [text])} />;
}

function Inlines({ parts }: { readonly parts: readonly Inline[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: a part keeps its place
  return parts.map((part, index) => <InlineElement key={index} part={part} />);
}

function InlineElement({ part }: { readonly part: Inline }) {
  if (part.kind === "text" || part.kind === "code")
    return part.kind === "text" ? part.text : <code>{part.text}</code>;
  const content = <Inlines parts={part.parts} />;
  if (part.kind !== "link") {
    const Element = part.kind;
    return <Element>{content}</Element>;
  }
  return (
    <a href={part.href} title={part.href} target="_blank" rel="noopener noreferrer nofollow">
      {content}
    </a>
  );
}
