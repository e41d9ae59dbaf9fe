// The servers and providers that are measured side by side.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { YjsProvider as OfficialProvider } from "@durable-streams/y-durable-streams";
import { YjsProvider } from "@perennial/yjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const CACHE = join(ROOT, ".cache", "yjs-bench");
const Y_WEBSOCKET = ["y-websocket@2.1.0", "ws@8.23.0"];

/** Starts a program, and waits for its address. */
function launch(args, env = {}) {
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  return new Promise((resolve, reject) => {
    let output = "";
    const look = (chunk) => {
      output += chunk;
      const url = /https?:\/\/[0-9.]+:\d+|running at '[^']*' on port \d+/.exec(output)?.[0];
      if (url !== undefined) resolve({ child, url: url.replace(/^running.* port /, "http://127.0.0.1:") });
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.once("exit", () => reject(new Error(`${args[0]} ended: ${output}`)));
  });
}

/** A running server: its process, and how it is stopped with its data. */
async function running(start) {
  const directory = mkdtempSync(join(tmpdir(), "perennial-yjs-bench-"));
  const { child, url } = await start(directory);
  return {
    url,
    pid: child.pid,
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners("exit");
        child.once("exit", () => {
          rmSync(directory, { recursive: true, force: true });
          resolve();
        });
        child.kill("SIGKILL");
      }),
  };
}

const ours = {
  name: "ours",
  isHttp: true,
  start: () =>
    running((directory) =>
      launch([
        join(ROOT, "packages/cli/bin/perennial.js"),
        "serve",
        "--yjs",
        "--port",
        "0",
        "--data-dir",
        directory,
      ]),
    ),
  open: (url, docId, doc, awareness) =>
    new YjsProvider({ doc, awareness, docId, baseUrl: `${url}/v1/yjs/bench`, disableBc: true }),
};

const official = {
  name: "official",
  isHttp: true,
  start: () =>
    running((directory) =>
      launch([fileURLToPath(new URL("official-server.mjs", import.meta.url)), directory]),
    ),
  open: (url, docId, doc, awareness) =>
    new OfficialProvider({ doc, awareness, docId, baseUrl: `${url}/v1/yjs/bench` }),
};

/** y-websocket comes from npm, on demand; it finds the Yjs of this checkout. */
async function yWebsocket() {
  if (!existsSync(join(CACHE, "node_modules", "y-websocket"))) {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(join(CACHE, "package.json"), '{ "private": true }\n');
    const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", "--legacy-peer-deps"];
    execFileSync("npm", ["install", ...Y_WEBSOCKET, ...flags], { cwd: CACHE, stdio: "inherit" });
  }
  const require = createRequire(join(CACHE, "package.json"));
  const { WebsocketProvider } = await import(
    pathToFileURL(join(CACHE, "node_modules/y-websocket/src/y-websocket.js"))
  );
  const { WebSocket } = require(join(CACHE, "node_modules/ws"));
  class Counted extends WebSocket {
    constructor(...args) {
      super(...args);
      this.on("message", (data) => {
        received.bytes += data.length ?? data.byteLength;
      });
    }
  }
  return {
    name: "y-websocket",
    start: () =>
      running(() =>
        launch([join(CACHE, "node_modules/y-websocket/bin/server.cjs")], {
          PORT: String(20_000 + Math.floor(Math.random() * 20_000)),
          HOST: "127.0.0.1",
        }),
      ),
    open: (url, docId, doc, awareness) =>
      new WebsocketProvider(url.replace("http", "ws"), docId, doc, {
        ...{ awareness, WebSocketPolyfill: Counted, disableBc: true },
      }),
  };
}

/** Bytes of answers, as they are read. */
export const received = { bytes: 0 };

const plainFetch = globalThis.fetch;
globalThis.fetch = async (...args) => {
  const response = await plainFetch(...args);
  if (response.body === null) return response;
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        received.bytes += chunk.length;
        controller.enqueue(chunk);
      },
    }),
  );
  const { status, headers, url } = response;
  return Object.defineProperty(new Response(counted, { status, headers }), "url", { value: url });
};

export const peers = async () => [ours, official, await yWebsocket()];
