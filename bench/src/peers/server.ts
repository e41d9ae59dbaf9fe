import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type Address, exchange } from "../load/exchange.ts";
import { type Cores, pinned } from "../measure/cores.ts";
import { raisePriority } from "../measure/priority.ts";
import type { ServerTrace } from "../measure/server-trace.ts";
import { loopProbeVariable } from "./node-process.ts";
import type { Peer, StartContext } from "./peer.ts";

const START_TIMEOUT_MILLISECONDS = 120_000;
const STOP_TIMEOUT_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 2;

/** What a started server is told beside its peer. */
export interface StartOptions extends Omit<StartContext, "port"> {
  readonly cores: Cores | undefined;
  readonly highPriority: boolean;
  /** Variables that the workload needs the server to have. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** A running server. */
export interface Server {
  readonly address: Address;
  readonly streamRoot: string;
  /** Undefined for a server that was running before. */
  readonly pid: number | undefined;
  /** What its process leaves behind. */
  readonly trace: ServerTrace;
  /** Asks it to end, and makes it after ten seconds. */
  stop(): Promise<void>;
  /** Ends it without a word, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again over the same data; resolves as soon as the process exists. */
  restart(): Promise<void>;
}

/** Starts a peer on a free port and waits until it answers; throws with the end of its output if it does not. */
export async function startServer(peer: Peer, options: StartOptions): Promise<Server> {
  if (peer.origin !== undefined) return runningServer(peer, peer.origin, options);
  const port = await freePort();
  const headers = await peer.prepareData?.(options);
  const address: Address = { host: "127.0.0.1", port, ...(headers && { headers }) };
  const launch = () => launchProcess(peer.command({ ...options, port }) ?? [], options);
  let child = launch();
  const trace = { ...traceFiles(options.artifact), startedAt: Date.now() };
  await untilAnswering(address, child, trace.logFile);
  for (const { method, path } of peer.setup ?? []) await exchange(address, { method, path });
  return {
    address,
    streamRoot: peer.streamRoot,
    trace,
    get pid() {
      return child.pid;
    },
    stop: () => endProcess(child, "SIGTERM"),
    kill: () => endProcess(child, "SIGKILL"),
    restart: async () => {
      child = launch();
    },
  };
}

function runningServer(peer: Peer, origin: URL, options: StartOptions): Server {
  const unsupported = async () => {
    throw new Error("a server given by --url cannot be stopped or restarted");
  };
  return {
    address: { host: origin.hostname, port: Number(origin.port || 80) },
    streamRoot: peer.streamRoot,
    pid: undefined,
    trace: { ...traceFiles(options.artifact), startedAt: Date.now() },
    stop: async () => {},
    kill: unsupported,
    restart: unsupported,
  };
}

function traceFiles(artifact: string): Pick<ServerTrace, "logFile" | "loopFile"> {
  return { logFile: `${artifact}.log`, loopFile: `${artifact}.loop.json` };
}

/** In a process group of its own: an interruption from the terminal is for the benchmark, which ends the server. */
function launchProcess(command: readonly string[], options: StartOptions): ChildProcess {
  const { logFile, loopFile } = traceFiles(options.artifact);
  const log = openSync(logFile, "a");
  const [program, ...parameters] = pinned(command, options.cores);
  const child = spawn(program!, parameters, {
    stdio: ["ignore", log, log],
    detached: true,
    env: { ...options.environment, ...process.env, [loopProbeVariable]: loopFile },
  });
  child.on("error", () => {});
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  child.once("exit", () => process.off("exit", killAtExit));
  closeSync(log);
  if (options.highPriority && child.pid !== undefined) raisePriority(child.pid);
  return child;
}

/** Resolves when anything at all is answered to a request; rejects when the process has ended or time is up. */
async function untilAnswering(address: Address, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MILLISECONDS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.pid === undefined) break;
    const answer = await exchange(address, { method: "HEAD", path: "/v1/stream/ready" }).catch(
      () => undefined,
    );
    if (answer !== undefined) return;
    await delay(POLL_MILLISECONDS);
  }
  await endProcess(child, "SIGKILL");
  throw new Error(`the server did not start: ${readFileSync(logFile, "utf8").trim().slice(-500)}`);
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MILLISECONDS);
  await ended;
  clearTimeout(timer);
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
