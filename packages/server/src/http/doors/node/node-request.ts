/** A node:http request as the operations see it. */

import type { IncomingMessage } from "node:http";
import { HTTP_HEADER } from "@perennial/protocol";
import type { Config } from "../../../config.ts";
import type { StoredBytes } from "../../../stream/records.ts";
import type { BodyBudget } from "../../limits/body-budget.ts";
import { originOf } from "../../message/origin.ts";
import { rawHeader } from "../../message/raw-headers.ts";
import type { HttpRequest } from "../../message/request.ts";
import { type Parsed, type RequestProblem, refuse } from "../../problems.ts";
import { receiveBody } from "./receive-body.ts";

export class NodeRequest implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly #message: IncomingMessage;
  readonly #config: Config;
  readonly #budget: BodyBudget;
  readonly #beforeBody: (() => Promise<void>) | undefined;
  /** Gives back what the body holds of the budget. */
  #release: (() => void) | undefined;

  /** @param beforeBody called when an operation asks for the body, which is received once it resolves */
  constructor(
    message: IncomingMessage,
    config: Config,
    budget: BodyBudget,
    beforeBody?: () => Promise<void>,
  ) {
    this.method = message.method!;
    this.target = originForm(message.url!);
    this.#message = message;
    this.#config = config;
    this.#budget = budget;
    this.#beforeBody = beforeBody;
  }

  header(name: string): string | undefined {
    return rawHeader(this.#message.rawHeaders, name);
  }

  origin(): string {
    return originOf(this, this.#config);
  }

  /** A body that is coded before it is cut into chunks is one that we cannot read (RFC 9112, 6.1). */
  transferProblem(): RequestProblem | undefined {
    const coding = this.header(HTTP_HEADER.transferEncoding);
    return coding === undefined || coding.toLowerCase() === "chunked"
      ? undefined
      : { kind: "transfer-coding" };
  }

  body(): Promise<Parsed<StoredBytes>> {
    if (this.#beforeBody === undefined) return this.#receive();
    // A client that asks before it sends is told at once what is certain.
    const announced = this.#announcedLength() ?? 0;
    const refusal = this.#budget.refusal(announced, announced);
    return refusal === undefined
      ? this.#beforeBody().then(() => this.#receive())
      : Promise.resolve(refuse(refusal));
  }

  #receive(): Promise<Parsed<StoredBytes>> {
    return receiveBody(this.#message, this.#announcedLength(), this.#budget, (release) => {
      this.#release = release;
    });
  }

  /** Node's parser has made sure that at most one of the two headers is there, and well-formed. */
  #announcedLength(): number | undefined {
    const length = this.header(HTTP_HEADER.contentLength);
    if (length !== undefined) return Number(length);
    return this.header(HTTP_HEADER.transferEncoding) === undefined ? 0 : undefined;
  }

  /** The operation is done with the body. */
  release(): void {
    this.#release?.();
    this.#release = undefined;
  }

  onDisconnect(listener: () => void): () => void {
    const { socket } = this.#message;
    socket.once("close", listener);
    return () => socket.off("close", listener);
  }
}

/** The absolute form of a target, as it is sent to proxies, means the same as the origin form (RFC 9112, 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith("/")) return target;
  const origin = /^https?:\/\/[^/?#]*/i.exec(target);
  if (origin === null) return target;
  const rest = target.slice(origin[0].length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}
