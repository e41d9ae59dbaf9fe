import { DurableStreamTestServer } from "@durable-streams/server";

/** Started as a child: `node reference-main.js PORT [DATA-DIRECTORY]`; ends on SIGTERM. */
const [port, dataDir] = process.argv.slice(2);
const server = new DurableStreamTestServer({
  port: Number(port),
  ...(dataDir === undefined ? {} : { dataDir }),
});
await server.start();
process.once("SIGTERM", () => process.exit(0));
