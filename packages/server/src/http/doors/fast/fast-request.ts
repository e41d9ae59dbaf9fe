/** A request of the fast lane as the operations see it. Its body is there, or given up, before any operation runs. */
import type { Config } from "../../../config.ts";
import type { StoredBytes } from "../../../stream/records.ts";
import type { Access } from "../../access-log.ts";
import { originOf } from "../../message/origin.ts";
import { rawHeader } from "../../message/raw-headers.ts";
import { CLIENT_LEFT } from "../../message/reply.ts";
import type { HttpRequest } from "../../message/request.ts";
import { isRefusal, type Parsed } from "../../problems.ts";
import type { BodyEnd } from "../wire.ts";
import type { FastHead } from "./request-shape.ts";

export class FastRequest implements HttpRequest, Access {
  readonly method: string;
  readonly target: string;
  readonly startedAt: number;
  /** Of the reply; until there is one, that of a client which did not wait for it. */
  status = CLIENT_LEFT.status;
  /** How the reply's body ended, once that is known. */
  end: BodyEnd | undefined;
  /** Whether the reply goes on for as long as its client stays. */
  isLive = false;
  /** Called when the client goes away before there is a reply. */
  disconnected: (() => void) | undefined;
  readonly #head: FastHead;
  readonly #body: Parsed<StoredBytes>;
  #askedForBody = false;
  readonly #config: Config;

  /** @param body the body, or why there is none */
  constructor(head: FastHead, body: Parsed<StoredBytes>, config: Config) {
    this.method = head.method;
    this.target = head.target;
    this.startedAt = config.accessLog ? performance.now() : 0;
    this.#head = head;
    this.#body = body;
    this.#config = config;
  }

  header(name: string): string | undefined {
    return rawHeader(this.#head.rawHeaders, name);
  }

  origin(): string {
    return originOf(this, this.#config);
  }

  body(): Parsed<StoredBytes> {
    this.#askedForBody = true;
    return this.#body;
  }

  /** Whether the reply may take for ever, so that somebody must notice when the client goes away. */
  get mayWait(): boolean {
    return this.isLive || this.disconnected !== undefined;
  }

  /**
   * What became of the body: `refused` while its rest still arrives, `cut` when it never came whole, `missed` when the
   * answer says so.
   */
  get bodyFate(): "whole" | "refused" | "cut" | "missed" {
    if (this.#body.kind === "ok") return "whole";
    if (isRefusal(this.#body.rejection)) return "refused";
    return this.#askedForBody ? "missed" : "cut";
  }

  onDisconnect(listener: () => void): () => void {
    this.disconnected = listener;
    return () => {
      if (this.disconnected === listener) this.disconnected = undefined;
    };
  }
}
