/**
 * Our package beside the official one and y-websocket, in one run: npm run bench -w @perennial/yjs
 *
 *     open      time and bytes until a document of 100,000 edits is there
 *     editing   CPU time of the server for each edit, with 10 editors, each of `--rate` edits a second, and 100 readers
 *     idle      memory of the server for 10,000 documents that nobody looks at, when `--quiet` seconds have passed
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
    rate: { type: "string", default: "20" },
    seconds: { type: "string", default: "5" },
    quiet: { type: "string", default: "150" },
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "open,editing,idle" },
    peers: { type: "string", default: "ours,official,y-websocket" },
  },
});
const setting = (name) => Number(values[name]);
const EDITORS = 10;
const AT_ONCE = 50;
const TICKS_PER_SECOND = 100;

const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition, what) {
  for (const end = performance.now() + 60_000; !condition(); await delay(2))
    if (performance.now() > end) throw new Error(`not within a minute: ${what}`);
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

/** @param awareness null for none */
async function opened(peer, url, docId, doc = new Y.Doc(), awareness = new Awareness(doc)) {
  const provider = peer.open(url, docId, doc, awareness ?? undefined);
  await until(() => provider.synced, `${peer.name} in step`);
  return { doc, awareness, provider };
}

function close({ provider, awareness, doc }) {
  provider.destroy();
  awareness?.destroy();
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

async function post(url, body, producer = {}) {
  const headers = { "content-type": "application/octet-stream", ...producer };
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

/** Editors write as their providers would, but over HTTP by plain requests: the official provider drops edits under load. */
async function editing(peer, { url, pid }) {
  const editors = [];
  for (let at = 0; at < EDITORS; at++) editors.push(await editor(peer, url));
  const readers = [];
  for (let at = 0; at < setting("readers"); at++)
    readers.push(await opened(peer, url, "busy", new Y.Doc(), null));
  const edits = EDITORS * setting("rate") * setting("seconds");
  await delay(1000);
  const before = cpuMs(pid);
  for (let edit = 0; edit < edits; edit++) {
    editors[edit % EDITORS].edit();
    await delay(1000 / (EDITORS * setting("rate")));
  }
  const arrived = () => readers.every(({ doc }) => doc.getText("text").length === edits);
  await until(arrived, `every edit at every reader of ${peer.name}`);
  const used = cpuMs(pid) - before;
  for (const each of [...editors, ...readers]) close(each);
  return { "CPU per edit, ms": used / edits };
}

async function editor(peer, url) {
  const open = await opened(peer, url, "busy", new Y.Doc(), null);
  if (!peer.isHttp) return { ...open, edit: () => open.doc.getText("text").insert(0, "x") };
  const doc = new Y.Doc();
  const headers = { "producer-id": `editor-${doc.clientID}`, "producer-epoch": "0" };
  let seq = 0;
  let sending = Promise.resolve();
  let isBroken = false;
  doc.on("update", (update) => {
    const numbered = { ...headers, "producer-seq": String(seq++) };
    const send = async () => {
      if (!isBroken) await post(`${url}/v1/yjs/bench/docs/busy`, encodeFrames([update]), numbered);
    };
    // An edit that did not arrive is missed at the readers, which ends the round.
    sending = sending.then(send).catch((error) => {
      isBroken = true;
      console.error(`${peer.name}: ${error.message}`);
    });
  });
  return { ...open, edit: () => doc.getText("text").insert(0, "x") };
}

async function idle(peer, { url, pid }) {
  // A tenth of them first, so that what any work brings, such as code that was compiled, is not counted. Each time memory is
  // looked at when it is what an operator sees of a quiet server, which has collected its garbage.
  const warm = setting("documents") / 10;
  let before = 0;
  for (let at = 0; at < setting("documents") + warm; at += AT_ONCE) {
    if (at === warm) {
      await delay(setting("quiet") * 1000);
      before = memoryMib(pid);
    }
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
  }
  await delay(setting("quiet") * 1000);
  const after = memoryMib(pid);
  return { [`${setting("documents")} idle, MiB`]: after - before, "whole process, MiB": after };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

const rows = new Map();
const chosen = Object.entries({ open, editing, idle }).filter(([name]) =>
  values.only.split(",").includes(name),
);
const measured = (await peers()).filter(({ name }) => values.peers.split(",").includes(name));
for (let round = 0; round < setting("rounds"); round++)
  for (const peer of measured)
    for (const [name, workload] of chosen) {
      if (name === "idle" && round > 0) continue;
      const server = await peer.start();
      try {
        for (const [figure, value] of Object.entries(await workload(peer, server))) {
          const row = rows.get(figure) ?? new Map();
          rows.set(figure, row.set(peer.name, [...(row.get(peer.name) ?? []), value]));
          console.log(`${peer.name}: ${figure} ${value.toFixed(3)}`);
        }
      } catch (error) {
        console.log(`${peer.name}: no figure for ${name}: ${error.message}`);
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
