/**
 * Where services are kept: a JSON stream in the server's own log, under a path that no request can name, one message for each
 * fact. It is backed up, checked and restored with all others.
 */
import { JsonStream } from "../shard/json-stream.ts";
import type { AllStreams } from "../shard/streams.ts";
import { OWN_ROOT } from "../stream/paths.ts";
import type { ServiceEvent } from "./service.ts";

const PATH = `${OWN_ROOT}services`;

export class ServiceLog {
  readonly #stream: JsonStream;

  constructor(streams: AllStreams) {
    this.#stream = new JsonStream(streams.for(PATH), PATH);
  }

  /** All that was decided, in order; undefined if the server never had a service. */
  async read(): Promise<readonly ServiceEvent[] | undefined> {
    if (!(await this.#stream.exists())) return undefined;
    const events: ServiceEvent[] = [];
    for await (const page of this.#stream.pages()) events.push(...(page as ServiceEvent[]));
    return events;
  }

  /** Resolves once the event is durable. */
  async append(event: ServiceEvent): Promise<void> {
    await this.#stream.create();
    await this.#stream.append([JSON.stringify(event)]);
  }
}
