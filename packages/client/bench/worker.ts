/**
 * One measured run of one client, in a process of its own.
 *
 * Arguments: client (`ours` or `official`), workload (`producer` or `sse`), address of the stream, messages.
 * Prints one JSON line with what it took.
 */
import * as official from "@durable-streams/client";
import * as ours from "@perennial/client";

const MESSAGE_BYTES = 256;

/** Made beforehand: what it takes to serialise them is not the client's. */
const filler = "x".repeat(MESSAGE_BYTES - JSON.stringify({ n: 1000, filler: "" }).length);
const messages = Array.from({ length: 1000 }, (_, n) => JSON.stringify({ n: 1000 + n, filler }));

type Client = typeof ours | typeof official;

/** Writes `count` messages, measured from when a first tenth is stored: loading and connecting are not throughput. */
async function produce(client: Client, url: string, count: number): Promise<Measured> {
  const handle = await client.DurableStream.connect({ url });
  const errors: Error[] = [];
  const onError = (error: Error) => errors.push(error);
  const producer = new client.IdempotentProducer(handle as never, "bench", { onError });
  const write = async (some: number) => {
    for (let n = 0; n < some; n++) {
      producer.append(messages[n % messages.length] as string);
      // As an application would, now and then let the network have its turn.
      if (n % 1000 === 999) await new Promise((resolve) => setImmediate(resolve));
    }
    await producer.flush();
    if (errors[0] !== undefined) throw errors[0];
  };
  await write(count / 10);
  return await measured(() => write(count));
}

async function consume(client: Client, url: string, count: number): Promise<void> {
  const response = await client.stream<{ n: number }>({ url, live: "sse" });
  let received = 0;
  await new Promise<void>((resolve, reject) => {
    const stop = response.subscribeJson((batch) => {
      received += batch.items.length;
      if (received < count) return;
      stop();
      resolve();
    });
    response.closed.catch(reject);
  });
  if (received !== count) throw new Error(`received ${received} of ${count}`);
}

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

async function measured(work: () => Promise<void>): Promise<Measured> {
  const started = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

const [name, workload, url = "", count = "0"] = process.argv.slice(2);
const client: Client = name === "ours" ? ours : official;
const result =
  workload === "producer"
    ? await produce(client, url, Number(count))
    : await measured(() => consume(client, url, Number(count)));
console.log(JSON.stringify(result));
process.exit(0);
