/** No file imports itself through others: if two modules need each other, a third thing is missing. */
import { posix } from "node:path";
import { importsOf, isProgram, type Problem, type Source } from "../sources.ts";

/**
 * One problem for each ring of files, at its first file by name.
 *
 * @param known first files of rings that were there before the rule
 */
export function cycles(sources: readonly Source[], known: readonly string[] = []): Problem[] {
  const graph = new Map(sources.filter(({ path }) => isProgram(path)).map((s) => [s.path, targetsOf(s)]));
  return rings(graph)
    .filter(([first]) => !known.includes(first!))
    .map((ring) => ({
      path: ring[0]!,
      line: 1,
      message: `these files import each other: ${ring.join(", ")}`,
    }));
}

function targetsOf(source: Source): string[] {
  return importsOf(source)
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier }) => posix.join(posix.dirname(source.path), specifier));
}

/** The strongly connected components of more than one file, sorted (Tarjan 1972). */
function rings(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const enter = (path: string): void => {
    order.set(path, order.size);
    lowest.set(path, order.get(path)!);
    open.push(path);
    for (const target of graph.get(path) ?? []) {
      if (!graph.has(target)) continue;
      if (!order.has(target)) {
        enter(target);
        lowest.set(path, Math.min(lowest.get(path)!, lowest.get(target)!));
      } else if (open.includes(target)) {
        lowest.set(path, Math.min(lowest.get(path)!, order.get(target)!));
      }
    }
    if (lowest.get(path) === order.get(path)) {
      const ring = open.splice(open.indexOf(path));
      if (ring.length > 1) found.push(ring.sort());
    }
  };
  for (const path of graph.keys()) if (!order.has(path)) enter(path);
  return found;
}
