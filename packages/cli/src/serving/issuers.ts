/** The issuers whose tokens count, by the settings. */
import { readFileSync } from "node:fs";
import type { ServerOptions } from "@perennial/server";
import { usageFailure } from "../failure.ts";
import type { GivenSettings } from "../settings/resolve.ts";

/** What the server takes; what it says, the server checks when it starts. Throws a usage failure for a file that is no JSON. */
export function issuersOf(settings: GivenSettings): Pick<ServerOptions, "issuers"> {
  const path = settings.get("issuers") as string | undefined;
  if (path === undefined) return {};
  try {
    return { issuers: JSON.parse(readFileSync(path, "utf8")) };
  } catch (error) {
    throw usageFailure(`--issuers ${path} cannot be read as JSON: ${(error as Error).message}`);
  }
}
