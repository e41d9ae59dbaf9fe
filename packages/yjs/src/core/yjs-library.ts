/**
 * What the core needs of Yjs, as arguments: `yjs` 13 and `@y/y` 14 are two packages whose classes do not know each other, and
 * a library that imports one of them breaks whoever uses the other.
 */

/** A document, of any Yjs. */
export interface YDoc {
  readonly clientID: number;
  on(event: "update", listener: DocListener): unknown;
  off(event: "update", listener: DocListener): unknown;
}

/** What a document tells of a change. */
export type DocListener = (
  update: Uint8Array,
  origin: unknown,
  doc: unknown,
  transaction: { readonly local: boolean },
) => void;

/** The functions of Yjs: `import * as Y from "yjs"`, or from `@y/y`. */
export interface YjsLibrary {
  readonly Doc: new () => YDoc;
  /** Yjs has it since some version of 13.5. Without it, damaged updates are found only when they are applied. */
  decodeUpdate?(update: Uint8Array): unknown;
  applyUpdate(doc: never, update: Uint8Array, origin?: unknown): void;
  encodeStateAsUpdate(doc: never, stateVector?: Uint8Array): Uint8Array;
  encodeStateVector(doc: never): Uint8Array;
  mergeUpdates(updates: Uint8Array[]): Uint8Array;
  transact(doc: never, change: () => void, origin?: unknown, local?: boolean): unknown;
}

/** What changed in an `Awareness`. */
export interface AwarenessChange {
  readonly added: readonly number[];
  readonly updated: readonly number[];
  readonly removed: readonly number[];
}

/** Who is there: the class `Awareness` of `y-protocols/awareness`, of any version. */
export interface AwarenessLike {
  readonly clientID: number;
  getLocalState(): Record<string, unknown> | null;
  setLocalState(state: Record<string, unknown> | null): void;
  getStates(): Map<number, unknown>;
  on(event: "update", listener: (change: AwarenessChange, origin: unknown) => void): unknown;
  off(event: "update", listener: (change: AwarenessChange, origin: unknown) => void): unknown;
}

/** The functions of `y-protocols/awareness`, or of `@y/protocols/awareness`. */
export interface AwarenessLibrary {
  encodeAwarenessUpdate(awareness: never, clients: number[]): Uint8Array;
  applyAwarenessUpdate(awareness: never, update: Uint8Array, origin: unknown): void;
  removeAwarenessStates(awareness: never, clients: number[], origin: unknown): void;
}
