/**
 * Our package beside the official one and y-websocket, in one run: npm run bench -w @perennial/yjs
 *
 *     open      time and bytes until a document of 100,000 edits is there
 *     editing   CPU time of the server for each edit, with 10 editors and 100 readers
 *     idle      memory of the server for 10,000 documents that nobody looks at
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { encodeFrames } from "@perennial/yjs/core";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { peers, received } from "./peers.mjs";

const { values } = parseArgs({
  options: {
    edits: { type: "string", default: "100000" },
    documents: { type: "string", default: "10000" },
    readers: { type: "string", default: "100" },
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
  },
});
const setting = (name) => Number(values[name]);
const EDITORS = 10;
const EDITS_PER_SECOND = 20;
const AT_ONCE = 50;
const TICKS_PER_SECOND = 100;

const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition, what) {
  for (const end = performance.now() + 120_000; !condition(); await delay(2))
    if (performance.now() > end) throw new Error(`not within two minutes: ${what}`);
}

/** CPU time of a process, user and system, ms. */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /, "")
    .split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** Memory of a process that is its own, MiB. */
function memoryMib(pid) {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))[1]) / 1024;
}

async function opened(peer, url, docId, doc = new Y.Doc(), awareness = new Awareness(doc)) {
  const provider = peer.open(url, docId, doc, awareness);
  await until(() => provider.synced, `${peer.name} in step`);
  return { doc, awareness, provider };
}

function close({ provider, awareness, doc }) {
  provider.destroy();
  awareness.destroy();
  doc.destroy();
}

/** Writes a document by so many single edits, at the end and in the middle; over HTTP 500 of them at a time. */
async function write(peer, url, edits) {
  const writer = await opened(peer, url, "large");
  const doc = peer.isHttp ? new Y.Doc() : writer.doc;
  let updates = [];
  doc.on("update", (update) => updates.push(update));
  const text = doc.getText("text");
  for (let edit = 1; edit <= edits; edit++) {
    text.insert(edit % 10 === 0 ? text.length >> 1 : text.length, "x");
    if (edit % 500 !== 0 && edit !== edits) continue;
    if (peer.isHttp) await post(`${url}/v1/yjs/bench/docs/large`, encodeFrames(updates));
    updates = [];
    await delay(0);
  }
  await until(() => writer.doc.getText("text").length === edits, "all edits came back");
  const probe = await opened(peer, url, "large");
  await until(() => probe.doc.getText("text").length === edits, "all edits at the server");
  close(probe);
  close(writer);
}

async function post(url, body) {
  const headers = { "content-type": "application/octet-stream" };
  const response = await fetch(url, { method: "POST", headers, body });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`POST ${url}: ${response.status}`);
}

async function open(peer, { url }) {
  await write(peer, url, setting("edits"));
  await delay(2000);
  const times = [];
  const bytes = [];
  for (let round = 0; round < 5; round++) {
    received.bytes = 0;
    const began = performance.now();
    const reader = await opened(peer, url, "large");
    await until(() => reader.doc.getText("text").length === setting("edits"), "the whole text");
    times.push(performance.now() - began);
    bytes.push(received.bytes);
    close(reader);
  }
  return { "open, ms": median(times), "open, kB": median(bytes) / 1000 };
}

async function editing(peer, { url, pid }) {
  const all = [];
  for (let at = 0; at < EDITORS + setting("readers"); at++) all.push(await opened(peer, url, "busy"));
  const edits = EDITORS * EDITS_PER_SECOND * setting("seconds");
  await delay(500);
  const before = cpuMs(pid);
  for (let edit = 0; edit < edits; edit++) {
    const { doc } = all[edit % EDITORS];
    doc.getText("text").insert(doc.getText("text").length >> 1, "x");
    await delay(1000 / (EDITORS * EDITS_PER_SECOND));
  }
  // The official provider drops edits when a request fails: what is waited for is that nothing comes any more.
  const seen = () => all.reduce((sum, { doc }) => sum + doc.getText("text").length, 0);
  for (let last = -1; last !== seen(); await delay(1000)) last = seen();
  const used = cpuMs(pid) - before;
  const lost = 1 - seen() / all.length / edits;
  if (lost > 0) console.log(`${peer.name}: ${(lost * 100).toFixed(2)} % of the edits did not arrive`);
  for (const each of all) close(each);
  return { "CPU per edit, ms": used / edits };
}

async function idle(peer, { url, pid }) {
  const before = memoryMib(pid);
  for (let at = 0; at < setting("documents"); at += AT_ONCE)
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, index) => {
        const doc = new Y.Doc();
        doc.getText("text").insert(0, `the text of document ${at + index}`);
        const writer = await opened(peer, url, `idle-${at + index}`, doc);
        doc.getText("text").insert(0, "> ");
        await writer.provider.flush?.();
        await until(() => writer.provider.synced, "written");
        close(writer);
      }),
    );
  await delay(5000);
  return { "10,000 idle, MiB": memoryMib(pid) - before };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

const rows = new Map();
for (let round = 0; round < setting("rounds"); round++)
  for (const peer of await peers())
    for (const workload of [open, editing, ...(round === 0 ? [idle] : [])]) {
      const server = await peer.start();
      try {
        for (const [figure, value] of Object.entries(await workload(peer, server))) {
          const row = rows.get(figure) ?? new Map();
          rows.set(figure, row.set(peer.name, [...(row.get(peer.name) ?? []), value]));
          console.log(`${peer.name}: ${figure} ${value.toFixed(3)}`);
        }
      } finally {
        await server.stop();
      }
    }
console.log("\nmedians");
for (const [figure, row] of rows)
  console.log(
    `${figure.padEnd(20)}${[...row].map(([name, values]) => `${name} ${median(values).toFixed(3)}`).join("   ")}`,
  );
process.exit(0);
