import { RouterProvider } from "@tanstack/react-router";
import { CatalogProvider } from "../catalog/CatalogProvider.tsx";
import { router } from "./router.tsx";

/** The page: data sources around the routes. */
export function App() {
  return (
    <CatalogProvider>
      <RouterProvider router={router} />
    </CatalogProvider>
  );
}
