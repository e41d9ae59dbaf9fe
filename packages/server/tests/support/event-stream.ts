/** An SSE response as it comes in, cut into events by the letter of the protocol: single LFs and nothing else. */

export interface ReceivedEvent {
  /** The text of the `event:` field, its one blank dropped. */
  readonly event: string | undefined;
  /** The `data:` lines, without the blank that a careless server would put there. */
  readonly data: readonly string[];
  readonly id: string | undefined;
  readonly comments: number;
}

export interface Control {
  readonly streamNextOffset: string;
  readonly streamCursor?: string;
  readonly upToDate?: true;
  readonly streamClosed?: true;
}

export class EventStream {
  readonly response: Response;
  /** Everything received so far. */
  raw = "";
  /** `broken`: the connection was cut before the response was complete. */
  state: "open" | "ended" | "broken" = "open";
  readonly #aborter: AbortController;
  #changed: () => void = () => {};

  private constructor(response: Response, aborter: AbortController) {
    this.response = response;
    this.#aborter = aborter;
    void this.#receive();
  }

  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventStream> {
    const aborter = new AbortController();
    const response = await fetch(url, { headers: { ...headers }, signal: aborter.signal });
    return new EventStream(response, aborter);
  }

  async #receive(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body!) {
        this.raw += decoder.decode(chunk, { stream: true });
        this.#changed();
      }
      this.state = "ended";
    } catch {
      this.state = "broken";
    }
    this.#changed();
  }

  /** Resolves once `reached` holds; it is looked at whenever something comes in. */
  async until(reached: (stream: this) => boolean): Promise<void> {
    while (!reached(this)) {
      if (this.state !== "open") throw new Error(`the stream ${this.state} first:\n${this.raw}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** Resolves when the response is over. */
  async over(): Promise<"ended" | "broken"> {
    while (this.state === "open") {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return this.state;
  }

  /** Complete events, comments apart. */
  get events(): readonly ReceivedEvent[] {
    return this.raw
      .split("\n\n")
      .slice(0, -1)
      .map(parseEvent)
      .filter(({ event, data }) => event !== undefined || data.length > 0);
  }

  get controls(): readonly Control[] {
    return this.events
      .filter(({ event }) => event === "control")
      .map(({ data }) => JSON.parse(data[0]!) as Control);
  }

  /** The payload of each data event, its lines joined by LF. */
  get payloads(): readonly string[] {
    return this.events.filter(({ event }) => event === "data").map(({ data }) => data.join("\n"));
  }

  /** Comment lines, which keep the connection alive. */
  get heartbeats(): number {
    return this.raw.split("\n").filter((line) => line.startsWith(":")).length;
  }

  /** Goes away, as a client does that was closed. */
  close(): void {
    this.#aborter.abort();
  }
}

function parseEvent(block: string): ReceivedEvent {
  let event: string | undefined;
  let id: string | undefined;
  let comments = 0;
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) event = line.slice("event: ".length);
    else if (line.startsWith("data:")) data.push(line.slice("data:".length));
    else if (line.startsWith("id:")) id = line.slice("id:".length);
    else if (line.startsWith(":")) comments += 1;
    else if (line !== "") throw new Error(`not a line of this protocol: ${JSON.stringify(line)}`);
  }
  return { event, data, id, comments };
}
