import { DurableStream } from "@perennial/client";
import { createServer, type DurableStreamsServer } from "@perennial/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Row } from "./cut-rows.ts";
import { TailPreview } from "./tail-preview.ts";

let server: DurableStreamsServer;
const toServer = ((input, init) => server.fetch(new Request(input, init))) as typeof fetch;
const url = (path: string): string => `http://localhost/v1/stream/${path}`;

beforeAll(() => {
  server = createServer();
});
afterAll(() => server.stop());

async function written(path: string, contentType: string, bodies: readonly string[]): Promise<DurableStream> {
  const handle = await DurableStream.create({ url: url(path), contentType, fetch: toServer });
  for (const body of bodies)
    await toServer(url(path), { method: "POST", body, headers: { "Content-Type": contentType } });
  return handle;
}

/** What a preview tells, the last thing last. */
function previewOf(path: string) {
  const preview = new TailPreview();
  const told: { readonly rows: readonly Row[]; readonly tail: number }[] = [];
  const onChange = (rows: readonly Row[], tail: number): void => void told.push({ rows, tail });
  const types: string[] = [];
  const onType = (contentType: string): void => void types.push(contentType);
  const { signal } = new AbortController();
  const begin = () => preview.begin({ url: url(path), fetch: toServer, signal, from: 0, onType, onChange });
  return { begin, told, types, stop: () => preview.end() };
}

const decoder = new TextDecoder();
const texts = (rows: readonly Row[]): string[] => rows.map(({ bytes }) => decoder.decode(bytes));

test("the newest messages of a long stream have their places, and what comes follows", async () => {
  const batches = Array.from({ length: 100 }, (_, batch) =>
    JSON.stringify(Array.from({ length: 100 }, (_, n) => ({ n: batch * 100 + n, text: "x".repeat(120) }))),
  );
  const handle = await written("long", "application/json", batches);
  const { begin, told, types, stop } = previewOf("long");
  await begin();
  expect(types).toEqual(["application/json"]);
  const { rows, tail } = told.at(-1)!;
  expect(rows.length).toBeGreaterThan(100);
  // Not all of the append that it begins in.
  expect(rows.length).toBeLessThan(130);
  expect(rows.at(-1)!.end).toBe(tail);
  expect(JSON.parse(texts(rows).at(-1)!).n).toBe(9999);
  for (const [index, row] of rows.slice(1).entries()) expect(row.position).toBe(rows[index]!.end);
  // A read from a row's place gives that row.
  const first = rows[5]!;
  const offset = `0000000000000000_${String(first.position).padStart(16, "0")}`;
  const [message] = await (await toServer(`${url("long")}?offset=${offset}`)).json();
  expect(JSON.stringify(message)).toBe(texts([first])[0]);
  await handle.append('{"n":10000}');
  await expect.poll(() => texts(told.at(-1)!.rows).at(-1)).toBe('{"n":10000}');
  expect(told.at(-1)!.rows.at(-1)!.position).toBe(tail);
  stop();
  expect(told.at(-1)!.rows).toEqual([]);
});

test("text begins with a whole line, and bytes with a whole row", async () => {
  const line = `${"é".repeat(50)}\n`;
  await written("lines", "text/plain", [line.repeat(20_000), "the end"]);
  const lines = previewOf("lines");
  await lines.begin();
  const { rows } = lines.told.at(-1)!;
  expect(new Set(texts(rows))).toEqual(new Set([line]));
  expect(rows.at(-1)!.end).toBe(20_000 * 101);
  lines.stop();
  await written("bytes", "application/octet-stream", ["0123456789abcdef".repeat(100_000)]);
  const bytes = previewOf("bytes");
  await bytes.begin();
  expect(bytes.told.at(-1)!.rows.every((row) => row.position % 16 === 0)).toBe(true);
  bytes.stop();
});

test("a stream that is short, or not there, has none", async () => {
  await written("short", "application/json", ["[1,2]"]);
  for (const path of ["short", "nowhere"]) {
    const { begin, told } = previewOf(path);
    await begin();
    expect(told).toEqual([]);
  }
});
