import * as client from "@perennial/client";
import * as protocol from "@perennial/protocol";
import * as server from "@perennial/server";
import * as state from "@perennial/state";
import * as db from "@perennial/state/db";
import { YjsProvider } from "@perennial/yjs";
import { YjsServer } from "@perennial/yjs/server";
import * as Y from "yjs";
import { tour } from "./tour.mjs";

await tour({ client, state, db, protocol, server });

const yjs = new YjsServer({ dsServer: server.createServer(), compactionThreshold: 1 });
const doc = new Y.Doc();
const provider = new YjsProvider({
  ...{ doc, baseUrl: "http://localhost/v1/yjs/tour", docId: "tour" },
  fetch: (input, init) => yjs.fetch(new Request(input, init)),
});
await provider.connect();
doc.getText("text").insert(0, "hello");
await provider.flush();
await yjs.compactor.idle();
if (yjs.getDocumentState("tour", "tour")?.snapshotOffset == null)
  throw new Error("the document was not compacted");
provider.destroy();
await yjs.stop();
