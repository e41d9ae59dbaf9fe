/** The stream that the registry is. */
import { STREAM_ROOT } from "@perennial/protocol";
import { JsonStream } from "../shard/json-stream.ts";
import type { Streams } from "../shard/streams.ts";
import { parseEvent, type Said } from "./events.ts";

/** Names of streams are relative to this. */
export const ROOT = `${STREAM_ROOT}/`;

/** What the registry itself is called. */
export const REGISTRY_NAME = "__registry__";

export class RegistryStream extends JsonStream {
  constructor(streams: Streams) {
    super(streams, ROOT + REGISTRY_NAME);
  }

  /** The events that it holds, page by page. */
  async *events(): AsyncGenerator<readonly Said[]> {
    for await (const page of this.pages()) yield page.map(parseEvent).filter((said) => said !== undefined);
  }
}
