/** What a timeline says of itself, once, at its beginning: a line of JSON. All that follows is frames of one length. */
export interface TimelineFormat {
  /** What kind of timeline it is, such as `doom`: 1 to 64 characters of `a-z`, `0-9` and `-`. */
  readonly kind: string;
  /** Bytes of a frame, 1 to 65,536. */
  readonly frameBytes: number;
  /** Frames in a second, above 0 and at most 1,000. */
  readonly rate: number;
  /** What else a machine has to know before its first frame. The whole line has at most `MAX_HEADER_BYTES`. */
  readonly about?: Readonly<Record<string, unknown>> | undefined;
}

/** The longest beginning that is read, in bytes, its line break included. */
export const MAX_HEADER_BYTES = 4_096;
const VERSION = 1;
const LINE_BREAK = 0x0a;
const MAX_FRAME_BYTES = 65_536;
const MAX_RATE = 1_000;

/** What was read of a timeline's beginning. */
export type HeaderRead =
  | { readonly kind: "format"; readonly format: TimelineFormat; readonly bytes: number }
  | { readonly kind: "incomplete" }
  | { readonly kind: "rejected"; readonly rejection: string };

/** The bytes that a timeline begins with. @throws RangeError for a format that nobody could read */
export function encodeHeader(format: TimelineFormat): Uint8Array<ArrayBuffer> {
  const { kind, frameBytes, rate, about } = format;
  const bytes = new TextEncoder().encode(
    `${JSON.stringify({ timeline: VERSION, kind, frameBytes, rate, about })}\n`,
  );
  const read = decodeHeader(bytes);
  if (read.kind !== "format")
    throw new RangeError(read.kind === "rejected" ? read.rejection : "the header is longer than 4,096 bytes");
  return bytes;
}

/** Reads a timeline's beginning from the first bytes that arrived. */
export function decodeHeader(bytes: Uint8Array): HeaderRead {
  const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf(LINE_BREAK);
  if (end === -1)
    return bytes.length < MAX_HEADER_BYTES
      ? { kind: "incomplete" }
      : rejected(`no timeline: its first line has more than ${MAX_HEADER_BYTES} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, end)));
  } catch {
    return rejected("no timeline: its first line is no JSON");
  }
  if (typeof value !== "object" || value === null)
    return rejected("no timeline: its first line is no object");
  return formatOf(value as Record<string, unknown>, end + 1);
}

function formatOf(
  { timeline, kind, frameBytes, rate, about }: Record<string, unknown>,
  bytes: number,
): HeaderRead {
  if (timeline !== VERSION) return rejected(`no timeline of version ${VERSION}`);
  if (typeof kind !== "string" || !/^[a-z0-9-]{1,64}$/.test(kind)) return rejected("a timeline of no kind");
  if (!isWithin(frameBytes, 1, MAX_FRAME_BYTES) || !Number.isInteger(frameBytes))
    return rejected(`frameBytes is not 1 to ${MAX_FRAME_BYTES}`);
  if (!isWithin(rate, Number.MIN_VALUE, MAX_RATE))
    return rejected(`rate is not above 0 and up to ${MAX_RATE}`);
  if (about !== undefined && (typeof about !== "object" || about === null || Array.isArray(about)))
    return rejected("about is no object");
  const known = about as Record<string, unknown> | undefined;
  return { kind: "format", format: { kind, frameBytes, rate, about: known }, bytes };
}

const isWithin = (value: unknown, least: number, most: number): value is number =>
  typeof value === "number" && value >= least && value <= most;

const rejected = (rejection: string): HeaderRead => ({ kind: "rejected", rejection });
