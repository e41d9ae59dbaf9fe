import type { Offset } from "@perennial/client";

/** A place in a stream of JSON values: so many values behind an offset. A server names offsets only where appends end. */
export interface EventPlace {
  /** The stream's name, whatever it is. */
  readonly stream: string;
  readonly offset: Offset;
  readonly count: number;
}

/** A place as a text without blanks, slashes or line breaks. */
export function formatEventId({ stream, offset, count }: EventPlace): string {
  return `${encodeURIComponent(stream)}:${offset}:${count}`;
}

/** The place that a text names; undefined for any other text. */
export function parseEventId(text: string): EventPlace | undefined {
  const [, stream = "", offset = "", count = ""] = /^([^:\s]*):([^:\s]+):(\d{1,9})$/.exec(text) ?? [];
  if (offset === "") return undefined;
  try {
    return { stream: decodeURIComponent(stream), offset, count: Number(count) };
  } catch {
    return undefined;
  }
}
