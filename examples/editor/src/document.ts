/** A document in this page: its copy, its provider, and what is kept in this browser. */
import { YjsProvider } from "@perennial/yjs";
import { IndexeddbPersistence } from "y-indexeddb";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Comment } from "../shared/comment.ts";
import { COMMENTS, FRAGMENT, YJS_PATH } from "../shared/places.ts";
import { type Connection, createConnection } from "./connection.ts";
import type { Person } from "./person.ts";

export interface SharedDocument {
  readonly key: string;
  readonly person: Person;
  readonly doc: Y.Doc;
  readonly text: Y.XmlFragment;
  readonly comments: Y.Map<Comment>;
  readonly awareness: Awareness;
  readonly provider: YjsProvider;
  readonly connection: Connection;
  /** Resolves when what this browser had kept is there: the document can be read without a connection. */
  readonly restored: Promise<unknown>;
  close(): void;
}

export function openDocument(key: string, person: Person): SharedDocument {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const connection = createConnection();
  const local = new IndexeddbPersistence(`perennial-editor/${key}`, doc);
  const provider = new YjsProvider({
    ...{ doc, awareness, docId: key, fetch: connection.fetch },
    baseUrl: new URL(YJS_PATH, location.href).href,
    connect: false,
    maxBackoffTime: 2_000,
  });
  provider.on("error", (error) => console.warn(error.message));
  awareness.setLocalStateField("user", person);
  const restored = local.whenSynced;
  void restored.then(() => provider.connect());
  return {
    ...{ key, person, doc, awareness, provider, connection, restored },
    text: doc.getXmlFragment(FRAGMENT),
    comments: doc.getMap<Comment>(COMMENTS),
    close() {
      provider.destroy();
      void local.destroy();
      awareness.destroy();
      doc.destroy();
    },
  };
}
