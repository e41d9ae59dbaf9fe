/** The page's addresses. The server answers all of them with the same page (build/embed.js). */
import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { MultiplayerPage } from "../multiplayer/MultiplayerPage.tsx";
import { Overview } from "../overview/Overview.tsx";
import { StreamPage } from "../stream/StreamPage.tsx";
import { parseStreamSearch } from "../stream/stream-search.ts";
import { SubscriptionsPage } from "../subscriptions/SubscriptionsPage.tsx";
import { Shell } from "./Shell.tsx";
import { STREAM_PAGE, streamAddresses } from "./stream-addresses.ts";

const root = createRootRoute({ component: Shell });

const overview = createRoute({ getParentRoute: () => root, path: "/", component: Overview });

const streamRoute = createRoute({
  getParentRoute: () => root,
  path: STREAM_PAGE,
  validateSearch: parseStreamSearch,
  component: StreamPage,
});

const multiplayer = createRoute({
  getParentRoute: () => root,
  path: "/multiplayer",
  validateSearch: ({ session }: Record<string, unknown>): { session?: string } =>
    // A short number in the address stays a name.
    typeof session === "string" || typeof session === "number" ? { session: String(session) } : {},
  component: MultiplayerPage,
});

const subscriptions = createRoute({
  getParentRoute: () => root,
  path: "/subscriptions",
  validateSearch: ({ id }: Record<string, unknown>): { id?: string } =>
    typeof id === "string" || typeof id === "number" ? { id: String(id) } : {},
  component: SubscriptionsPage,
});

export const router = createRouter({
  routeTree: root.addChildren([overview, streamRoute, subscriptions, multiplayer]),
  rewrite: streamAddresses,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
