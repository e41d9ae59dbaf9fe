import { createContext, type ReactNode, useEffect, useState } from "react";
import { listStreams } from "../server/listing.ts";
import { Catalog } from "./catalog.ts";

export const CatalogContext = createContext<Catalog | undefined>(undefined);

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One catalogue for the whole page. */
export function CatalogProvider({ children }: { readonly children: ReactNode }) {
  const [catalog] = useState(() => new Catalog({ list: listStreams, now: Date.now, wait }));
  useEffect(() => catalog.start(), [catalog]);
  return <CatalogContext.Provider value={catalog}>{children}</CatalogContext.Provider>;
}
