import { parseQuery } from "../message/query.ts";
import { TOKEN_PARAMETER } from "./credential.ts";

/** A request target as it may stand in a log: without the token in its query, whichever way that is spelt. */
export function loggable(target: string): string {
  const question = target.indexOf("?");
  if (question < 0) return target;
  const pairs = target.slice(question + 1).split("&");
  const shown = pairs.map((pair) =>
    parseQuery(pair).values.has(TOKEN_PARAMETER) ? `${TOKEN_PARAMETER}=…` : pair,
  );
  return `${target.slice(0, question)}?${shown.join("&")}`;
}
