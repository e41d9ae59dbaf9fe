/** A way to the server that can be cut and restored, as a train does in a tunnel. */
export class Connection {
  #isCut = false;
  /** Breaks what is under way. */
  readonly #breaks = new Set<() => void>();

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Fails all requests under way, and those to come. */
  cut(): void {
    this.#isCut = true;
    for (const breakOff of this.#breaks) breakOff();
  }

  restore(): void {
    this.#isCut = false;
  }

  /** For the client to use instead of the page's `fetch`. */
  readonly fetch: typeof fetch = async (input, init) => {
    if (this.#isCut) throw new TypeError("the connection is cut");
    const controller = new AbortController();
    const signals = init?.signal ? [init.signal, controller.signal] : [controller.signal];
    const breakOff = (): void => controller.abort(new TypeError("the connection was cut"));
    this.#breaks.add(breakOff);
    const finish = (): void => void this.#breaks.delete(breakOff);
    try {
      const response = await fetch(input, { ...init, cache: "no-cache", signal: AbortSignal.any(signals) });
      if (response.body === null) finish();
      return response.body === null ? response : new Response(passedOn(response.body, finish), response);
    } catch (error) {
      finish();
      throw error;
    }
  };
}

/** The same bytes; tells when they have ended, one way or the other. */
function passedOn(body: ReadableStream<Uint8Array>, onEnd: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        onEnd();
        throw error;
      });
      if (!done) return controller.enqueue(value);
      onEnd();
      controller.close();
    },
    cancel(reason) {
      onEnd();
      return reader.cancel(reason);
    },
  });
}
