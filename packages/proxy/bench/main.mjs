/**
 * What the proxy costs beside asking the model directly, in one run: npm run bench -w @perennial/proxy
 *
 *     first     time until the first token is there, one answer at a time
 *     cpu       CPU time of the proxy, and of the server of streams, for each 1,000 tokens, with several answers at once
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createDurableFetch, MemoryStorage } from "@perennial/proxy/client";

const { values } = parseArgs({
  options: {
    answers: { type: "string", default: "50" },
    tokens: { type: "string", default: "500" },
    pace: { type: "string", default: "20" },
    first: { type: "string", default: "100" },
    rounds: { type: "string", default: "3" },
  },
});
const setting = (name) => Number(values[name]);
const SECRET = "bench";
const TICKS_PER_SECOND = 100;

/** CPU time of a process, user and system, ms. */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /, "")
    .split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** Starts a process of this bench. It says where it listens. */
async function launch(role, ...args) {
  const script = fileURLToPath(new URL("process.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, role, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  return { url: line.toString().trim(), child };
}

const model = await launch("model");
const streams = await launch("streams");
const proxy = await launch("proxy", streams.url, SECRET);
const proxyUrl = `${proxy.url}/v1/proxy`;
const token = { "stream-proxy-token": SECRET };
const durableFetch = createDurableFetch({
  ...{ proxyUrl, proxyAuthorization: SECRET, storage: new MemoryStorage() },
});
const ways = {
  direct: (path) => fetch(`${model.url}${path}`, { method: "POST", body: "{}" }),
  "base URL": (path) =>
    fetch(`${proxyUrl}/${model.url}${path}`, { method: "POST", body: "{}", headers: token }),
  "durable fetch": (path) => durableFetch(`${model.url}${path}`, { body: "{}" }),
};

/** Ms until the first byte of an answer, which is then read to its end. */
async function timeToFirst(ask) {
  const begun = performance.now();
  const reader = (await ask("/answer?tokens=3&pace=5")).body.getReader();
  await reader.read();
  const time = performance.now() - begun;
  while (!(await reader.read()).done);
  return time;
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

async function measureFirst(ask) {
  const times = [];
  for (let count = 0; count < setting("first"); count++) times.push(await timeToFirst(ask));
  times.sort((a, b) => a - b);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

/** CPU ms of both processes for 1,000 tokens. */
async function measureCpu(ask) {
  const before = [proxy, streams].map(({ child }) => cpuMs(child.pid));
  const path = `/answer?tokens=${setting("tokens")}&pace=${setting("pace")}`;
  const answers = Array.from({ length: setting("answers") }, async () => (await ask(path)).arrayBuffer());
  const lengths = (await Promise.all(answers)).map(({ byteLength }) => byteLength);
  if (new Set(lengths).size !== 1) throw new Error("answers differ");
  const thousands = (setting("answers") * setting("tokens")) / 1000;
  return [proxy, streams].map(({ child }, at) => (cpuMs(child.pid) - before[at]) / thousands);
}

const shown = (number) => number.toFixed(1).padStart(8);
for (const ask of Object.values(ways)) await measureFirst(ask);
console.log(
  "round  way              first p50   p99 ms   proxy CPU ms / 1,000 tokens   server CPU ms / 1,000 tokens",
);
for (let round = 1; round <= setting("rounds"); round++)
  for (const [name, ask] of Object.entries(ways)) {
    const { p50, p99 } = await measureFirst(ask);
    const [proxyCpu, serverCpu] = await measureCpu(ask);
    console.log(
      `${round}      ${name.padEnd(16)} ${shown(p50)} ${shown(p99)}   ${shown(proxyCpu)}                      ${shown(serverCpu)}`,
    );
  }
for (const { child } of [model, streams, proxy]) child.kill();
