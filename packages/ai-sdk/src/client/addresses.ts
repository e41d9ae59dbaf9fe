import { CONTENT_TYPE } from "@perennial/protocol";

/** The address of a chat's route below `api`, in front of its query and fragment. */
export function chatRoute(api: string, chatId: string, route: string): string {
  if (chatId === "." || chatId === "..")
    throw new Error(
      `The chat id "${chatId}" cannot be part of an address: give prepare… hooks their own \`api\``,
    );
  const end = api.search(/[?#]/);
  const path = end === -1 ? api : api.slice(0, end);
  return `${path.replace(/\/$/, "")}/${encodeURIComponent(chatId)}/${route}${end === -1 ? "" : api.slice(end)}`;
}

/** The absolute address of a stream that an answer named, which may be relative to the answer's own. */
export function streamAddress(named: string, ...bases: string[]): string {
  const page = typeof window === "undefined" ? undefined : window.location.href;
  for (const base of [undefined, ...bases, page]) {
    if (base === "" || !URL.canParse(named, base)) continue;
    return new URL(named, base).href;
  }
  throw new Error(`Failed to resolve durable stream URL from relative path "${named}".`);
}

/** The address of the stream in an answer: its `Location`, else `streamUrl` of its JSON body. */
export async function streamNamedBy(response: Response): Promise<string> {
  const location = response.headers.get("location");
  if (location) return location;
  if (response.headers.get(CONTENT_TYPE)?.includes("application/json")) {
    const body: unknown = await response.json().catch(() => undefined);
    const streamUrl = (body as { streamUrl?: unknown } | null | undefined)?.streamUrl;
    if (typeof streamUrl === "string" && streamUrl !== "") return streamUrl;
  }
  throw new Error("Missing durable stream URL. Expected Location header or JSON body with streamUrl.");
}
