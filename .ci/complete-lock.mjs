#!/usr/bin/env node
// Completes package-lock.json. npm leaves optional packages out of the lock file when the registry it asks does
// not carry them (builds for other platforms, say), and `npm ci` then refuses the file as incomplete. Run this
// after changing dependencies; what it adds is never installed on a platform that has its own entry.
// It also drops what packages that only tests and examples use say of Node, where that leaves out the oldest Node we support: our
// tests run them on it, and a newcomer's first `npm ci` would print a screen of warnings.
import { readFileSync, writeFileSync } from "node:fs";

const PLATFORM =
  /\b(android|darwin|freebsd|linux|openbsd|win32)-(arm64|arm|ia32|x64)(?:-(?:gnu|msvc|(musl)))?$/;
/** A single range that begins above Node 20. */
const NEWER_NODE = /^>=\s*2[1-9](?:\.\d+)*$/;
const EXACT_VERSION = /^\d+\.\d+\.\d+$/;

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
for (const [place, entry] of Object.entries(lock.packages)) {
  // A platform's build stands beside the package that wants it.
  const folder = place.slice(0, place.lastIndexOf("node_modules/") + "node_modules/".length);
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const path = `${folder}${name}`;
    const platform = PLATFORM.exec(name);
    if (lock.packages[path] !== undefined || platform === null || !EXACT_VERSION.test(version)) continue;
    const [, os, cpu, musl] = platform;
    lock.packages[path] = {
      version,
      cpu: [cpu],
      dev: entry.dev,
      ...(os === "linux" && { libc: [musl ?? "glibc"] }),
      license: entry.license,
      optional: true,
      os: [os],
      engines: entry.engines,
    };
    console.log(`added ${name}`);
  }
}
for (const entry of Object.values(lock.packages))
  if (entry.dev && NEWER_NODE.test(entry.engines?.node ?? "")) delete entry.engines;
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")),
);
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
