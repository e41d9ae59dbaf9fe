/** The answer to ListObjectsV2. */
import type { ListedObject, ListedObjects } from "../bucket.ts";
import { elements, textOf } from "./xml.ts";

/**
 * What a listing says, by key ascending; undefined when it is none, or no answer to what was asked: whoever goes on behind
 * its last key must get on.
 */
export function readListing(xml: string, prefix: string, after: string): ListedObjects | undefined {
  const isTruncated = textOf(xml, "IsTruncated");
  if (!xml.includes("<ListBucketResult") || isTruncated === undefined) return undefined;
  const objects: ListedObject[] = [];
  let last = after;
  for (const content of elements(xml, "Contents")) {
    const key = textOf(content, "Key") ?? "";
    const bytes = Number(textOf(content, "Size") ?? Number.NaN);
    if (!key.startsWith(prefix) || !isBehind(key, last) || !Number.isSafeInteger(bytes)) return undefined;
    objects.push({ key, bytes });
    last = key;
  }
  const isMore = isTruncated === "true";
  return isMore && objects.length === 0 ? undefined : { kind: "listed", objects, isMore };
}

/** Keys are in the order of their bytes. */
function isBehind(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;
}
