import { HTTP_HEADER } from "@perennial/protocol";
import type { Settings } from "../options.ts";

const HOST = /^[A-Za-z0-9._-]+(?::\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](?::\d{1,5})?$/;

/** Where clients reach the proxy: as it was told, or as this one asked. */
export function publicOrigin({ publicUrl, trustProxy }: Settings, request: Request): string {
  if (publicUrl !== undefined) return publicUrl;
  const { protocol, host } = new URL(request.url);
  if (!trustProxy) return `${protocol}//${host}`;
  const [scheme] = (request.headers.get(HTTP_HEADER.forwardedProto) ?? "").split(",");
  const [name = ""] = (request.headers.get(HTTP_HEADER.forwardedHost) ?? "").split(",");
  const isScheme = scheme?.trim() === "https" || scheme?.trim() === "http";
  return `${isScheme ? `${scheme.trim()}:` : protocol}//${HOST.test(name.trim()) ? name.trim() : host}`;
}
