/**
 * How an operator's commands reach a server that runs: over a socket in its data directory, which nobody but the owner of the
 * directory can open. One line of JSON each way.
 */
import { rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join, relative } from "node:path";
import type { Logger, ServiceAdmin } from "@perennial/server";
import { type Carried, carryOut, parseCommand, type ServiceCommand } from "./service-command.ts";

/** Paths of sockets can be this long on all systems. */
const PATH_MAX = 100;
/** A command is a word and an id. */
const LINE_MAX = 1000;
const PATIENCE_MS = 10_000;

/** Where the socket of a directory is, as short as it can be said. */
function socketPath(directory: string): string {
  const full = join(directory, "operator.sock");
  const near = relative("", full);
  return near.length < full.length ? near : full;
}

/** Listens until the returned function is called, if there is a directory. */
export async function listenForOperator(
  directory: string | undefined,
  { services, url }: { readonly services: ServiceAdmin; readonly url: string },
  logger: Logger,
): Promise<() => Promise<void>> {
  if (directory === undefined) return async () => {};
  const path = socketPath(directory);
  if (path.length > PATH_MAX) {
    logger.warn(
      { path },
      "the data directory's path is too long for a socket: perennial service needs the server stopped",
    );
    return async () => {};
  }
  // The directory is locked, so what is there was left by a process that is gone.
  await rm(path, { force: true });
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    void answer(socket, services, url).catch((error) => {
      logger.error({ err: error }, "a command of the operator failed");
      socket.destroy();
    });
  });
  const fault = await new Promise<Error | undefined>((resolve) =>
    server.once("error", resolve).listen(path, () => resolve(undefined)),
  );
  if (fault !== undefined) {
    logger.warn(
      { err: fault },
      "no socket in the data directory: perennial service needs the server stopped",
    );
    return async () => {};
  }
  return () => new Promise((resolve) => server.close(() => resolve()));
}

async function answer(socket: Socket, services: ServiceAdmin, origin: string): Promise<void> {
  const command = parseCommand(await firstLine(socket, LINE_MAX));
  if (command === undefined) socket.destroy();
  else socket.end(`${JSON.stringify(await carryOut(services, command, origin))}\n`);
}

/** What a running server says to a command; undefined: none listens there. */
export async function askServer(directory: string, command: ServiceCommand): Promise<Carried | undefined> {
  const socket = connect(socketPath(directory));
  const isThere = await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  });
  if (!isThere) return undefined;
  socket.write(`${JSON.stringify(command)}\n`);
  const line = await firstLine(socket);
  if (line === "") throw new Error("the server did not answer; its log says why");
  return JSON.parse(line) as Carried;
}

/** The first line that comes; empty if the socket ends before it, or it is too long. */
function firstLine(socket: Socket, lengthMax = Number.POSITIVE_INFINITY): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > lengthMax) resolve("");
    });
    socket.once("close", () => resolve(""));
  });
}
