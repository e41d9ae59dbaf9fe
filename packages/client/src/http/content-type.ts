import { CONTENT_TYPE } from "@perennial/protocol";

/** Whether a response's content type names this type, in lower case; parameters do not matter. */
export function hasType({ headers }: Response, type: string): boolean {
  return (headers.get(CONTENT_TYPE) ?? "").toLowerCase().includes(type);
}
