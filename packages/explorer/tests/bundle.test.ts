import { embeddedAssets } from "@perennial/explorer/embedded";
import { expect, test } from "vitest";

/** What the page may weigh, compressed: a reader on a slow line waits for this. */
const BUDGET_BYTES = 280_000;

const assets = embeddedAssets();

test("the page stays within its size budget, compressed", () => {
  const files = new Map(assets.map(({ etag, gzip }) => [etag, gzip.length]));
  const size = [...files.values()].reduce((sum, length) => sum + length, 0);
  console.log(`the Stream Explorer: ${size} bytes of ${BUDGET_BYTES}`);
  expect(size).toBeLessThanOrEqual(BUDGET_BYTES);
});

test("only files with a hash in their name are immutable", () => {
  for (const { path, immutable } of assets)
    expect(immutable).toBe(/^\/assets\/[\w-]+-[\w-]{8}\.\w+$/.test(path));
});

test("the page names no other host and holds no inline script or style", () => {
  const page = new TextDecoder().decode(assets.find(({ path }) => path === "/")!.body);
  expect(page).not.toMatch(/https?:|<style|style=|<script(?![^>]*src=)/);
});

test("the terms of what others wrote come with it", () => {
  const terms = new TextDecoder().decode(assets.find(({ path }) => path === "/licenses.txt")!.body);
  for (const name of ["react-dom", "@tanstack/react-router", "instrument-sans", "jetbrains-mono"])
    expect(terms).toContain(name);
});
