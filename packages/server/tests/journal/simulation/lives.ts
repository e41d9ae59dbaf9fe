/**
 * What the simulation knows about streams, and the judge of what a recovered server shows of them:
 *
 *     acknowledged  is in  recovered  is in  attempted
 *
 * A life is one stream from its creation to its deletion; its first bytes are unique and so tell it from other
 * lives of the same path. Each append is a unique token, so a stream's bytes say which appends it holds.
 */
import type { Stream } from "../../../src/catalog/stream.ts";
import type { Shard } from "../../../src/shard/shard.ts";
import { ownStart } from "../../../src/stream/state.ts";
import { contentAtOnce } from "../../support/content.ts";

/** What is known of something that was asked for: nothing yet, that it happened, or that it can never show. */
export type Fate = "unknown" | "acknowledged" | "refused";

export interface Attempt {
  readonly token: string;
  readonly closes: boolean;
  readonly producer: { readonly id: string; readonly epoch: number; readonly seq: number } | undefined;
  fate: Fate;
  /** The position after it, once acknowledged. */
  end: number | undefined;
}

export interface Life {
  readonly path: string;
  /** For forks: the source, and the bytes that were inherited from it. */
  readonly source: Life | undefined;
  readonly inherited: string;
  /** Its limit, own or inherited. */
  readonly maxBytes: number | undefined;
  /** The creation, with its first bytes, then the appends. */
  readonly attempts: Attempt[];
  ended: "no" | "unknown" | "acknowledged";
  /** How often its deletion was asked for. */
  removals: number;
  /** The longest content that a reader has seen. */
  seen: string;
  /** Per producer: the sequence number of the next new append. */
  readonly nextSeq: Map<string, number>;
}

/** The simulation found the law broken. */
export class LawBroken extends Error {
  override readonly name = "LawBroken";
}

export function law(holds: boolean, broken: () => string): void {
  if (!holds) throw new LawBroken(broken());
}

/** All durable bytes of a stream, inherited ones included. */
export function contentOf(shard: Shard, stream: Stream): string {
  return contentAtOnce(shard, stream, 0, stream.visibleTail);
}

/** Splits a stream's own bytes into tokens. */
function tokensOf(own: string, path: string): string[] {
  const tokens = own.match(/\[[^\]]*\]/g) ?? [];
  law(tokens.join("") === own, () => `${path} holds bytes that are no whole appends: ${own.slice(0, 200)}`);
  return tokens;
}

/** Finds the life that a stream shows. */
export function lifeOf(lives: readonly Life[], stream: Stream, content: string): Life {
  const own = content.slice(ownStart(stream.state));
  const first = tokensOf(own, stream.state.path)[0];
  const life = lives.find(({ path, attempts }) => path === stream.state.path && attempts[0]!.token === first);
  law(life !== undefined, () => `${stream.state.path} holds a life that was never attempted: ${first}`);
  return life!;
}

/** Judges a live stream against its life. `mayLose`: acknowledged appends at the end may be missing. */
export function judgeStream(life: Life, stream: Stream, content: string, mayLose: boolean): void {
  const { path } = life;
  const start = ownStart(stream.state);
  law(content.slice(0, start) === life.inherited, () => `${path} inherits other bytes than it forked`);
  judgeLimit(life, stream, content);
  const held = new Map<Attempt, number>();
  let end = start;
  for (const token of tokensOf(content.slice(start), path)) {
    const attempt = life.attempts.find((candidate) => candidate.token === token);
    law(attempt !== undefined, () => `${path} holds ${token}, which was never appended to it`);
    law(!held.has(attempt!), () => `${path} holds ${token} twice`);
    law(attempt!.fate !== "refused", () => `${path} holds ${token}, which was refused`);
    end += token.length;
    held.set(attempt!, end);
    law(
      attempt!.end === undefined || attempt!.end === end,
      () => `${token} ends at ${end}, not at ${attempt!.end}`,
    );
  }
  for (const attempt of life.attempts) {
    const missing = attempt.fate === "acknowledged" && !held.has(attempt);
    law(!missing || mayLose, () => `${path} has lost ${attempt.token}, which was acknowledged`);
  }
  const kept = content.startsWith(life.seen) || (mayLose && life.seen.startsWith(content));
  law(kept, () => `a reader of ${path} saw bytes that are gone: ${life.seen.slice(content.length)}`);
  judgeProducers(life, stream, [...held.keys()]);
  judgeClosing(life, stream, [...held.keys()]);
}

function judgeLimit({ path, maxBytes }: Life, { state }: Stream, content: string): void {
  law(state.maxBytes === maxBytes, () => `${path} has the limit ${state.maxBytes}, not ${maxBytes}`);
  law(
    maxBytes === undefined || content.length <= maxBytes,
    () => `${path} holds more than ${maxBytes} bytes`,
  );
}

function judgeProducers(life: Life, stream: Stream, held: readonly Attempt[]): void {
  const lastSeq = new Map<string, number>();
  for (const { producer, token } of held) {
    if (producer === undefined) continue;
    const expected = (lastSeq.get(producer.id) ?? -1) + 1;
    law(
      producer.seq === expected,
      () => `${life.path}: ${token} has sequence ${producer.seq}, not ${expected}`,
    );
    lastSeq.set(producer.id, producer.seq);
  }
  const remembered = new Map([...(stream.state.producers ?? [])].map(([id, { lastSeq: seq }]) => [id, seq]));
  const told = (seqs: Map<string, number>) => JSON.stringify([...seqs].sort());
  law(
    told(remembered) === told(lastSeq),
    () => `${life.path} remembers ${told(remembered)}, holds ${told(lastSeq)}`,
  );
}

function judgeClosing(life: Life, stream: Stream, held: readonly Attempt[]): void {
  const closing = held.findIndex(({ closes }) => closes);
  law(
    closing >= 0 === stream.state.closed,
    () => `${life.path}: closed is ${stream.state.closed}, not as appended`,
  );
  law(closing < 0 || closing === held.length - 1, () => `${life.path} holds appends after its end`);
}

/** After a recovery there are no unknowns: what is there happened, the rest did not. */
export function learn(life: Life, stream: Stream, content: string): void {
  const held = new Map<string, number>();
  let end = ownStart(stream.state);
  for (const token of tokensOf(content.slice(end), life.path)) {
    end += token.length;
    held.set(token, end);
  }
  const kept = life.attempts.filter(({ token }) => held.has(token));
  life.attempts.splice(0, life.attempts.length, ...kept);
  for (const attempt of kept) {
    attempt.fate = "acknowledged";
    attempt.end = held.get(attempt.token);
  }
  life.seen = content;
  life.nextSeq.clear();
  for (const { producer } of kept)
    if (producer !== undefined) life.nextSeq.set(producer.id, producer.seq + 1);
}
