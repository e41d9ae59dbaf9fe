import { type ConnectionStatus, durableStreamConnection, isPassing, retryMs } from "../client/connection.ts";
import { pause, Signal } from "../client/pause.ts";
import { routedSnapshot } from "../client/routed-snapshot.ts";
import { SessionFold } from "../session/fold.ts";
import { looseChunk, type TanStackChunk } from "../types.ts";
import { type ChatAddress, partOf } from "./address.ts";

/** Follows a session: from its newest snapshot on, through whatever breaks. */
export class SessionReader {
  readonly #address: ChatAddress;
  readonly #onChange: () => void;
  #connection: ReturnType<typeof durableStreamConnection> | undefined;
  /** The session as far as it was read. */
  fold = new SessionFold();
  status: ConnectionStatus = "connecting";
  /** Whether all was read once that there was. */
  isLoaded = false;
  /** Why it cannot be read, and never will be. */
  refusal: Error | undefined;
  /** What the last run failed with, until another begins. */
  failure: Error | undefined;

  constructor(address: ChatAddress, onChange: () => void) {
    this.#address = address;
    this.#onChange = onChange;
  }

  /** Follows it until the signal is aborted, the session is closed, or the server refuses for good. A later call goes on. */
  async follow(signal: AbortSignal): Promise<void> {
    this.refusal = undefined;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        this.#connection ??= await this.#begin();
        for await (const chunk of this.#connection.subscribe(signal)) this.#take(chunk);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!isPassing(error)) this.refusal = error instanceof Error ? error : new Error(String(error));
        this.#set("waiting");
        if (this.refusal !== undefined) return;
        await pause(retryMs(failures), new Signal(), signal);
      }
    }
  }

  async #begin(): Promise<ReturnType<typeof durableStreamConnection>> {
    const { api, fetch, headers } = this.#address;
    const url = partOf(this.#address, "snapshot");
    const start = await routedSnapshot({ url, headers: headers(), fetch });
    this.fold = new SessionFold(start?.messages);
    return durableStreamConnection({
      ...{ sendUrl: api, fetchClient: fetch, headers, initialOffset: start?.offset ?? "-1" },
      emitSnapshotOnSubscribe: false,
      onStatus: (status) => this.#set(status),
      onUpToDate: () => {
        this.isLoaded = true;
        this.#onChange();
      },
    });
  }

  #take(chunk: TanStackChunk): void {
    this.fold.add(chunk);
    const { type, message } = looseChunk(chunk) as ReturnType<typeof looseChunk> & { message?: unknown };
    if (type === "RUN_STARTED") this.failure = undefined;
    if (type === "RUN_ERROR")
      this.failure = new Error(typeof message === "string" ? message : "The answer broke off.");
    this.#onChange();
  }

  #set(status: ConnectionStatus): void {
    this.status = status;
    this.#onChange();
  }
}
