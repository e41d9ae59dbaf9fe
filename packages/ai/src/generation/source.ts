/** What a source is told when it starts. */
export interface SourceContext<Chunk> {
  /** Aborted when somebody asks for a stop, and when this writer was replaced. Give it to the model. */
  readonly signal: AbortSignal;
  /** What the stream holds already: of a writer that vanished, when this one takes over. */
  readonly written: readonly Chunk[];
}

/** Where chunks come from. A function is called once this writer has the generation to itself, so nothing is paid twice. */
export type Source<Chunk> =
  | AsyncIterable<Chunk>
  | ((context: SourceContext<Chunk>) => AsyncIterable<Chunk> | Promise<AsyncIterable<Chunk>>);

/** How a source came to its end. */
export type SourceEnd =
  | { readonly kind: "completed" }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * Takes all chunks of a source, until the signal is aborted. The source then has the chance to end by itself, and is not
 * waited for.
 */
export async function drain<Chunk>(
  source: Source<Chunk>,
  context: SourceContext<Chunk>,
  take: (chunk: Chunk) => void,
): Promise<SourceEnd> {
  const { signal } = context;
  const stopped = new Promise<"stopped">((resolve) => {
    if (signal.aborted) resolve("stopped");
    signal.addEventListener("abort", () => resolve("stopped"), { once: true });
  });
  let iterator: AsyncIterator<Chunk> | undefined;
  try {
    const opening = Promise.resolve(typeof source === "function" ? source(context) : source);
    const opened = await Promise.race([opening, stopped]);
    if (opened === "stopped") {
      abandon(opening.then((late) => late[Symbol.asyncIterator]()));
      return { kind: "stopped" };
    }
    iterator = opened[Symbol.asyncIterator]();
    while (true) {
      const next = await Promise.race([iterator.next(), stopped]);
      if (next === "stopped") break;
      if (next.done) return { kind: "completed" };
      take(next.value);
    }
    abandon(Promise.resolve(iterator));
    return { kind: "stopped" };
  } catch (error) {
    return signal.aborted ? { kind: "stopped" } : { kind: "failed", error };
  }
}

/** Lets a source go. That it fails then, or never answers, is nobody's concern any more. */
function abandon(opening: Promise<AsyncIterator<unknown>>): void {
  const done = () => undefined;
  opening.then((iterator) => iterator.return?.()).then(done, done);
}
