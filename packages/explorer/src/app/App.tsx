import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { CatalogProvider } from "../catalog/CatalogProvider.tsx";
import { router } from "./router.tsx";

const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 1000 } } });

/** The page: data sources around the routes. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <CatalogProvider>
        <RouterProvider router={router} />
      </CatalogProvider>
    </QueryClientProvider>
  );
}
