import { HEADER, HTTP_HEADER } from "@perennial/protocol";
import { type Check, fine, problem, warning } from "../finding.ts";
import { through } from "../hops.ts";

/** The protocol's response headers arrive. */
export const responseHeaders: Check = {
  name: "response headers",
  async run(probe) {
    const url = await probe.stream();
    const appended = await probe.append(url, "a");
    const read = await probe.fetch("GET", `${url}?offset=-1`);
    await read.text();
    const head = await probe.fetch("HEAD", url);
    const expected: readonly [Response, string, string][] = [
      [appended, "POST", HEADER.streamNextOffset],
      [read, "GET", HEADER.streamNextOffset],
      [read, "GET", HEADER.streamUpToDate],
      [head, "HEAD", HEADER.streamNextOffset],
      [head, "HEAD", HEADER.streamTtl],
    ];
    const missing = expected.filter(([response, , header]) => !response.headers.has(header));
    if (missing.length > 0) {
      const names = [...new Set(missing.map(([, method, header]) => `${header} of ${method}`))].join(", ");
      return problem(
        `stripped: ${names}${through(read.headers)}`,
        "let the proxy pass all Stream-* and Producer-* headers",
      );
    }
    if (read.headers.has(HEADER.etag)) return fine("all arrive");
    return warning(
      `ETag is stripped${through(read.headers)}`,
      "without it nothing can be revalidated; some proxies drop it when they compress",
    );
  },
};

/** The protocol's request headers arrive: an append that the server must refuse, were they there, is refused. */
export const requestHeaders: Check = {
  name: "request headers",
  async run(probe) {
    const url = await probe.stream();
    const producer = {
      [HEADER.producerId]: "doctor",
      [HEADER.producerEpoch]: "0",
      [HEADER.producerSeq]: "5",
    };
    const gap = await probe.append(url, "a", producer);
    if (gap.status !== 409) {
      return problem(
        `Producer-* headers do not reach the server: a gap in the sequence is answered with ${gap.status}${through(gap.headers)}`,
        "let the proxy pass Producer-Id, Producer-Epoch and Producer-Seq; without them retries are stored twice",
      );
    }
    await probe.append(url, "a", { [HEADER.streamSeq]: "b" });
    const regression = await probe.append(url, "a", { [HEADER.streamSeq]: "a" });
    if (regression.status === 409) return fine("Producer-* and Stream-Seq reach the server");
    return problem(
      `Stream-Seq does not reach the server${through(regression.headers)}`,
      "let the proxy pass all Stream-* headers",
    );
  },
};

/** A page on another origin may see the headers it needs. */
export const crossOrigin: Check = {
  name: "cross-origin access",
  async run(probe) {
    const url = await probe.stream();
    const headers = { [HTTP_HEADER.origin]: "https://doctor.example" };
    const read = await probe.fetch("GET", `${url}?offset=-1`, { headers });
    const text = await read.text();
    if (read.status === 403 && text.includes("origin_refused"))
      return fine("refused, as the server is set (--cors-origin lets pages in)");
    const allowed = read.headers.get(HTTP_HEADER.allowOrigin);
    const exposed = (read.headers.get(HTTP_HEADER.exposeHeaders) ?? "").toLowerCase();
    if (allowed === null)
      return warning(
        "browsers on other origins cannot read",
        `fine for servers; for web apps set ${HTTP_HEADER.allowOrigin}, as perennial does for --cors-origin`,
      );
    if (exposed === "*" || exposed.includes(HEADER.streamNextOffset.toLowerCase()))
      return fine(`allowed for ${allowed}`);
    return problem(
      `${HTTP_HEADER.exposeHeaders} lacks ${HEADER.streamNextOffset}${through(read.headers)}`,
      "let the proxy keep the server's CORS headers",
    );
  },
};
