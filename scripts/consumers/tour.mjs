// What every consumer runs: write through a handle and a producer, read by promise and by loop, fold a state stream.
export async function tour({ client, state, db, protocol, server: { createServer } }) {
  const server = createServer({ port: 0 });
  await server.start();
  try {
    const url = `${server.url}/v1/stream/tour`;
    const handle = await client.DurableStream.create({ url, contentType: "application/json" });
    await handle.append({ n: 1 });
    const producer = new client.IdempotentProducer(handle, "tour", { autoClaim: true });
    producer.append({ n: 2 });
    await producer.close();
    const seen = [];
    for await (const { n } of client.stream({ url })) seen.push(n);
    if (seen.join() !== "1,2") throw new Error(`read ${seen}`);
    for (const name of [state.createStateSchema, db.createStreamDB, protocol.formatOffset])
      if (typeof name !== "function") throw new Error("an export is missing");
  } finally {
    await server.stop();
  }
}
