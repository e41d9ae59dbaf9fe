import { request } from "node:http";

/** The part of `XMLHttpRequest` that whatwg-fetch uses, over node:http: React Native has the like over its own stack. */
class NodeXmlHttpRequest {
  onload = () => {};
  onerror = () => {};
  ontimeout = () => {};
  onabort = () => {};
  onreadystatechange = () => {};
  readyState = 0;
  responseType = "";
  withCredentials = false;
  status = 0;
  statusText = "";
  responseURL = "";
  response: ArrayBuffer | undefined;
  readonly #headers: Record<string, string> = {};
  #rawHeaders = "";
  #method = "";
  #sent: ReturnType<typeof request> | undefined;

  open(method: string, url: string): void {
    this.#method = method;
    this.responseURL = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  getAllResponseHeaders(): string {
    return this.#rawHeaders;
  }

  send(body?: string | Uint8Array): void {
    const options = { method: this.#method, headers: this.#headers };
    this.#sent = request(this.responseURL, options, async (response) => {
      try {
        const pieces: Buffer[] = [];
        for await (const piece of response) pieces.push(piece);
        const { rawHeaders } = response;
        for (let at = 0; at < rawHeaders.length; at += 2)
          this.#rawHeaders += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
        this.status = response.statusCode ?? 0;
        this.statusText = response.statusMessage ?? "";
        this.response = new Uint8Array(Buffer.concat(pieces)).buffer;
        this.readyState = 4;
        this.onload();
      } catch {
        this.onerror();
      }
    });
    this.#sent.on("error", () => this.onerror());
    this.#sent.end(body ?? undefined);
  }

  abort(): void {
    this.#sent?.destroy();
    this.onabort();
  }
}

/** The `fetch` that React Native ships (whatwg-fetch), whose responses have no `body`. */
export async function reactNativeFetch(): Promise<typeof fetch> {
  Object.assign(globalThis, { XMLHttpRequest: NodeXmlHttpRequest });
  // @ts-expect-error It comes without types.
  const { fetch } = (await import("whatwg-fetch")) as { fetch: typeof globalThis.fetch };
  return fetch;
}
