/** What a backup says of itself is believed only where it can do no harm. */
import { expect, test } from "vitest";
import { type Manifest, parseManifest, sealed } from "./manifest.ts";

const SUM = { bytes: 2, sha256: "00" };
const FILES = { format: SUM, "archive.lmdb": SUM, "log/durable": SUM, "log/segment-000000000002": SUM };
const MANIFEST = { begunAt: "2026-01-01T00:00:00Z", storeId: "s", streams: 1, files: FILES };
const textOf = (manifest: object) => JSON.stringify(sealed(manifest as Manifest));

test("a manifest that names the files of a data directory is taken as it is", () => {
  expect(parseManifest(textOf(MANIFEST))).toMatchObject(MANIFEST);
});

test("a manifest that names any other file is refused: nothing is written beside the data directory", () => {
  for (const name of [
    "../x",
    "/etc/x",
    "log/../../x",
    "log/",
    "log/..",
    "lock",
    "holder",
    "log\\..\\x",
    "C:x",
  ]) {
    const files = { ...FILES, [name]: SUM };
    expect(parseManifest(textOf({ ...MANIFEST, files })), name).toBeUndefined();
  }
});

test("what is no manifest, or lacks a part of one, is refused", () => {
  for (const text of ["", "1", "null", "[]", "{}", '{"files":1}', textOf(MANIFEST).slice(0, -9)])
    expect(parseManifest(text), text).toBeUndefined();
  for (const part of Object.keys(MANIFEST))
    expect(parseManifest(textOf({ ...MANIFEST, [part]: undefined })), part).toBeUndefined();
  for (const name of ["format", "archive.lmdb", "log/durable"]) {
    const files = { ...FILES, [name]: undefined };
    expect(parseManifest(textOf({ ...MANIFEST, files })), name).toBeUndefined();
  }
  for (const sum of [null, 1, {}, { bytes: -1, sha256: "" }, { bytes: 1.5, sha256: "" }, { bytes: 1 }]) {
    const files = { ...FILES, format: sum };
    expect(parseManifest(textOf({ ...MANIFEST, files })), JSON.stringify(sum)).toBeUndefined();
  }
});

test("a manifest of which any one bit is flipped is refused", () => {
  const text = Buffer.from(textOf(MANIFEST));
  for (let bit = 0; bit < text.length * 8; bit++) {
    const damaged = Buffer.from(text);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(parseManifest(damaged.toString()), damaged.toString()).toBeUndefined();
  }
});
