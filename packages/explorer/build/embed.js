// The text of a module that holds files.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { constants, gzipSync } from "node:zlib";

/** Types of the files that a build can contain; another kind fails it. */
const CONTENT_TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

/** Places of the page itself. Below the others the page finds its way by the address. */
const PAGE_PATHS = ["/", "/streams/*", "/subscriptions", "/multiplayer"];

/** Files in this folder have the hash of their content in their name. */
const HASHED = "/assets/";

/**
 * A module whose `embeddedAssets()` gives the files of a folder.
 *
 * @param {string} folder of a built page, with an index.html
 */
export function embed(folder) {
  const rows = filesOf(folder, "").flatMap((path) => {
    const body = readFileSync(join(folder, path));
    const paths = path === "/index.html" ? PAGE_PATHS : [path];
    return paths.map((place) => row(place, path, body));
  });
  return `// Made by build/embed.js.
import { gunzipSync } from "node:zlib";

const ROWS = ${JSON.stringify(rows, null, 1)};

export function embeddedAssets() {
  return ROWS.map(([path, contentType, etag, immutable, base64]) => {
    const gzip = Buffer.from(base64, "base64");
    return { path, contentType, etag, immutable, gzip, body: gunzipSync(gzip) };
  });
}
`;
}

function row(place, file, body) {
  const contentType = CONTENT_TYPES[extname(file)];
  if (contentType === undefined) throw new Error(`no content type is known for ${file}`);
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 32);
  const gzip = gzipSync(body, { level: constants.Z_BEST_COMPRESSION });
  return [place, contentType, `"${hash}"`, file.startsWith(HASHED), gzip.toString("base64")];
}

/** Paths of all files below a folder, from it on, sorted. */
function filesOf(folder, below) {
  return readdirSync(join(folder, below))
    .sort()
    .flatMap((name) => {
      const path = `${below}/${name}`;
      return statSync(join(folder, path)).isDirectory() ? filesOf(folder, path) : [path];
    });
}
