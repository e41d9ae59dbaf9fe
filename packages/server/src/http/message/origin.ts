import { HTTP_HEADER } from "@perennial/protocol";
import type { Config } from "../../config.ts";
import { isHost } from "./host.ts";
import type { HttpRequest } from "./request.ts";

/**
 * The origin under which the client reached the server: as configured, as a trusted proxy says, or as it asked. What a
 * proxy passes on unchecked and is no host counts for nothing.
 */
export function originOf(request: HttpRequest, config: Config, scheme: string = schemeOf(config)): string {
  if (config.publicUrl !== undefined) return config.publicUrl;
  const forwardedHost = config.trustProxy ? firstOf(request.header(HTTP_HEADER.forwardedHost)) : undefined;
  const forwardedScheme = config.trustProxy ? firstOf(request.header(HTTP_HEADER.forwardedProto)) : undefined;
  const isForwarded = forwardedHost !== undefined && isHost(forwardedHost);
  const host = isForwarded
    ? forwardedHost
    : (request.header(HTTP_HEADER.host) ?? `${config.host}:${config.port}`);
  return `${forwardedScheme === "https" ? "https" : scheme}://${host}`;
}

/** The scheme of what the server's own doors listen for. */
export function schemeOf({ tls }: Config): "http" | "https" {
  return tls === undefined ? "http" : "https";
}

function firstOf(list: string | undefined): string | undefined {
  return list?.split(",", 1)[0]?.trim() || undefined;
}
