import { createContext, type ReactNode, useEffect, useState } from "react";
import { listChanges, listStreams } from "../server/listing.ts";
import { waitInSight } from "../server/wait-in-sight.ts";
import { Catalog } from "./catalog.ts";

export const CatalogContext = createContext<Catalog | undefined>(undefined);

/** One catalogue for the whole page. */
export function CatalogProvider({ children }: { readonly children: ReactNode }) {
  const [catalog] = useState(
    () => new Catalog({ list: listStreams, changes: listChanges, now: Date.now, wait: waitInSight }),
  );
  useEffect(() => catalog.start(), [catalog]);
  return <CatalogContext.Provider value={catalog}>{children}</CatalogContext.Provider>;
}
