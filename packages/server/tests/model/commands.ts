/** What may happen to a handful of streams, as plain values that fast-check can make up, print and shrink. */
import fc from "fast-check";

/** A request body, with what it means to a JSON stream worked out by whoever made it up. */
export interface Body {
  /** ASCII. */
  readonly text: string;
  /** The original text of each message; undefined when the text is not JSON. */
  readonly messages: readonly string[] | undefined;
}

export interface Producer {
  readonly id: string;
  readonly epoch: number;
  readonly seq: number;
}

export interface ForkFrom {
  readonly source: string;
  /** Where to fork, as a share of the source's tail ([0, 1]; more lies beyond it); undefined: at the tail. */
  readonly anchorShare: number | undefined;
  readonly subOffset: number;
}

export type Command =
  | {
      readonly kind: "create";
      readonly path: string;
      readonly contentType: string | undefined;
      readonly lifetime: { readonly ttlSeconds?: number; readonly expiresAfterMs?: number };
      readonly maxBytes: number | undefined;
      readonly closed: boolean;
      readonly body: Body;
      readonly fork: ForkFrom | undefined;
    }
  | {
      readonly kind: "append";
      readonly path: string;
      readonly contentType: string | undefined;
      readonly closes: boolean;
      readonly body: Body;
      readonly producer: Producer | undefined;
      readonly streamSeq: string | undefined;
    }
  | { readonly kind: "delete"; readonly path: string }
  | { readonly kind: "head"; readonly path: string }
  /** `share` of the tail; undefined: `now`. */
  | { readonly kind: "read"; readonly path: string; readonly share: number | undefined }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "sweep" };

const JSON_PATHS = ["a", "b"].map((name) => `/v1/stream/${name}`);
const TEXT_PATHS = ["c", "d"].map((name) => `/v1/stream/${name}`);
const PATHS = [...JSON_PATHS, ...TEXT_PATHS];
const EMPTY: Body = { text: "", messages: [] };

/** `value` most of the time, so that most commands have a chance to succeed. */
function mostly<T>(value: T, others: fc.Arbitrary<T>, weight = 8): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: others });
}

/** A path, and the content type that requests to it should have. */
const target = fc.oneof(
  fc.record({
    path: fc.constantFrom(...JSON_PATHS),
    contentType: mostly<string | undefined>(
      "application/json",
      fc.constantFrom("Application/JSON; charset=utf-8", "text/plain", undefined),
    ),
  }),
  fc.record({
    path: fc.constantFrom(...TEXT_PATHS),
    contentType: mostly<string | undefined>(
      "text/plain",
      fc.constantFrom("text/PLAIN;a=b", "application/json", undefined),
    ),
  }),
);
const path = target.map((each) => each.path);

/** Messages whose text is easily mistaken: separators in strings, escapes, nesting, numbers no double can hold. */
const message = fc.constantFrom(
  "1",
  "12345678901234567890",
  '"a,b]"',
  '"\\",{"',
  '{"k":[1,{"k":","}],"k":2}',
  "[1,[2,3]]",
  "null",
);

const body: fc.Arbitrary<Body> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(message, message).map(([left, right]) => array([left, right], " , ")) },
  { weight: 8, arbitrary: fc.array(message, { minLength: 1, maxLength: 3 }).map((all) => array(all, ",")) },
  { weight: 4, arbitrary: message.filter((text) => !text.startsWith("[")).map(single) },
  { weight: 1, arbitrary: fc.constant({ text: "[]", messages: [] }) },
  { weight: 1, arbitrary: fc.constantFrom("{oops}", "1 2", "[1,]").map(broken) },
  { weight: 1, arbitrary: fc.constant(EMPTY) },
);

function array(messages: readonly string[], separator: string): Body {
  return { text: `[${messages.join(separator)}]`, messages };
}

function single(text: string): Body {
  return { text, messages: [text] };
}

function broken(text: string): Body {
  return { text, messages: undefined };
}

const lifetime = mostly<{ readonly ttlSeconds?: number; readonly expiresAfterMs?: number }>(
  {},
  fc.oneof(
    fc.integer({ min: 0, max: 9 }).map((ttlSeconds) => ({ ttlSeconds })),
    fc.constantFrom(2000, 5000, 20_000).map((expiresAfterMs) => ({ expiresAfterMs })),
  ),
  3,
);

const share = fc.constantFrom(0, 0.25, 0.5, 1, 1, 1.5);

const fork = fc.record({
  source: path,
  anchorShare: fc.option(share, { nil: undefined, freq: 3 }),
  subOffset: mostly(0, fc.constantFrom(1, 2, 9), 3),
});

const producer = fc.record({
  id: fc.constantFrom("p", "p", "q", "r"),
  epoch: mostly(0, fc.constantFrom(1, 2), 4),
  seq: fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
});

const create = fc
  .record({
    target,
    lifetime,
    maxBytes: mostly<number | undefined>(undefined, fc.constantFrom(1, 20, 40, 60), 2),
    closed: mostly(false, fc.constant(true)),
    body,
    fork: mostly<ForkFrom | undefined>(undefined, fork, 1),
  })
  .map(({ target, ...rest }) => ({ kind: "create" as const, ...target, ...rest }));

const append = fc
  .record({
    target,
    closes: mostly(false, fc.constant(true), 12),
    body,
    producer: mostly<Producer | undefined>(undefined, producer, 1),
    streamSeq: mostly<string | undefined>(undefined, fc.constantFrom("09", "10", "2", "a", "B"), 4),
  })
  .map(({ target, ...rest }) => ({ kind: "append" as const, ...target, ...rest }));

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: create },
  { weight: 14, arbitrary: append },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), path }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("head" as const), path }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      path,
      share: fc.option(share, { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 500, 999, 1000, 3000),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "sweep" as const }) },
);

/** Every path in use, by a plain open stream. */
const peopled: readonly Command[] = PATHS.map((each) => ({
  kind: "create",
  path: each,
  contentType: JSON_PATHS.includes(each) ? "application/json" : "text/plain",
  lifetime: {},
  maxBytes: undefined,
  closed: false,
  body: EMPTY,
  fork: undefined,
}));

/** A random history of up to eighty commands, on paths that are all free or all in use at first. */
export const history: fc.Arbitrary<readonly Command[]> = fc
  .tuple(fc.constantFrom([], peopled), fc.array(command, { maxLength: 80, size: "max" }))
  .map(([before, commands]) => [...before, ...commands]);

/** Everything that can be looked at, in the end. */
export const lookAround: readonly Command[] = PATHS.flatMap((each) => [
  { kind: "head", path: each },
  { kind: "read", path: each, share: 0 },
]);
