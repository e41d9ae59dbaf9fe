/** Gets the parts by the clients of those who have them: pip, apt, or one download whose content is known beforehand. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { COMPILER, DATA, SOURCE } from "./recipe.mjs";

/** Something that is needed cannot be had here. The message says what, and what helps. */
export class Unavailable extends Error {}

function run(command, args, options = {}) {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], ...options });
}

function python() {
  for (const name of ["python3", "python"])
    try {
      run(name, ["-m", "pip", "--version"]);
      return name;
    } catch {}
  throw new Unavailable(
    "Python 3 with pip is needed: the compiler and the engine's source come as packages.",
  );
}

/** The last line of what a program complained of that says something. */
function complaint(error) {
  const lines = String(error.stderr || error.message).split("\n");
  return lines.findLast((line) => /error/i.test(line))?.trim() ?? lines.at(0);
}

function findFile(folder, name) {
  const entries = readdirSync(folder, { recursive: true }).map(String);
  return entries.filter((entry) => entry.endsWith(`/${name}`)).map((entry) => join(folder, entry))[0];
}

/** Fetches the engine's source. @returns the folder that the C files are in */
export function fetchSource(work) {
  const temporary = join(work, "source");
  mkdirSync(temporary, { recursive: true });
  const requirements = join(work, "source.txt");
  writeFileSync(requirements, `${SOURCE.requirement} --hash=sha256:${SOURCE.sha256}\n`);
  // pip checks the hash and unpacks, and then asks the package what it needs, for which NumPy would have to be there. We
  // do not build that package: what was unpacked is all we want, so its complaint is of no interest if the file is there.
  const flags = ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--no-clean", "--quiet"];
  let problem;
  try {
    run(python(), ["-m", "pip", "download", ...flags, "-d", work, "-r", requirements], {
      env: { ...process.env, TMPDIR: temporary },
    });
  } catch (error) {
    problem = error;
  }
  const file = findFile(temporary, "doomgeneric.c");
  if (file !== undefined) return dirname(file);
  if (problem instanceof Unavailable) throw problem;
  throw new Unavailable(`pip cannot get ${SOURCE.requirement}: ${complaint(problem)}`);
}

/** Fetches the compiler, or takes the one that `ZIG` names. @returns the program */
export function fetchCompiler(work) {
  if (process.env.ZIG) return process.env.ZIG;
  const target = join(work, "compiler");
  const flags = ["--target", target, "--only-binary", ":all:", "--no-deps", "--no-compile", "--quiet"];
  try {
    run(python(), ["-m", "pip", "install", ...flags, COMPILER.requirement]);
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    throw new Unavailable(
      `pip cannot get the compiler, ${COMPILER.requirement}: ${complaint(error)}. Name another zig by ZIG=/path/to/zig.`,
    );
  }
  return join(target, "ziglang", process.platform === "win32" ? "zig.exe" : "zig");
}

/** Fetches the game data. @returns its bytes */
export async function fetchData(work) {
  if (process.env.FREEDOOM1_WAD) return readFileSync(process.env.FREEDOOM1_WAD);
  const packed = join(work, "freedoom.deb");
  writeFileSync(packed, byApt(work) ?? (await byDownload()));
  const unpacked = join(work, "freedoom");
  mkdirSync(unpacked);
  try {
    run("dpkg-deb", ["-x", packed, unpacked]);
  } catch {
    // Elsewhere than on Debian, the tar of BSD and macOS reads the archive within the archive.
    run("tar", ["-xf", packed, "-C", unpacked]);
    const inner = readdirSync(unpacked).find((name) => name.startsWith("data.tar"));
    run("tar", ["-xf", join(unpacked, inner), "-C", unpacked]);
  }
  return readFileSync(join(unpacked, DATA.wad));
}

const isExpected = (bytes) => createHash("sha256").update(bytes).digest("hex") === DATA.sha256;

/** The package by apt, where that has the one whose content we know. */
function byApt(work) {
  const folder = join(work, "apt");
  mkdirSync(folder, { recursive: true });
  try {
    run("apt-get", ["download", "--quiet", DATA.package], { cwd: folder });
  } catch {
    return undefined;
  }
  const [file] = readdirSync(folder);
  if (file === undefined || !existsSync(join(folder, file))) return undefined;
  const bytes = readFileSync(join(folder, file));
  return isExpected(bytes) ? bytes : undefined;
}

async function byDownload() {
  const help = "Or name the file: FREEDOOM1_WAD=/path/to/freedoom1.wad (Freedoom 0.12.1).";
  try {
    const response = await fetch(DATA.url, { signal: AbortSignal.timeout(120_000) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (!isExpected(bytes)) throw new Error("it is not the file that is expected");
    return bytes;
  } catch (error) {
    throw new Unavailable(`the game data cannot be had from ${DATA.url}: ${error.message}. ${help}`);
  }
}
