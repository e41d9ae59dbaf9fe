import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { DurableStream } from "@perennial/client";
import { appendEvents } from "@perennial/state";
import { rolldown } from "rolldown";
import { user } from "../tests/support/board.ts";
import type { App } from "./page.ts";

declare global {
  interface Window {
    readonly stateApp: App;
  }
}

/** The page with React as it is developed with: in production StrictMode does nothing. */
async function bundle(environment: "development" | "production"): Promise<string> {
  const build = await rolldown({
    input: fileURLToPath(new URL("page.ts", import.meta.url)),
    resolve: { conditionNames: ["perennial-source", "import", "default"] },
    transform: { define: { "process.env.NODE_ENV": JSON.stringify(environment) } },
  });
  const { output } = await build.generate({ format: "esm", minify: environment === "production" });
  return output[0].code;
}

/** A web server with the page, in both ways. */
export interface Site {
  /** The address of the page. */
  url(environment: "development" | "production"): string;
  stop(): void;
}

export async function serveSite(): Promise<Site> {
  const pages = { "/development": await bundle("development"), "/production": await bundle("production") };
  const server: Server = createServer(({ url }, response) => {
    const code = pages[url as keyof typeof pages] ?? "";
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>test</title><body><script type="module">${code}</script></body>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: (environment) => `http://127.0.0.1:${port}/${environment}`, stop: () => server.close() };
}

/** A new state stream at an address. */
export const createStateStream = (url: string): Promise<DurableStream> =>
  DurableStream.create({ url, contentType: "application/json", warnOnHttp: false });

/** A new stream with so many rows, each of a key of its own. */
export async function createLargeStream(url: string, rows: number): Promise<DurableStream> {
  const stream = await createStateStream(url);
  for (let from = 0; from < rows; from += 10_000) {
    const numbers = Array.from({ length: Math.min(10_000, rows - from) }, (_, index) => from + index);
    await appendEvents(
      stream,
      numbers.map((number) => user(`user-${number}`, `User ${number}`)),
    );
  }
  return stream;
}
