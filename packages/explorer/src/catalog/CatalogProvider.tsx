import { createContext, type ReactNode, useEffect, useState } from "react";
import { listStreams } from "../server/listing.ts";
import { Catalog } from "./catalog.ts";

export const CatalogContext = createContext<Catalog | undefined>(undefined);

/** Waits, and for longer in a page that nobody sees: it would only take a connection from one that is seen. */
async function wait(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  while (document.hidden)
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

/** One catalogue for the whole page. */
export function CatalogProvider({ children }: { readonly children: ReactNode }) {
  const [catalog] = useState(() => new Catalog({ list: listStreams, now: Date.now, wait }));
  useEffect(() => catalog.start(), [catalog]);
  return <CatalogContext.Provider value={catalog}>{children}</CatalogContext.Provider>;
}
