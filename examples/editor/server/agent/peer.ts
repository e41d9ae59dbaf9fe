/** The agent as one more peer of a document: a copy of its own, a cursor, and its own provider. */
import { YjsProvider } from "@perennial/yjs";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { FRAGMENT, YJS_PATH } from "../../shared/places.ts";

export type Status = "idle" | "thinking" | "composing";

const USER = { name: "Agent", color: "#7c3aed", role: "agent" };
/** How long it waits for the server at most, ms. */
const PATIENCE_MS = 10_000;

export class AgentPeer {
  readonly doc = new Y.Doc();
  readonly fragment = this.doc.getXmlFragment(FRAGMENT);
  readonly #awareness = new Awareness(this.doc);
  readonly #provider: YjsProvider;
  /** What each run has done, so that it can be taken back as one step. */
  readonly #undo = new Map<string, Y.UndoManager>();
  readonly #maxUndo: number;

  /**
   * @param origin of the server with the documents
   * @param maxUndo how many of its last runs can be taken back
   */
  constructor(origin: string, key: string, maxUndo = 20) {
    this.#maxUndo = maxUndo;
    this.#provider = new YjsProvider({
      ...{ doc: this.doc, awareness: this.#awareness, docId: key },
      baseUrl: origin + YJS_PATH,
      connect: false,
    });
  }

  /** Resolves when it has the document; rejects when the server cannot be reached. */
  async open(): Promise<void> {
    await within(PATIENCE_MS, this.#provider.connect(), "the document cannot be reached");
    if (!this.#provider.synced && !this.#provider.connected)
      throw new Error("the document cannot be reached");
    this.show("idle");
  }

  /** Says what it is doing, and where. */
  show(
    status: Status,
    cursor?: { readonly anchor: Y.RelativePosition; readonly head: Y.RelativePosition },
  ): void {
    this.#awareness.setLocalStateField("user", { ...USER, status });
    const shown = cursor && {
      anchor: Y.relativePositionToJSON(cursor.anchor),
      head: Y.relativePositionToJSON(cursor.head),
    };
    this.#awareness.setLocalStateField("cursor", shown ?? null);
  }

  /** Changes the document on behalf of a run. */
  edit(run: string, change: () => void): void {
    let undo = this.#undo.get(run);
    if (undo === undefined) {
      const trackedOrigins = new Set([run]);
      const captureTimeout = Number.MAX_SAFE_INTEGER;
      undo = new Y.UndoManager(this.fragment, { trackedOrigins, captureTimeout, deleteFilter: isEmptied });
      this.#undo.set(run, undo);
      this.#forgetOldest();
    }
    this.doc.transact(change, run);
  }

  /** Takes back all that a run has done, and nothing that anybody else has. False if it is not remembered any more. */
  takeBack(run: string): boolean {
    const undo = this.#undo.get(run);
    if (undo === undefined || undo.undoStack.length === 0) return false;
    while (undo.undoStack.length > 0) undo.undo();
    undo.destroy();
    this.#undo.delete(run);
    return true;
  }

  /** Resolves when the server has all that was changed; rejects when it does not take it. */
  async saved(): Promise<void> {
    await within(PATIENCE_MS, this.#provider.flush(), "the document cannot be saved");
  }

  /** Leaves the document, with all that was changed sent if the server can be reached. */
  async close(): Promise<void> {
    await this.saved().catch(() => undefined);
    for (const undo of this.#undo.values()) undo.destroy();
    this.#provider.destroy();
    this.#awareness.destroy();
    this.doc.destroy();
  }

  #forgetOldest(): void {
    if (this.#undo.size <= this.#maxUndo) return;
    const [run, oldest] = this.#undo.entries().next().value!;
    oldest.destroy();
    this.#undo.delete(run);
  }
}

/**
 * Whether an undo may delete it. What was written last goes first, so what a block still holds when its turn comes is somebody
 * else's, and the block stays.
 */
function isEmptied({ content }: Y.Item): boolean {
  if (!(content instanceof Y.ContentType)) return true;
  for (let child = content.type._start; child !== null; child = child.right) if (!child.deleted) return false;
  return true;
}

async function within(ms: number, work: Promise<void>, problem: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(problem)), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
