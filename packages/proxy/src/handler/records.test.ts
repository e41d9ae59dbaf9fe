/** How answers end, whoever ends them: the race is decided by the stream, and all see it alike. */
import { createServer } from "@perennial/server";
import { expect, it } from "vitest";
import { describe } from "../core/stored-type.ts";
import { Backend } from "./backend.ts";
import { Records } from "./records.ts";

const ID = "31de75d7-5f74-4d72-a458-92c1ce3afd24";

/** Two processes that know of one answer. */
async function two(): Promise<{ backend: Backend; here: Records; there: Records }> {
  const backend = new Backend({ dsServer: createServer() });
  const [here, there] = [new Records(backend, 60), new Records(backend, 60)];
  expect(await here.create(ID, describe({ contentType: "text/plain", instance: ID }))).toBe(true);
  return { backend, here, there };
}

/** As its writer closes a stream that is whole. */
async function close(backend: Backend): Promise<number> {
  const producer = { "producer-id": "proxy", "producer-epoch": "0", "producer-seq": "0" };
  const headers = { ...producer, "stream-closed": "true" };
  return (await backend.send("POST", backend.bytes(ID), { headers })).status;
}

it("an answer that ended well stays so, for whoever took its writer for dead", async () => {
  const { backend, here, there } = await two();
  await close(backend);
  expect(await there.settle(ID, "interrupted")).toBe(false);
  for (const records of [here, there]) expect(await records.outcome(ID)).toBe("complete");
});

it("of two reasons the first counts, and its writer finds the stream closed", async () => {
  const { backend, here, there } = await two();
  expect(await there.settle(ID, "aborted")).toBe(true);
  expect(await here.settle(ID, "failed")).toBe(true);
  expect(await close(backend)).toBe(409);
  for (const records of [here, there]) expect(await records.outcome(ID)).toBe("aborted");
});

it("a reason whose writer died before it closed is the one that is found", async () => {
  const { backend, there } = await two();
  await backend.send("PUT", backend.outcome(ID), {
    headers: { "stream-closed": "true", "content-type": "text/plain" },
    body: "timeout",
  });
  expect(await there.settle(ID, "interrupted")).toBe(true);
  expect(await there.outcome(ID)).toBe("timeout");
});

it("deletes all that is kept of an answer, and begins anew under its id", async () => {
  const { here, there } = await two();
  await here.settle(ID, "failed");
  expect(await here.delete(ID)).toBe(true);
  expect(await there.find(ID)).toEqual({ kind: "rejected", rejection: "missing" });
  expect(await here.create(ID, describe({ contentType: "text/plain", instance: ID }))).toBe(true);
  expect(await here.find(ID)).toMatchObject({ kind: "ok", value: { isClosed: false } });
});
