import { FetchError } from "@perennial/client";
import { HEADER } from "@perennial/protocol";
import type { Connection } from "../connection/connection.ts";

/** The content type of a stream, which is created as `contentType` if it does not exist. */
export async function ensureStream(
  connection: Connection,
  url: string,
  contentType: string,
): Promise<string> {
  const existing = await contentTypeOf(connection, url);
  if (existing !== undefined) return existing;
  await connection.request("PUT", url, { headers: { [HEADER.contentType]: contentType } });
  return contentType;
}

async function contentTypeOf(connection: Connection, url: string): Promise<string | undefined> {
  try {
    return (await connection.request("HEAD", url)).headers.get(HEADER.contentType) ?? undefined;
  } catch (error) {
    if (error instanceof FetchError && error.status === 404) return undefined;
    throw error;
  }
}
