/** Who takes part in a session: a person, or an agent. */
export interface ChatActor {
  /** Up to 128 characters. */
  readonly id: string;
  /** For people to read: one line of up to 80 characters. It is text of whoever wrote it, never markup. */
  readonly name: string;
  /** Default `person`. */
  readonly kind?: "person" | "agent";
}

const ID_MAX = 128;
const NAME_MAX = 80;
/** What would break out of the line of a name, or turn its direction around. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Somebody, by what was said about him; undefined if it is no actor. Names are cut to one line. */
export function actorFrom(value: unknown): ChatActor | undefined {
  const { id, name, kind } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== "string" || id === "" || id.length > ID_MAX || typeof name !== "string") return undefined;
  // Cut by code points: half of one could not be stored.
  const line = [
    ...name
      .slice(0, NAME_MAX * 2)
      .replace(UNPRINTABLE, " ")
      .trim(),
  ]
    .slice(0, NAME_MAX)
    .join("");
  return { id, name: line === "" ? id : line, ...(kind === "agent" && { kind }) };
}
