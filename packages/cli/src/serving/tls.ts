/** The certificate and the key of the server, by the settings. */
import { readFileSync } from "node:fs";
import type { ServerOptions } from "@perennial/server";
import { usageFailure } from "../failure.ts";
import { checkOptions, type GivenSettings } from "../settings/resolve.ts";

/** What the server takes. Throws a usage failure that names the file that is missing or wrong. */
export function tlsOf(settings: GivenSettings): Pick<ServerOptions, "tls"> {
  const cert = settings.get("tlsCert") as string | undefined;
  const key = settings.get("tlsKey") as string | undefined;
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined) throw usageFailure("--tls-key needs --tls-cert, the file with its certificate");
  if (key === undefined) throw usageFailure("--tls-cert needs --tls-key, the file with its private key");
  const tls = { cert: read("--tls-cert", cert), key: read("--tls-key", key) };
  checkOptions({ tls }, (message) => `--tls-cert ${cert} and --tls-key ${key}: ${message}`);
  return { tls };
}

function read(flag: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw usageFailure(`${flag} ${path} cannot be read: ${(error as Error).message}`);
  }
}
