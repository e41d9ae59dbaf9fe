/**
 * How the pages of the archive's file hang together. LMDB puts no checksum on them. What it does not notice is worst: a
 * list of free pages that is damaged makes the next transaction write over pages that are in use.
 *
 * Every page from the third on is in the tree of the data, in the tree of the free pages, or named free there; none is
 * two of these. All numbers are little-endian. A page, of which positions within count from byte 24:
 *
 *     offset  size
 *      0      8    its own number
 *     18      2    what it is: 1 branch, 2 leaf, 4 the first of some that hold one long value
 *     20      2    twice the count of its nodes (of a long value: 4 bytes, how many pages)
 *     24      2    position of each node
 *
 * A node: size of the value (4; of a branch, the number of the page below in 6), flags (2; 1: the value is the number of
 * the page with a long value), size of the key (2), key, value. The value of a leaf of the free tree is numbers of 8 bytes: how many
 * follow, and then pages; minus n before a page stands for n pages from there on, 0 for none.
 */
import { type FileHandle, open } from "node:fs/promises";
import { UnusableDirectory } from "../unusable-directory.ts";
import { type Described, describedArchive } from "./archive-file.ts";

const HEADER_BYTES = 24;
const NODE_BYTES = 8;
const BRANCH = 1;
const LEAF = 2;
const LONG_VALUE = 4;
const VALUE_IS_ELSEWHERE = 1;
/** The file begins with this many pages that describe it. */
const FIRST_PAGE = 2;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/** What is to be looked at: everything, which takes as long as there is data, or what a transaction relies on to write. */
export type PagesLookedAt = "all" | "free";

/**
 * Makes sure that an archive, which exists and has all of its pages, can be written to without harm. Changes nothing.
 *
 * @throws UnusableDirectory when it cannot
 */
export async function examinePages(path: string, which: PagesLookedAt): Promise<void> {
  const file = await open(path, "r");
  try {
    const described = await describedArchive(file);
    if (described === undefined) return;
    const walk = new PageWalk(file, described);
    await walk.free();
    if (which === "all") await walk.data();
  } catch (error) {
    if (!(error instanceof DamagedPage)) throw error;
    throw new UnusableDirectory(
      `the archive ${path} is damaged: ${error.message}. Nothing was changed. Restore the data directory from a backup ` +
        "(perennial restore), or copy what can be read of it to a new one (perennial backup) and check that.",
    );
  } finally {
    await file.close();
  }
}

class DamagedPage extends Error {
  override readonly name = "DamagedPage";
}

interface Page {
  readonly number: number;
  readonly bytes: Buffer;
  readonly kind: number;
}

class PageWalk {
  readonly #file: FileHandle;
  readonly #described: Described;
  /** One bit for each page that is known to be something. */
  readonly #known: Uint8Array;

  constructor(file: FileHandle, described: Described) {
    this.#file = file;
    this.#described = described;
    this.#known = new Uint8Array(Math.ceil(described.pages / 8));
  }

  free(): Promise<void> {
    return this.#tree(this.#described.freeRoot, (value) => this.#claimFree(value));
  }

  data(): Promise<void> {
    return this.#tree(this.#described.dataRoot, undefined);
  }

  /** @param onValue told each value; without it long values are not read */
  async #tree(root: bigint, onValue: ((value: Buffer) => void) | undefined): Promise<void> {
    const below = root === NO_PAGE ? [] : [Number(root)];
    for (let number = below.pop(); number !== undefined; number = below.pop()) {
      this.#claim(number, 1);
      const page = await this.#read(number, this.#described.pageBytes);
      for (const at of nodesOf(page)) {
        if (page.kind === BRANCH) below.push(page.bytes.readUIntLE(at, 6));
        else await this.#leafNode(page, at, onValue);
      }
    }
  }

  async #leafNode({ number, bytes }: Page, at: number, onValue?: (value: Buffer) => void): Promise<void> {
    const size = bytes.readUInt32LE(at);
    const isElsewhere = (bytes.readUInt16LE(at + 4) & VALUE_IS_ELSEWHERE) !== 0;
    const valueAt = at + NODE_BYTES + bytes.readUInt16LE(at + 6);
    if (valueAt + (isElsewhere ? 8 : size) > bytes.length) throw new DamagedPage(`page ${number} is torn`);
    if (!isElsewhere) onValue?.(bytes.subarray(valueAt, valueAt + size));
    else await this.#longValue(Number(bytes.readBigUInt64LE(valueAt)), size, onValue);
  }

  async #longValue(first: number, size: number, onValue?: (value: Buffer) => void): Promise<void> {
    const count = Math.ceil((HEADER_BYTES + size) / this.#described.pageBytes);
    this.#claim(first, count);
    const { bytes, kind } = await this.#read(first, HEADER_BYTES + (onValue === undefined ? 0 : size));
    if (kind !== LONG_VALUE || bytes.readUInt32LE(20) !== count)
      throw new DamagedPage(`page ${first} should begin a value of ${size} bytes`);
    onValue?.(bytes.subarray(HEADER_BYTES));
  }

  #claimFree(value: Buffer): void {
    const numbers = value.length >>> 3;
    const count = numbers === 0 ? -1 : Number(value.readBigInt64LE(0));
    if (count < 0 || count >= numbers) throw new DamagedPage("a list of free pages is not whole");
    for (let index = 1; index <= count; index++) {
      const number = Number(value.readBigInt64LE(index * 8));
      if (number > 0) this.#claim(number, 1);
      if (number >= 0) continue;
      index += 1;
      if (index > count) throw new DamagedPage("a list of free pages is not whole");
      this.#claim(Number(value.readBigInt64LE(index * 8)), -number);
    }
  }

  /** A page is one thing only. */
  #claim(first: number, count: number): void {
    if (first < FIRST_PAGE || first + count > this.#described.pages)
      throw new DamagedPage(`it refers to a page ${first} that it does not have`);
    for (let number = first; number < first + count; number++) {
      const bit = 1 << (number & 7);
      if ((this.#known[number >>> 3]! & bit) !== 0) throw new DamagedPage(`page ${number} has two uses`);
      this.#known[number >>> 3]! |= bit;
    }
  }

  async #read(number: number, length: number): Promise<Page> {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await this.#file.read(bytes, 0, length, number * this.#described.pageBytes);
    const isItself = bytesRead === length && bytes.readBigUInt64LE(0) === BigInt(number);
    if (!isItself) throw new DamagedPage(`page ${number} holds something else`);
    return { number, bytes, kind: bytes.readUInt16LE(18) };
  }
}

/** Where the nodes of a page are. */
function nodesOf({ number, bytes, kind }: Page): number[] {
  if (kind !== BRANCH && kind !== LEAF) throw new DamagedPage(`page ${number} holds something else`);
  const count = bytes.readUInt16LE(20) >>> 1;
  if (HEADER_BYTES + 2 * count > bytes.length) throw new DamagedPage(`page ${number} is torn`);
  return Array.from({ length: count }, (_, index) => {
    const at = HEADER_BYTES + bytes.readUInt16LE(HEADER_BYTES + 2 * index);
    if (at + NODE_BYTES > bytes.length) throw new DamagedPage(`page ${number} is torn`);
    return at;
  });
}
