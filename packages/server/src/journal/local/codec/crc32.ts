/**
 * CRC-32 (the polynomial of zlib, RFC 1952 §8). Short ranges are done here, eight bytes per step: the call into
 * zlib costs as much as some 500 bytes, and most records are shorter. Longer ones are zlib's, three times as fast.
 */
import { crc32 as nativeCrc32 } from "node:zlib";

/** The polynomial, bits reversed. */
const POLYNOMIAL = 0xedb88320;

/** From this length on zlib is faster (measured: 250 ns each at 500 bytes, 550 against 310 at 1,100). */
const NATIVE_BYTES_MIN = 512;

/** Eight tables of 256 entries, one after another: entry `k * 256 + b` advances byte `b` by `k + 1` bytes. */
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let entry = 256; entry < tables.length; entry++) {
    const shorter = tables[entry - 256]!;
    tables[entry] = (shorter >>> 8) ^ tables[shorter & 0xff]!;
  }
  return tables;
}

/** The checksum of the bytes `[from, to)` of a view, as an unsigned 32-bit number. */
export function crc32(view: DataView, from: number, to: number): number {
  if (to - from < NATIVE_BYTES_MIN) return shortCrc32(view, from, to);
  return nativeCrc32(new Uint8Array(view.buffer, view.byteOffset + from, to - from));
}

/** The checksum of a long range, piece by piece. @param before that of what precedes the bytes; 0: nothing does */
export function continuedCrc32(bytes: Uint8Array, before: number): number {
  return nativeCrc32(bytes, before);
}

function shortCrc32(view: DataView, from: number, to: number): number {
  let crc = -1;
  let at = from;
  for (const lastStep = to - 8; at <= lastStep; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      TABLES[1792 + (low & 0xff)]! ^
      TABLES[1536 + ((low >>> 8) & 0xff)]! ^
      TABLES[1280 + ((low >>> 16) & 0xff)]! ^
      TABLES[1024 + (low >>> 24)]! ^
      TABLES[768 + (high & 0xff)]! ^
      TABLES[512 + ((high >>> 8) & 0xff)]! ^
      TABLES[256 + ((high >>> 16) & 0xff)]! ^
      TABLES[high >>> 24]!;
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ TABLES[(crc ^ view.getUint8(at)) & 0xff]!;
  return ~crc >>> 0;
}
