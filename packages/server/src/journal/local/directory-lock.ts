/**
 * One process per data directory. The kernel holds the lock, as a listening socket, so it is gone the moment its
 * process is, however that ended; there is no stale file to judge by a process number that may have been reused.
 *
 * Two sockets and a file, since each alone has a gap:
 *
 * - an **abstract** socket (Linux). To bind it is atomic, so two processes that start at the same moment cannot both have
 *   it. But containers have separate name spaces. Its name derives from a secret in the directory, so that nobody else can
 *   take it first.
 * - a **file** in the directory, which is found from any container that shares the volume, on the same machine.
 *   Whether its owner lives is found by connecting; to replace a dead one is not atomic, and who replaces the file of
 *   one that lives hides it: that is the gap.
 * - the file **`holder`**, which changes each second while its process lives (`lock-holder.ts`): from another network or
 *   machine that is all there is to see. Who finds it at rest, and cannot ask for its process, waits for a few seconds.
 */
import { createHash, randomUUID } from "node:crypto";
import { chmod, link, readFile, rm, stat, writeFile } from "node:fs/promises";
import net from "node:net";
import { join, relative } from "node:path";
import type { HeldFile } from "./disk-guard.ts";
import { HOLDER_FILE, LockHolder } from "./lock-holder.ts";

const SOCKET_NAME = "lock";
export const SECRET_NAME = "lock.secret";

/** Paths of sockets can be this long on all systems. */
const SOCKET_PATH_MAX = 100;

/** Another process has the directory. */
export class DirectoryInUse extends Error {
  override readonly name = "DirectoryInUse";

  /** @param holder the process id of the other process, as it said */
  constructor(directory: string, holder: string) {
    super(
      `the data directory ${directory} is in use by process ${holder}. ` +
        "Stop that process first, or use another directory.",
    );
  }
}

/** Holds the lock until `release`, or until the process ends. */
export interface DirectoryLock extends HeldFile {
  release(): Promise<void>;
}

/**
 * Takes the lock of a directory that exists.
 *
 * @throws DirectoryInUse when another process has it (or this one, already)
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const servers: net.Server[] = [];
  let holder: LockHolder | undefined;
  const release = async () => {
    await holder?.release();
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  };
  try {
    for (const address of await addressesOf(directory)) {
      const holder = await holderOf(address.path);
      if (holder !== undefined) throw new DirectoryInUse(directory, holder);
      if (address.isFile) await rm(address.path, { force: true });
      const server = await listen(address.path);
      if (server !== undefined && address.isFile) await chmod(address.path, 0o600);
      if (server === undefined)
        throw new DirectoryInUse(directory, (await holderOf(address.path)) ?? "(unknown)");
      servers.push(server);
    }
    const { ino } = await stat(directory, { bigint: true });
    const taken = await LockHolder.take(join(directory, HOLDER_FILE), String(ino));
    if (taken.kind === "rejected") throw new DirectoryInUse(directory, String(taken.rejection.pid));
    holder = taken.value;
  } catch (error) {
    await release();
    throw error;
  }
  const { isInPlace } = holder;
  return { release, isInPlace: isInPlace.bind(holder) };
}

interface Address {
  readonly path: string;
  readonly isFile: boolean;
}

async function addressesOf(directory: string): Promise<readonly Address[]> {
  const { dev, ino } = await stat(directory, { bigint: true });
  if (process.platform === "win32") return [{ path: `\\\\.\\pipe\\perennial-${dev}-${ino}`, isFile: false }];
  const absolute = join(directory, SOCKET_NAME);
  const fromHere = relative(process.cwd(), absolute);
  const path = fromHere.length < absolute.length ? fromHere : absolute;
  const file = path.length <= SOCKET_PATH_MAX ? [{ path, isFile: true }] : [];
  if (process.platform !== "linux") return file;
  const name = createHash("sha256")
    .update(`${await secretOf(directory)} ${dev} ${ino}`)
    .digest("hex");
  return [{ path: `\0perennial-${name.slice(0, 32)}`, isFile: false }, ...file];
}

/** Made once for the directory. Of several that make it at once, the first is everybody's. */
async function secretOf(directory: string): Promise<string> {
  const path = join(directory, SECRET_NAME);
  const attempt = `${path}.${randomUUID()}`;
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  await writeFile(attempt, randomUUID(), { mode: 0o600 });
  try {
    await link(attempt, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(attempt);
  }
  return readFile(path, "utf8");
}

/** Asks whoever listens for its process id; undefined when nobody does. */
function holderOf(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = net.connect(path);
    socket.setTimeout(1000, () => {
      socket.destroy();
      resolve("(it does not answer)");
    });
    socket.setEncoding("utf8");
    socket.on("data", (piece: string) => {
      answer += piece;
    });
    socket.on("end", () => resolve(answer === "" ? "(unknown)" : answer));
    socket.on("error", () => resolve(undefined));
  });
}

/** Listens and tells its process id to whoever connects; undefined when the address is taken. */
function listen(path: string): Promise<net.Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.end(String(process.pid));
    });
    server.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => resolve(server));
    server.unref();
  });
}
