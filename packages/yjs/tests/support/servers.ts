/** The servers that providers are tried with: ours and the official one, each over both Durable Streams servers. */
import { DurableStreamTestServer } from "@durable-streams/server";
import { YjsServer as OfficialServer } from "@durable-streams/y-durable-streams/server";
import { createServer } from "@perennial/server";
import { YjsServer } from "@perennial/yjs/server";

export interface RunningServer {
  /** Without the service. */
  readonly url: string;
  /** Up to where the newest snapshot of a document goes. */
  snapshotOffset(docPath: string): string | null | undefined;
  stop(): Promise<void>;
}

export interface ServerKind {
  readonly name: string;
  start(compactionThreshold?: number): Promise<RunningServer>;
}

export const SERVICE = "test";
const QUIET = { info: () => undefined, warn: () => undefined };

async function ourStreams() {
  const streams = createServer({ port: 0, stopGraceMs: 0, drainMs: 500 });
  await streams.start();
  return streams;
}

export const EMBEDDED: ServerKind = {
  name: "ours, embedded",
  async start(compactionThreshold) {
    const dsServer = await ourStreams();
    const yjs = new YjsServer({ dsServer, compactionThreshold, logger: QUIET });
    return running(await yjs.start(), yjs, () => dsServer.stop());
  },
};

export const MOUNTED: ServerKind = {
  name: "ours, on the port of the streams",
  async start(compactionThreshold) {
    let streams: ReturnType<typeof createServer> | undefined;
    const dsServer = { fetch: (request: Request) => streams!.fetch(request) };
    const yjs = new YjsServer({ dsServer, compactionThreshold, logger: QUIET });
    streams = createServer({ port: 0, stopGraceMs: 0, drainMs: 500, mounts: [yjs.mount] });
    await streams.start();
    return running(streams.url, yjs, () => streams.stop());
  },
};

export const OURS_IN_FRONT_OF_REFERENCE: ServerKind = {
  name: "ours, in front of the reference server",
  async start(compactionThreshold) {
    const streams = new DurableStreamTestServer({ port: 0 });
    const yjs = new YjsServer({ dsServerUrl: await streams.start(), compactionThreshold, logger: QUIET });
    return running(await yjs.start(), yjs, () => streams.stop());
  },
};

export const OFFICIAL: ServerKind = {
  name: "the official one",
  async start(compactionThreshold = 1024 * 1024) {
    const streams = new DurableStreamTestServer({ port: 0 });
    const yjs = new OfficialServer({ dsServerUrl: await streams.start(), compactionThreshold });
    return running(await yjs.start(), yjs, () => streams.stop());
  },
};

export const OFFICIAL_OVER_OURS: ServerKind = {
  name: "the official one, in front of our streams",
  async start(compactionThreshold = 1024 * 1024) {
    const streams = await ourStreams();
    const yjs = new OfficialServer({ dsServerUrl: streams.url, compactionThreshold });
    return running(await yjs.start(), yjs, () => streams.stop());
  },
};

function running(
  url: string,
  yjs: Pick<OfficialServer, "getDocumentState" | "stop">,
  stopStreams: () => Promise<void>,
): RunningServer {
  return {
    url,
    snapshotOffset: (docPath) => yjs.getDocumentState(SERVICE, docPath)?.snapshotOffset,
    async stop() {
      await yjs.stop();
      await stopStreams();
    },
  };
}
