/** What a server with services says of its Explorer. */
import type { ServiceAdmin } from "@perennial/server";
import { signInLink } from "./service-command.ts";

/** Links are long: with more services than this, one is asked for by name. */
const LINKS_MAX = 3;

/** A link for each service that signs in to read it; none for a server without services. */
export async function signInLines({
  services,
  url,
}: {
  readonly services: Pick<ServiceAdmin, "list" | "readToken">;
  readonly url: string;
}): Promise<readonly string[]> {
  const enabled = (await services.list()).filter(({ state }) => state === "enabled");
  if (enabled.length > LINKS_MAX) return ["perennial service link ID"];
  const lines: string[] = [];
  for (const { id } of enabled) {
    const token = await services.readToken(id);
    if (token.kind === "ok") lines.push(`${id}, to read, 15 minutes: ${signInLink(url, token.value)}`);
  }
  return lines;
}
