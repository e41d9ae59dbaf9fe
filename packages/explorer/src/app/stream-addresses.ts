/**
 * How the address of a stream's page is understood. Outside it is `/streams/chat/1`: the stream's path as it is. The router
 * would decode that and encode it anew, which for `a%3Fb` gives another stream's path. So inside it is one search
 * parameter, `path`, which nobody touches.
 */
import type { LocationRewrite } from "@tanstack/react-router";

/** The page of a stream, inside. */
export const STREAM_PAGE = "/streams";

const PREFIX = `${STREAM_PAGE}/`;

export const streamAddresses: LocationRewrite = {
  input: ({ url }) => {
    if (!url.pathname.startsWith(PREFIX)) return url;
    // As JSON, or the router would take a stream called 7 for a number.
    url.searchParams.set("path", JSON.stringify(url.pathname.slice(PREFIX.length)));
    url.pathname = STREAM_PAGE;
    return url;
  },
  output: ({ url }) => {
    const path = url.searchParams.get("path");
    if (url.pathname !== STREAM_PAGE || path === null) return url;
    url.searchParams.delete("path");
    url.pathname = PREFIX + (path.startsWith('"') ? JSON.parse(path) : path);
    return url;
  },
};
