/** Imports run one way: each room imports what the table of rooms lets it, and nothing else. */
import { posix } from "node:path";
import { type Room, roomOf } from "../rooms.ts";
import { type Import, importsOf, isProgram, type Problem, type Source } from "../sources.ts";

/** Packages that only tests may use. */
const TEST_LIBRARIES = /^(vitest|fast-check|playwright-core|@durable-streams\/|@perennial\/testing)/;

/** What programs import against the table, and test libraries in programs. */
export function directions(sources: readonly Source[]): Problem[] {
  return sources.filter(({ path }) => isProgram(path)).flatMap(directionsOf);
}

function directionsOf(source: Source): Problem[] {
  const room = roomOf(source.path);
  // Sources of published packages; their tests and benchmarks may import what they like.
  if (room === undefined || !/^packages\/[^/]+\/src\//.test(source.path)) return [];
  return importsOf(source).flatMap((imported) => {
    const message = objection(source.path, room, imported);
    return message === undefined ? [] : [{ path: source.path, line: imported.line, message }];
  });
}

function objection(path: string, room: Room, { specifier }: Import): string | undefined {
  if (TEST_LIBRARIES.test(specifier)) return `${specifier} is for tests only`;
  if (specifier.startsWith("node:")) {
    return room.node ? undefined : `${room.path} is pure or runs in browsers: no ${specifier}`;
  }
  const target = targetOf(path, specifier);
  const other = target === undefined ? undefined : roomOf(target);
  if (other === undefined || other === room || room.imports.includes(other.path)) return undefined;
  return `${room.path} may not import from ${other.path}`;
}

/** The path that a specifier of this repository leads to. */
function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(path), specifier);
  const own = /^@perennial\/([^/]+)/.exec(specifier);
  return own === null ? undefined : `packages/${own[1]}/src/index.ts`;
}
