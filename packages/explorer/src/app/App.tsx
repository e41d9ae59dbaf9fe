import { RouterProvider } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { SignIn } from "../access/SignIn.tsx";
import { session } from "../access/session.ts";
import { CatalogProvider } from "../catalog/CatalogProvider.tsx";
import { router } from "./router.tsx";

/** The page: data sources around the routes, unless the server asks who is there. */
export function App() {
  const reason = useSyncExternalStore(session.subscribe, session.reason);
  if (reason !== undefined) return <SignIn reason={reason} />;
  return (
    <CatalogProvider>
      <RouterProvider router={router} />
    </CatalogProvider>
  );
}
