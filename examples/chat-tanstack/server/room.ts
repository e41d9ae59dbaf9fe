/** Rooms: each a session in a stream of its own, by the id in the address. */
import { type ChatAgent, durableChatRoute } from "@perennial/tanstack-ai";

/** Readers know after so much silence that the process that writes is gone, in ms. */
const LEASE_MS = 4_000;

/**
 * The one route of all rooms. Whoever has the address of a room may read and write it, under any name: a demonstration has no
 * accounts. Yours would look at a cookie here, and say who it is with `actor`.
 */
export function roomRoute(streams: string, agents: readonly ChatAgent[]) {
  return durableChatRoute({
    open: async (request) => {
      const [, id] = /^\/api\/room\/([A-Za-z0-9_-]{1,64})$/.exec(new URL(request.url).pathname) ?? [];
      return id === undefined ? undefined : { stream: { writeUrl: `${streams}/room/${id}` } };
    },
    ...{ agents, leaseMs: LEASE_MS },
    onError: () => "The model could not be reached.",
  });
}
