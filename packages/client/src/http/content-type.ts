import { CONTENT_TYPE } from "@perennial/protocol";

/** Whether a response's media type is this one, in lower case, or ends with it; parameters do not matter. */
export function hasType({ headers }: Response, type: string): boolean {
  return (headers.get(CONTENT_TYPE) ?? "").toLowerCase().split(";")[0]!.trim().endsWith(type);
}
