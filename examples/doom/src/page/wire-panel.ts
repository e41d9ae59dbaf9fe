/** What goes over the wire, with a word on why. */
import type { Status } from "../worker/messages.ts";
import { element } from "./dom.ts";

export class WirePanel {
  readonly element = element("div", { class: "wire" });
  readonly #numbers = element("dl", {});
  readonly #notes = element("ol", { class: "notes" });
  #last:
    | { readonly at: number; readonly sent: number; readonly received: number; readonly appends: number }
    | undefined;
  #rates = { sent: 0, received: 0, appends: 0 };

  constructor() {
    this.element.append(this.#numbers, this.#notes);
  }

  show(status: Status): void {
    const { wire } = status;
    this.#measure(wire);
    const rows: readonly (readonly [string, string])[] = [
      ["out", `${size(this.#rates.sent)}/s · ${this.#rates.appends.toFixed(0)} appends/s`],
      ["in", `${size(this.#rates.received)}/s`],
      ["frames", `${status.length.toLocaleString("en")} × 9 bytes`],
      ["checked", checksOf(status)],
      ["last seek", status.lastSeekMs === 0 ? "–" : `${status.lastSeekMs} ms`],
      ["not stored yet", status.waiting === 0 ? "nothing" : `${status.waiting} ticks`],
    ];
    this.#numbers.replaceChildren(
      ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    );
    this.#notes.replaceChildren(
      ...wire.notes
        .slice(0, 7)
        .map(({ method, path, status: code, bytes, ms, offset }) =>
          element(
            "li",
            { class: code >= 400 ? "bad" : "" },
            element("b", {}, method),
            element("span", { class: "path" }, streamOf(path)),
            element(
              "span",
              {},
              [bytes > 0 ? `${bytes} B` : "", `${ms} ms`, placeOf(offset)].filter(Boolean).join(" · "),
            ),
          ),
        ),
    );
  }

  #measure(wire: Status["wire"]): void {
    const now = performance.now();
    const last = this.#last;
    if (last !== undefined && now - last.at < 1_000) return;
    const { sentBytes: sent, receivedBytes: received, appends } = wire;
    this.#last = { at: now, sent, received, appends };
    if (last === undefined) return;
    const seconds = (now - last.at) / 1_000;
    const [out, into, count] = [sent - last.sent, received - last.received, appends - last.appends];
    this.#rates = { sent: out / seconds, received: into / seconds, appends: count / seconds };
  }
}

function checksOf({ isMine, checks, differs }: Status): string {
  if (differs) return "differs from the player's";
  return isMine ? "a hash every 2 s" : `${checks} hashes, all equal`;
}

const size = (bytes: number): string =>
  bytes < 1_000 ? `${Math.round(bytes)} B` : `${(bytes / 1_000).toFixed(1)} kB`;

/** The last digits of an offset: the place in the stream. */
const placeOf = (offset: string): string => (offset === "" ? "" : `→ ${Number(offset.split("_").at(-1))}`);

/** Which of a session's streams an address is of. */
function streamOf(path: string): string {
  const [, session, ...below] = path.split("/");
  if (session === "sessions") return "list of sessions";
  return below.length === 0 ? "frames" : below.join("/");
}
