/** What `dev` and `serve` share: settings, start, signals, stop. */
import { createServer, type Logger, type LogLevel, type ServerOptions } from "@perennial/server";
import { failure } from "../failure.ts";
import { readConfigFile } from "../settings/config-file.ts";
import { checkOptions, type GivenSettings, resolveSettings, serverOptions } from "../settings/resolve.ts";
import type { SettingValue } from "../settings/value.ts";
import { explorerAssets } from "./explorer.ts";
import { boundGarbage } from "./heap.ts";
import { issuersOf } from "./issuers.ts";
import { listenForOperator } from "./operator-socket.ts";
import { signInLines } from "./sign-in-lines.ts";
import { stopSignal } from "./signals.ts";
import { storageOf } from "./storage.ts";
import { tlsOf } from "./tls.ts";
import type { YjsService } from "./yjs.ts";

type Server = ReturnType<typeof createServer>;

/** What a command makes of the common part. */
export interface Serving {
  /** What the argument parser found, by key. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** The command's own defaults, by key. */
  readonly defaults: Readonly<Record<string, SettingValue>>;
  readonly createLogger: (level: LogLevel) => Logger;
  /** Tells the user that the server listens; a person at a terminal in place of the log's first line. */
  readonly announce: (server: Server, about: About) => void;
}

/** What a command may tell besides. */
export interface About {
  readonly logger: Logger;
  readonly storage: string;
  /** Where streams live, `/v1/stream/` among others. */
  readonly streamRoots: readonly string[];
  /** Whether the Stream Explorer is served. */
  readonly explorer: boolean;
  /** How to sign in to the Explorer, in lines; empty where nobody has to, or a log would keep it. */
  readonly signIn: readonly string[];
  /** Whether Yjs documents are served. */
  readonly yjs: boolean;
}

/** Runs until SIGINT or SIGTERM, then drains. Throws `Failure` if the server cannot start. */
export async function runServer({ flags, defaults, createLogger, announce }: Serving): Promise<void> {
  boundGarbage();
  const settings = settingsOf(flags, defaults);
  const logger = createLogger(settings.get("logLevel") as LogLevel);
  const storage = storageOf(settings, logger);
  const explorer = settings.get("explorer") === false ? [] : await explorerAssets(logger);
  const own = serverOptions(settings);
  checkTogether({ ...own, explorer });
  const yjs = settings.get("yjs") === true ? await loadYjs(logger) : undefined;
  const server = createServer({
    ...own,
    ...tlsOf(settings),
    ...issuersOf(settings),
    ...storage.options,
    explorer,
    ...(yjs && { mounts: yjs.mounts }),
    logger,
  });
  const stopped = stopSignal();
  await start(server);
  const { services } = server;
  const operated = { services, url: server.config.publicUrl ?? server.url };
  const stopListening = await listenForOperator(storage.directory, operated, logger);
  if (!process.stderr.isTTY) logger.info({ data: storage.description, ...server.recovery }, "log opened");
  announce(server, {
    logger,
    storage: storage.description,
    streamRoots: streamRoots(own.streamRoot),
    explorer: explorer.length > 0,
    signIn: explorer.length > 0 && isSeen() ? await signInLines(operated) : [],
    yjs: yjs !== undefined,
  });
  const { signal, passed } = await stopped;
  logger.info({ signal }, "stopping: finishing what is under way; once more stops at once");
  await stopListening();
  await yjs?.stop();
  await server.stop();
  logger.info("stopped");
  await passed;
}

/** The one setting that another can forbid. */
function checkTogether(options: ServerOptions): void {
  checkOptions(options, (message) =>
    message
      .replace("streamRoot", "--stream-root")
      .replace("the explorer", "the explorer (--no-explorer leaves it out)"),
  );
}

/** The settings: those given, and the defaults of the command. */
function settingsOf(flags: Serving["flags"], defaults: Serving["defaults"]): GivenSettings {
  const { PERENNIAL_CONFIG, ...environment } = process.env;
  const file = readConfigFile((flags.config as string | undefined) ?? PERENNIAL_CONFIG);
  const given = resolveSettings({ flags, environment, file });
  return new Map([["durability", "fsync"], ...Object.entries(defaults), ...given]);
}

/** Whether what is said is read by a person, and kept nowhere. */
function isSeen(): boolean {
  return process.stderr.isTTY && process.stdout.isTTY;
}

/** Loaded when it is asked for: most servers do without. */
async function loadYjs(logger: Logger): Promise<YjsService> {
  const { yjsService } = await import("./yjs.ts");
  return yjsService(logger);
}

/** The roots that a setting names, each with a slash at its end, and the one that is always there. */
function streamRoots(setting = ""): string[] {
  const named = setting
    .split(",")
    .filter(Boolean)
    .map((root) => (root.endsWith("/") ? root : `${root}/`));
  return [...new Set(["/v1/stream/", ...named])];
}

async function start(server: Server): Promise<void> {
  try {
    await server.start();
  } catch (error) {
    throw failure(startFailure(error as NodeJS.ErrnoException));
  }
}

/** Why the server could not start, and what to do, in one line. */
function startFailure({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "EADDRINUSE":
      return `cannot listen: ${message}. Another program has this port; stop it or choose another with --port`;
    case "EACCES":
      return `cannot listen: ${message}. Ports below 1024 need a privilege; choose a higher one with --port`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `cannot listen: ${message}. --host must be an address of this machine`;
    default:
      return `the server could not start: ${message.replace(/^host /, "--host ").replace("auth: false", "--no-auth")}`;
  }
}
