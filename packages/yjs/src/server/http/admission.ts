/** Which web pages may use a Yjs server that listens: as those of a server of streams may. */
import { mayUse, type Visitor, type Wall, wallRefusal } from "@perennial/protocol";
import { HEADER } from "../../core/headers.ts";
import { errorResponse } from "./errors.ts";

/** Answers a request if its page may ask, for that page alone. */
export async function admitted(
  wall: Wall,
  request: Request,
  answer: (request: Request) => Promise<Response>,
): Promise<Response> {
  const visitor = visitorOf(request);
  const refusal = wallRefusal(wall, visitor);
  const response =
    refusal === undefined
      ? await answer(request)
      : refusal.kind === "unknown-host"
        ? errorResponse("INVALID_REQUEST", UNKNOWN_HOST, 421)
        : errorResponse("FORBIDDEN", ORIGIN_REFUSED);
  return forPage(wall, visitor, response);
}

const UNKNOWN_HOST =
  "this server does not know itself by that name: --public-url (publicUrl) tells it its name, --no-auth (auth: false) opens it to all";
const ORIGIN_REFUSED =
  "pages of this origin may not use this server: --cors-origin (corsOrigin) lets them in, --no-auth (auth: false) opens it to all";

function visitorOf({ method, headers, url }: Request): Visitor {
  return {
    method,
    header: (name) => headers.get(name) ?? undefined,
    origin: () => new URL(url).origin,
  };
}

/** The answer, readable for the page that asked instead of for all. */
function forPage(wall: Wall, visitor: Visitor, { body, status, headers: given }: Response): Response {
  const headers = new Headers(given);
  if (wall.origins.kind !== "any") {
    const origin = visitor.header("Origin");
    headers.append("Vary", "Origin");
    if (origin !== undefined && mayUse(wall, origin, visitor)) headers.set(HEADER.allowOrigin, origin);
    else headers.delete(HEADER.allowOrigin);
  }
  return new Response(body, { status, headers });
}
