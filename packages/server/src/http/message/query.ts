/** The query of a request target. */
import type { RequestProblem } from "../problems.ts";

/** A parsed query: values by name, and the names that occurred more than once. */
export interface Query {
  readonly values: ReadonlyMap<string, string>;
  readonly repeated: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();
const EMPTY: Query = { values: new Map(), repeated: NOTHING };

/** Parses `a=1&b=2`. Broken percent-encoding is kept as it stands, which no parameter of ours accepts. */
export function parseQuery(text: string): Query {
  if (text === "") return EMPTY;
  const values = new Map<string, string>();
  let repeated: Set<string> | undefined;
  for (const pair of text.split("&")) {
    const equals = pair.indexOf("=");
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    if (values.has(name)) {
      repeated ??= new Set();
      repeated.add(name);
    } else values.set(name, equals < 0 ? "" : decode(pair.slice(equals + 1)));
  }
  return { values, repeated: repeated ?? NOTHING };
}

function decode(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** The problem of a parameter that must not occur twice, if it does. */
export function repeatedParameter(query: Query, parameter: string): RequestProblem | undefined {
  if (!query.repeated.has(parameter)) return undefined;
  return { kind: "bad-parameter", parameter, reason: "was given more than once" };
}
