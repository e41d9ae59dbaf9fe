/** A stream as the model has it, and how its units add up to positions. */
import type { Body } from "./commands.ts";

export interface Lifetime {
  readonly ttlSeconds: number | undefined;
  readonly expiresAt: number | undefined;
}

export interface ModelFork {
  readonly source: ModelStream;
  readonly anchor: number;
  readonly subOffset: number;
  /** The source's lifetime when the fork was made. */
  readonly sourceLifetime: Lifetime;
  /** The source's limit. */
  readonly sourceMaxBytes: number | undefined;
}

export interface ModelStream extends Lifetime {
  readonly path: string;
  readonly contentType: string;
  readonly maxBytes: number | undefined;
  readonly fork: ModelFork | undefined;
  /** One byte each, or in JSON mode one message each. */
  readonly units: string[];
  /** How many units lie before each append, ascending. */
  readonly appends: number[];
  closed: boolean;
  closedBy: string | undefined;
  readonly producers: Map<string, { epoch: number; lastSeq: number }>;
  streamSeq: string | undefined;
  lastUse: number;
  readonly forks: Set<ModelStream>;
  softDeleted: boolean;
}

export function media(contentType: string): string {
  return contentType.split(";")[0]!.trim().toLowerCase();
}

export function isJson(stream: { readonly contentType: string }): boolean {
  return media(stream.contentType) === "application/json";
}

/** Stored length: a JSON message is followed by a comma. */
export function width(stream: ModelStream, units: readonly string[] = stream.units): number {
  return units.join("").length + (isJson(stream) ? units.length : 0);
}

/** How many whole units lie before a position; undefined if it is inside one. */
export function unitsBefore(stream: ModelStream, position: number): number | undefined {
  for (let count = 0; count <= stream.units.length; count++) {
    if (width(stream, stream.units.slice(0, count)) === position) return count;
  }
  return undefined;
}

export function unitsOf(json: boolean, body: Body): readonly string[] | undefined {
  return json && body.text !== "" ? body.messages : [...body.text];
}

export function stored(stream: ModelStream, units: readonly string[]): string {
  return isJson(stream) ? units.map((unit) => `${unit},`).join("") : units.join("");
}
