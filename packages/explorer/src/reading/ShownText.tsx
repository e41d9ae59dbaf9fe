import { memo } from "react";
import { formatBytes } from "../format/sizes.ts";
import { MARKDOWN_CHARACTERS, Markdown } from "./markdown/Markdown.tsx";
import type { Turn } from "./reader.ts";
import { useFollowedEnd } from "./use-followed-end.ts";
import type { Reading } from "./use-reading.ts";

interface Props {
  readonly reading: Reading;
  /** Whether what comes is shown: the caret says so. */
  readonly isGrowing: boolean;
  /** Whether it is laid out as Markdown. */
  readonly isMarkdown: boolean;
}

/** The text. At its end it follows what comes; further up it stays where the reader is. */
export function ShownText({ reading, isGrowing, isMarkdown }: Props) {
  const { reader, from, showEarlier } = reading;
  const { scroller, content, isAtEnd, setAtEnd, onScroll } = useFollowedEnd(from);
  const goBack = (): void => {
    setAtEnd(false);
    showEarlier();
  };
  return (
    <div className="reading">
      <section
        ref={scroller}
        className="reading-scroller"
        aria-label="Text of the stream"
        tabIndex={0}
        onScroll={onScroll}
      >
        <div ref={content} className="reading-text">
          {from > 0 && (
            <button type="button" className="small reading-earlier" onClick={goBack}>
              Show earlier text ({formatBytes(from)})
            </button>
          )}
          {reader.turns.map((turn) => (
            <TurnText key={turn.number} {...{ turn, isMarkdown }} hasCaret={isGrowing && turn.isOpen} />
          ))}
        </div>
      </section>
      {!isAtEnd && (
        <button type="button" className="to-newest primary" onClick={() => setAtEnd(true)}>
          To the end ↓
        </button>
      )}
    </div>
  );
}

interface TurnProps {
  readonly turn: Turn;
  readonly hasCaret: boolean;
  readonly isMarkdown: boolean;
}

function TurnText({ turn, hasCaret, isMarkdown }: TurnProps) {
  const length = turn.blocks.reduce((sum, block) => sum + block.length, 0);
  return (
    <article className="reading-turn">
      {turn.who !== undefined && <h3 className="reading-who">{turn.who}</h3>}
      {isMarkdown && length <= MARKDOWN_CHARACTERS ? (
        <Markdown text={turn.blocks.join("")} />
      ) : (
        <PlainBlocks turn={turn} hasCaret={hasCaret} />
      )}
    </article>
  );
}

function PlainBlocks({ turn, hasCaret }: Omit<TurnProps, "isMarkdown">) {
  const last = turn.blocks.length - 1;
  return (
    <>
      {turn.blocks.map((block, index) =>
        index === last ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a block keeps its place
          <div key={index} className="reading-block">
            {block}
            {hasCaret && <span className="caret" aria-hidden="true" />}
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a block keeps its place
          <Block key={index} text={block} />
        ),
      )}
    </>
  );
}

/** A block that is complete. It ends with a line break, which the next one being below it shows. */
const Block = memo(function Block({ text }: { readonly text: string }) {
  return <div className="reading-block">{text.replace(/\n$/, "")}</div>;
});
