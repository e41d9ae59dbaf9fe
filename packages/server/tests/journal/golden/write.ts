/**
 * Writes the golden directories of the newest format, by a real server:
 * `PERENNIAL_WRITE_GOLDEN=1 npx vitest run packages/server/tests/journal/golden` after a build. A format that was released
 * is never written again.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../../crash/server-process.ts";
import { BINARY, Http, JSON_TYPE, producer, TEXT } from "../../support/http.ts";
import { observe } from "./observe.ts";
import { pack } from "./pack.ts";

/** How the server ended that wrote the directory. */
export const ENDINGS = ["stopped", "killed"] as const;

/** Streams of every kind, some of which are archived when the server is started again. */
async function begin(http: Http): Promise<void> {
  await http.put("text", { headers: TEXT, body: "hello, " });
  await http.put("empty", { headers: TEXT });
  await http.put("binary", { headers: BINARY, body: Uint8Array.from({ length: 256 }, (_, byte) => byte) });
  await http.put("json", { headers: JSON_TYPE, body: '[{"n":1},{"n":2}, "drei", [4]]' });
  await http.put("long", { headers: TEXT, body: "0123456789".repeat(20_000) });
  await http.put("mortal", { headers: { ...TEXT, "Stream-TTL": "1000000000" }, body: "x" });
  await http.put("dated", { headers: { ...TEXT, "Stream-Expires-At": "2999-12-31T23:59:59Z" } });
  await http.put("limited", { headers: { ...TEXT, "Stream-Max-Bytes": "1000" }, body: "x" });
  await http.put("limited/fork", { headers: { "Stream-Forked-From": http.path("limited") } });
  await http.put("ünïcode/%2F", { headers: TEXT, body: "ü" });
  await http.put("produced", { headers: BINARY });
  await http.post("produced", { headers: { ...BINARY, ...producer("p/ü", 3, 0) }, body: "one" });
  await http.post("produced", { headers: { ...BINARY, ...producer("other", 0, 0) }, body: "two" });
  // More than a stream's row has.
  await http.put("crowded", { headers: TEXT });
  for (let index = 0; index < 200; index++)
    await http.post("crowded", { headers: { ...TEXT, ...producer(`crowd/${index}`, 0, 0) }, body: "x" });
  await http.put("sequenced", { headers: TEXT });
  await http.post("sequenced", { headers: { ...TEXT, "Stream-Seq": "0005" }, body: "five" });
  await http.put("source", { headers: JSON_TYPE, body: '["inherited","also","not"]' });
  const origin = { "Stream-Forked-From": http.path("source"), "Stream-Fork-Sub-Offset": "2" };
  await http.put("fork", {
    headers: { ...origin, "Stream-Fork-Offset": "0000000000000000_0000000000000000" },
  });
  await http.delete("source");
  await http.put("again", { headers: TEXT, body: "the first life" });
  await http.delete("again");
  await http.put("gone", { headers: TEXT, body: "gone" });
}

/** What is in the log alone when the server is killed. */
async function goOn(http: Http): Promise<void> {
  await http.post("text", { headers: TEXT, body: "world" });
  await http.post("json", { headers: { ...JSON_TYPE, "Stream-Closed": "true" }, body: '{"last":true}' });
  await http.post("long", { headers: TEXT, body: "more" });
  await http.post("mortal", { headers: TEXT, body: "y" });
  const own = { "Stream-Forked-From": http.path("limited"), "Stream-Max-Bytes": "2000" };
  await http.put("limited/own", { headers: own, body: "y" });
  await http.post("produced", { headers: { ...BINARY, ...producer("p/ü", 4, 0) }, body: "three" });
  const last = { ...producer("other", 0, 1), "Stream-Closed": "true" };
  await http.post("produced", { headers: { ...BINARY, ...last }, body: "four" });
  await http.post("crowded", { headers: { ...TEXT, ...producer("crowd/77", 0, 1) }, body: "y" });
  await http.post("sequenced", { headers: { ...TEXT, "Stream-Seq": "0006" }, body: "six" });
  await http.post("fork", { headers: JSON_TYPE, body: '"own"' });
  await http.put("again", { headers: JSON_TYPE, body: '"the second life"' });
  await http.put("late/fork", { headers: { "Stream-Forked-From": http.path("text") } });
  await http.delete("gone");
}

/** Writes both directories of the format below `root`, with what clients saw of them. */
export async function writeGolden(root: string, format: number): Promise<void> {
  for (const ending of ENDINGS) {
    const directory = await mkdtemp(join(tmpdir(), "perennial-golden-"));
    const before = await startServer({ directory });
    await begin(new Http(before.url));
    await before.stop();
    const server = await startServer({ directory });
    await goOn(new Http(server.url));
    const seen = await observe(new Http(server.url));
    await (ending === "killed" ? server.kill() : server.stop());
    const target = join(root, `format-${format}`, ending);
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    await pack(directory, join(target, "directory"));
    await writeFile(join(target, "expected.json"), `${JSON.stringify(seen, null, 2)}\n`);
    await rm(directory, { recursive: true });
  }
}
