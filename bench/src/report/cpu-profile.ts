/** The parts of a `.cpuprofile` (Chrome DevTools protocol, Profiler.Profile) that are read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** The node that was on top at each sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** One function, or one call path, and the time on top of the stack in it. */
export interface SelfTime {
  readonly name: string;
  readonly milliseconds: number;
  /** Of the time that was not idle. */
  readonly share: number;
}

const IDLE = new Set(["(idle)", "(root)"]);

/** The functions with the most time of their own, most first. */
export function topFunctions(profile: CpuProfile, count: number): SelfTime[] {
  const times = selfTimes(profile);
  const byName = new Map<string, number>();
  let busy = 0;
  for (const node of profile.nodes) {
    const time = times.get(node.id) ?? 0;
    if (time === 0 || IDLE.has(node.callFrame.functionName)) continue;
    busy += time;
    const name = frameName(node.callFrame);
    byName.set(name, (byName.get(name) ?? 0) + time);
  }
  return [...byName]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, time]) => ({ name, milliseconds: time / 1000, share: time / busy }));
}

/** One box of a flame graph: a call path, its depth, and where its time begins and ends. */
export interface FlameBox {
  readonly name: string;
  readonly depth: number;
  /** Shares of the busy time. */
  readonly from: number;
  readonly to: number;
}

const NARROWEST_SHARE = 0.002;

/** The call tree as boxes, children above their callers, the widest first; narrow ones are left out. */
export function flameBoxes(profile: CpuProfile): FlameBox[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const self = selfTimes(profile);
  const totals = new Map<number, number>();
  const total = (node: ProfileNode): number => {
    const own = IDLE.has(node.callFrame.functionName) ? 0 : (self.get(node.id) ?? 0);
    const sum = (node.children ?? []).reduce((time, child) => time + total(nodes.get(child)!), own);
    totals.set(node.id, sum);
    return sum;
  };
  const [root] = profile.nodes;
  const whole = root === undefined ? 0 : total(root);
  const boxes: FlameBox[] = [];
  const place = (siblings: readonly number[], depth: number, start: number) => {
    let from = start;
    for (const id of [...siblings].sort((a, b) => (totals.get(b) ?? 0) - (totals.get(a) ?? 0))) {
      const to = from + (totals.get(id) ?? 0) / whole;
      if (to - from < NARROWEST_SHARE) break;
      const node = nodes.get(id)!;
      boxes.push({ name: frameName(node.callFrame), depth, from, to });
      place(node.children ?? [], depth + 1, from);
      from = to;
    }
  };
  if (whole > 0) place(root?.children ?? [], 0, 0);
  return boxes;
}

function selfTimes(profile: CpuProfile): Map<number, number> {
  const times = new Map<number, number>();
  profile.samples.forEach((id, index) => {
    times.set(id, (times.get(id) ?? 0) + (profile.timeDeltas[index] ?? 0));
  });
  return times;
}

/** The function, with the last two parts of its file's path and its line. */
function frameName({ functionName, url, lineNumber }: ProfileNode["callFrame"]): string {
  const name = functionName === "" ? "(anonymous)" : functionName;
  if (url === "") return name;
  return `${name} ${url.split("/").slice(-2).join("/")}:${lineNumber + 1}`;
}
