/** Gives the engine and its data to pages. Both were built by `engine/build.mjs`, and lie outside of this repository. */
import { existsSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Connect } from "vite";
import { BUILT, builtFolder } from "../engine/recipe.mjs";

export const ENGINE_PATH = "/engine";

/** What is served, packed, by its name. */
function packedFiles(): ReadonlyMap<string, { readonly type: string; readonly packed: Buffer }> {
  const folder = builtFolder();
  if (!BUILT.every((name) => existsSync(join(folder, name)))) return new Map();
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  return new Map([
    ["doom.wasm", { type: "application/wasm", packed: gzipSync(read("doom.wasm")) }],
    ["freedoom.wad", { type: "application/octet-stream", packed: read("freedoom.wad.gz") }],
  ]);
}

/** The engine and its data in this process; undefined where they are not built. */
export function loadEngine():
  | { readonly module: WebAssembly.Module; readonly wad: Uint8Array<ArrayBuffer> }
  | undefined {
  const files = packedFiles();
  const [wasm, wad] = [files.get("doom.wasm"), files.get("freedoom.wad")];
  if (wasm === undefined || wad === undefined) return undefined;
  return {
    module: new WebAssembly.Module(gunzipSync(wasm.packed)),
    wad: new Uint8Array(gunzipSync(wad.packed)),
  };
}

/** Answers requests for the engine. A browser keeps it, and asks whether it is still the same. */
export function serveEngine(middlewares: Connect.Server): void {
  const files = packedFiles();
  const etag = `"${builtFolder().slice(-16)}"`;
  middlewares.use(ENGINE_PATH, (request, response: ServerResponse, next) => {
    const file = files.get(request.url?.slice(1).replace(/\?.*/, "") ?? "");
    if (file === undefined) {
      if (files.size > 0) return next();
      response.statusCode = 404;
      return response.end("The engine is not built: node examples/doom/engine/build.mjs");
    }
    response.setHeader("etag", etag);
    response.setHeader("cache-control", "no-cache");
    if (request.headers["if-none-match"] === etag) {
      response.statusCode = 304;
      return response.end();
    }
    response.setHeader("content-type", file.type);
    response.setHeader("content-encoding", "gzip");
    response.end(file.packed);
  });
}
