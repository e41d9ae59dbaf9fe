// Beside the SDK's own transport, in alternating rounds: time to the first token, and CPU time per 1,000 tokens of the page, the
// application and the stream server. `npm run bench -w @perennial/ai-sdk`
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createDurableChatTransport } from "@perennial/ai-sdk";
import { DefaultChatTransport } from "ai";

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const CHATS = 10;
const TOKENS = 200;
/** Chats one after the other for the first token: short ones, as their rest is not measured. */
const ALONE = 15;
const ALONE_TOKENS = 3;
const program = fileURLToPath(new URL("child.mjs", import.meta.url));

async function start(...args) {
  const child = fork(program, args);
  const [{ url }] = await once(child, "message");
  return { child, url };
}

/** CPU time of a process so far, in ms. */
async function cpuOf(child) {
  if (child === process) return ms(process.cpuUsage());
  child.send("cpu");
  const [{ cpu }] = await once(child, "message");
  return ms(cpu);
}

const ms = ({ user, system }) => (user + system) / 1000;
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

const streams = await start("streams");
const route = await start("route", streams.url);
const transports = {
  "the SDK's own": new DefaultChatTransport({ api: `${route.url}/sdk` }),
  durable: createDurableChatTransport({ api: `${route.url}/durable` }),
};
const processes = { page: process, application: route.child, streams: streams.child };

/** Reads one answer, and says after how many ms its first token was there. */
async function chat(transport, expected) {
  const began = performance.now();
  let first;
  let tokens = 0;
  const body = { tokens: expected };
  const options = { trigger: "submit-message", chatId: crypto.randomUUID(), messages: [], body };
  for await (const { type } of await transport.sendMessages(options)) {
    if (type !== "text-delta") continue;
    first ??= performance.now() - began;
    tokens++;
  }
  if (tokens !== expected) throw new Error(`${tokens} tokens`);
  return first;
}

async function round(transport) {
  const alone = [];
  for (let n = 0; n < ALONE; n++) alone.push(await chat(transport, ALONE_TOKENS));
  const before = await Promise.all(Object.values(processes).map(cpuOf));
  await Promise.all(Array.from({ length: CHATS }, () => chat(transport, TOKENS)));
  const after = await Promise.all(Object.values(processes).map(cpuOf));
  const thousands = (CHATS * TOKENS) / 1000;
  return { first: median(alone), cpu: after.map((cpu, n) => (cpu - before[n]) / thousands) };
}

const results = Object.fromEntries(Object.keys(transports).map((name) => [name, []]));
for (let n = 0; n <= ROUNDS; n++)
  for (const [name, transport] of Object.entries(transports)) {
    const result = await round(transport);
    // The first one warms up.
    if (n > 0) results[name].push(result);
  }

console.log(
  `medians of ${ROUNDS} alternating rounds; one chat at a time for the first token, ${CHATS} at once for CPU time`,
);
for (const [name, rounds] of Object.entries(results)) {
  const cpu = Object.keys(processes).map(
    (of, n) => `${of} ${median(rounds.map((result) => result.cpu[n])).toFixed(1)}`,
  );
  const first = median(rounds.map((result) => result.first)).toFixed(1);
  console.log(`${name.padEnd(14)} first token ${first} ms; CPU ms per 1,000 tokens: ${cpu.join(", ")}`);
}
process.exit();
