/**
 * One process per data directory. The kernel holds the lock, as a listening socket, so it is gone the moment its
 * process is, however that ended; there is no stale file to judge by a process number that may have been reused.
 *
 * Two sockets, since each alone has a gap:
 *
 * - an **abstract** one (Linux), named after the directory's device and inode. To bind it is atomic, so two
 *   processes that start at the same moment cannot both have it. But containers have separate name spaces.
 * - a **file** in the directory, which is found from any container that shares the volume, on the same machine.
 *   Whether its owner lives is found by connecting; to replace a dead one is not atomic, which is the gap.
 *
 * A directory that several machines share is not protected, and must not be used by two of them.
 */
import { chmod, rm, stat } from "node:fs/promises";
import net from "node:net";
import { join, relative } from "node:path";

const SOCKET_NAME = "lock";

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
export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Takes the lock of a directory that exists.
 *
 * @throws DirectoryInUse when another process has it (or this one, already)
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const servers: net.Server[] = [];
  const release = async () => {
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
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
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
  return [{ path: `\0perennial-${dev}-${ino}`, isFile: false }, ...file];
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
