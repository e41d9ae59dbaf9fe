/** Editors: a document, its presence, and a provider of either kind. */
import { YjsProvider as OfficialProvider } from "@durable-streams/y-durable-streams";
import { YjsProvider, type YjsProviderOptions } from "@perennial/yjs";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { SERVICE } from "./servers.ts";

/** What both providers have. */
type Provider = Pick<YjsProvider, "synced" | "connected" | "connect" | "disconnect" | "destroy" | "flush"> & {
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "synced", listener: (synced: boolean) => void): unknown;
  on(event: "status", listener: (status: never) => void): unknown;
};

export interface Peer {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  readonly provider: Provider;
  readonly errors: Error[];
  text(): string;
  /** Inserts at the end. */
  type(text: string): void;
  leave(): void;
}

export type PeerOptions = Partial<Omit<YjsProviderOptions, "awareness" | "docId" | "baseUrl">>;

export interface ProviderKind {
  readonly name: string;
  open(serverUrl: string, docId: string, options?: PeerOptions): Peer;
}

function kind(
  name: string,
  make: (options: YjsProviderOptions & { awareness: Awareness }) => Provider,
): ProviderKind {
  return {
    name,
    open(serverUrl, docId, options = {}) {
      const doc = options.doc ?? new Y.Doc();
      const awareness = new Awareness(doc);
      const baseUrl = `${serverUrl}/v1/yjs/${SERVICE}`;
      const provider = make({ ...options, doc, awareness, baseUrl, docId });
      const errors: Error[] = [];
      provider.on("error", (error) => errors.push(error));
      const text = doc.getText("text");
      return {
        ...{ doc, awareness, provider, errors },
        text: () => text.toString(),
        type: (added) => text.insert(text.length, added),
        leave() {
          provider.destroy();
          awareness.destroy();
          doc.destroy();
        },
      };
    },
  };
}

export const OURS = kind("our provider", (options) => new YjsProvider(options));
export const OFFICIAL_PROVIDER = kind(
  "the official provider",
  (options) => new OfficialProvider(options as never) as Provider,
);
