// A process that writes, to be killed. Runs the build.
import { createResumableStreamContext } from "@perennial/adapters/resumable-stream";

const [, , streamsUrl, leaseMs] = process.argv;
const context = createResumableStreamContext({ streamsUrl, waitUntil: null, leaseMs: Number(leaseMs) });
const make = () =>
  new ReadableStream({
    start(controller) {
      controller.enqueue("what was said ");
      controller.enqueue("before");
    },
  });
const stream = await context.resumableStream("answer", make);
let said = "";
for await (const text of stream) {
  said += text;
  if (said === "what was said before") console.log("said");
}
