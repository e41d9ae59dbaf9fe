/** The few calls of WASI that the engine makes: it reads one file, which is in memory, and says things. It can write nothing. */

const OK = 0;
const BAD_DESCRIPTOR = 8;
const NO_SUCH_FILE = 44;
const READ_ONLY = 69;
const DIRECTORY = 3;
const REGULAR_FILE = 4;
/** The folder that the engine takes all names from. */
const ROOT_FD = 3;
/** Of what the engine says only the end is kept, in characters. */
const MAX_SAID = 4_000;
const ALL_RIGHTS = 0x1fffffffn;

/** The engine gave up, or asked to end. `message` is the last of what it said. */
export class EngineStopped extends Error {
  override readonly name = "EngineStopped";
}

export interface WasiFile {
  /** Its name, without the slash in front. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the engine is instantiated with, for one engine. */
export class Wasi {
  readonly #file: WasiFile;
  readonly #memory: () => ArrayBuffer;
  readonly #positions = new Map<number, number>();
  #next = ROOT_FD + 1;
  #said = "";

  /** @param memory - asked for at each call: it moves as it grows */
  constructor(file: WasiFile, memory: () => ArrayBuffer) {
    this.#file = file;
    this.#memory = memory;
  }

  /** The functions by the names that the engine has for them. Of those that write there are only refusals. */
  readonly imports: WebAssembly.ModuleImports = {
    fd_prestat_get: (fd: number, at: number) => this.#prestat(fd, at),
    fd_prestat_dir_name: (_fd: number, at: number) => this.#nameRoot(at),
    fd_fdstat_get: (fd: number, at: number) => this.#describe(fd, at),
    fd_fdstat_set_flags: () => OK,
    fd_close: (fd: number) => (this.#positions.delete(fd) ? OK : BAD_DESCRIPTOR),
    fd_seek: (fd: number, offset: bigint, whence: number, at: number) =>
      this.#seek(fd, Number(offset), whence, at),
    fd_read: (fd: number, vector: number, count: number, at: number) => this.#read(fd, vector, count, at),
    fd_write: (_fd: number, vector: number, count: number, at: number) => this.#say(vector, count, at),
    path_open: (_fd: number, _flags: number, at: number, length: number, ...rest: number[]) =>
      this.#open(at, length, rest.at(-1)!),
    path_create_directory: () => READ_ONLY,
    path_remove_directory: () => READ_ONLY,
    path_rename: () => READ_ONLY,
    path_unlink_file: () => READ_ONLY,
    proc_exit: () => {
      throw new EngineStopped(this.#said.trim().split("\n").at(-1) || "the engine ended");
    },
  };

  get #view(): DataView {
    return new DataView(this.#memory());
  }

  #prestat(fd: number, at: number): number {
    if (fd !== ROOT_FD) return BAD_DESCRIPTOR;
    this.#view.setUint32(at, 0, true);
    this.#view.setUint32(at + 4, 1, true);
    return OK;
  }

  #nameRoot(at: number): number {
    this.#view.setUint8(at, "/".charCodeAt(0));
    return OK;
  }

  #describe(fd: number, at: number): number {
    this.#view.setUint8(at, fd === ROOT_FD ? DIRECTORY : REGULAR_FILE);
    this.#view.setUint16(at + 2, 0, true);
    this.#view.setBigUint64(at + 8, ALL_RIGHTS, true);
    this.#view.setBigUint64(at + 16, ALL_RIGHTS, true);
    return OK;
  }

  #open(at: number, length: number, result: number): number {
    const name = new TextDecoder().decode(new Uint8Array(this.#memory(), at, length));
    if (name !== this.#file.name) return NO_SUCH_FILE;
    this.#positions.set(this.#next, 0);
    this.#view.setUint32(result, this.#next++, true);
    return OK;
  }

  #seek(fd: number, offset: number, whence: number, at: number): number {
    const position = this.#positions.get(fd);
    if (position === undefined) return BAD_DESCRIPTOR;
    const { length } = this.#file.bytes;
    const base = [0, position, length][whence] ?? 0;
    const found = Math.min(Math.max(base + offset, 0), length);
    this.#positions.set(fd, found);
    this.#view.setBigUint64(at, BigInt(found), true);
    return OK;
  }

  #read(fd: number, vector: number, count: number, at: number): number {
    let position = this.#positions.get(fd);
    if (position === undefined) return BAD_DESCRIPTOR;
    const start = position;
    for (const bytes of this.#buffers(vector, count)) {
      const part = this.#file.bytes.subarray(position, position + bytes.length);
      bytes.set(part);
      position += part.length;
    }
    this.#positions.set(fd, position);
    this.#view.setUint32(at, position - start, true);
    return OK;
  }

  #say(vector: number, count: number, at: number): number {
    let total = 0;
    for (const bytes of this.#buffers(vector, count)) {
      this.#said = (this.#said + new TextDecoder().decode(bytes)).slice(-MAX_SAID);
      total += bytes.length;
    }
    this.#view.setUint32(at, total, true);
    return OK;
  }

  /** The buffers that a vector names. */
  *#buffers(vector: number, count: number): Generator<Uint8Array> {
    for (let index = 0; index < count; index++) {
      const at = this.#view.getUint32(vector + index * 8, true);
      yield new Uint8Array(this.#memory(), at, this.#view.getUint32(vector + index * 8 + 4, true));
    }
  }
}
