// The official server over the official Durable Streams server, in one process. Prints its address.
import { DurableStreamTestServer } from "@durable-streams/server";
import { YjsServer } from "@durable-streams/y-durable-streams/server";

const dataDir = process.argv[2];
const streams = new DurableStreamTestServer({ port: 0, dataDir });
const yjs = new YjsServer({ dsServerUrl: await streams.start() });
console.log(await yjs.start());
