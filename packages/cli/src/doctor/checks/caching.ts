import { HEADER } from "@perennial/protocol";
import { type Check, fine, problem } from "../finding.ts";
import { through } from "../hops.ts";

const ADVICE = "let the cache honour Cache-Control (no-store, no-cache) and keep the query string in its key";

/** Answers that change are not answered from a cache. */
export const freshAnswers: Check = {
  name: "caching",
  async run(probe) {
    const url = await probe.stream();
    /** The tail as told by requests that must never be cached. */
    const look = async () => {
      const answers = [
        await probe.fetch("HEAD", url),
        await probe.fetch("GET", `${url}?offset=now`),
        await probe.fetch("GET", `${url}?offset=-1`),
      ];
      await Promise.all(answers.map((answer) => answer.arrayBuffer()));
      return answers;
    };
    const before = await look();
    const { headers } = await probe.append(url, "a");
    const tail = headers.get(HEADER.streamNextOffset);
    const after = await look();
    const names = ["HEAD", "GET offset=now", "GET at the tail"];
    const stale = after.findIndex((answer) => answer.headers.get(HEADER.streamNextOffset) !== tail);
    if (stale >= 0) {
      return problem(
        `${names[stale]} still shows what was before an append${through(after[stale]!.headers)}`,
        ADVICE,
      );
    }
    const served = before.concat(after).find((answer) => Number(answer.headers.get("age") ?? 0) > 0);
    if (served === undefined) return fine("what must be fresh is fresh");
    return problem(`an answer that must not be cached has an Age${through(served.headers)}`, ADVICE);
  },
};

/** Reads of different offsets are told apart. */
export const queryInKey: Check = {
  name: "query strings",
  async run(probe) {
    const url = await probe.stream();
    const { headers } = await probe.append(url, "a");
    const middle = headers.get(HEADER.streamNextOffset)!;
    await probe.append(url, "b");
    const whole = await (await probe.fetch("GET", `${url}?offset=-1`)).text();
    const part = await probe.fetch("GET", `${url}?offset=${middle}`);
    const text = await part.text();
    if (whole === "ab" && text === "b") return fine("offset reaches the server");
    return problem(
      `a read from the middle gives ${JSON.stringify(text)} instead of "b"${through(part.headers)}`,
      ADVICE,
    );
  },
};
