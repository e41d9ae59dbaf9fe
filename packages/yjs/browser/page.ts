/** The page under test: a document with its provider, and beside it what `y-indexeddb` keeps. */
import { YjsProvider } from "@perennial/yjs";
import { IndexeddbPersistence } from "y-indexeddb";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";

export interface OpenOptions {
  readonly baseUrl: string;
  readonly docId: string;
  readonly name: string;
  /** Whether this browser keeps a copy. */
  readonly isKept?: boolean;
  readonly connect?: boolean;
}

let doc: Y.Doc;
let awareness: Awareness;
let provider: YjsProvider;

const app = {
  /** Opens a document; resolves when it has what this browser kept. */
  async open({ baseUrl, docId, name, isKept = false, connect = true }: OpenOptions): Promise<void> {
    doc = new Y.Doc();
    awareness = new Awareness(doc);
    awareness.setLocalStateField("user", { name });
    if (isKept) await new IndexeddbPersistence(docId, doc).whenSynced;
    provider = new YjsProvider({ doc, awareness, baseUrl, docId, connect, maxBackoffTime: 200 });
  },
  text: (): string => doc.getText("text").toString(),
  type: (text: string): void => doc.getText("text").insert(doc.getText("text").length, text),
  isSynced: (): boolean => provider.synced,
  names: (): string[] =>
    [...awareness.getStates().values()].map(({ user }) => (user as { name: string }).name).sort(),
};

export type App = typeof app;

Object.assign(window, { yjsApp: app });
