import { describe, expect, it } from "vitest";
import { Budget } from "./budget.ts";

const LIMITS = { budgetBytes: 10_000, budgetStreams: 100, shortBytes: 950 };
/** Data of this length makes a record of a thousand bytes. */
const DATA = 920;

function world(unarchivedBytes: number, changedStreams = 0) {
  const use = {
    ...{ unarchivedBytes, longBytes: 0, changedStreams },
    checkpointProgress: undefined as number | undefined,
    onWaiting: () => {},
  };
  const budget = new Budget(LIMITS, use);
  const entered: string[] = [];
  /** Waits until there is room, as the shard does, and then takes it. */
  const enter = async (name: string, byteLength = DATA): Promise<void> => {
    const room = budget.admit(byteLength);
    const permit = room === undefined ? undefined : await room;
    use.unarchivedBytes += byteLength + 80;
    permit?.release();
    entered.push(name);
  };
  return { use, budget, entered, enter };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("without a checkpoint under way", () => {
  it("lets in whatever fits", () => {
    expect(world(9000).budget.admit(DATA)).toBeUndefined();
    expect(world(9001).budget.admit(DATA)).toBeInstanceOf(Promise);
    expect(world(0, 100).budget.admit(1)).toBeUndefined();
    expect(world(0, 101).budget.admit(1)).toBeInstanceOf(Promise);
  });

  it("lets in a record larger than all of it once half is free", () => {
    expect(world(5000).budget.admit(1_000_000)).toBeUndefined();
    expect(world(5001).budget.admit(1_000_000)).toBeInstanceOf(Promise);
  });

  it("asks for a checkpoint at half of either limit", () => {
    expect(world(4999, 49).budget.isCheckpointDue).toBe(false);
    expect(world(5000).budget.isCheckpointDue).toBe(true);
    expect(world(0, 50).budget.isCheckpointDue).toBe(true);
  });
});

describe("those who wait", () => {
  it("come in as a checkpoint proceeds, in their order, and no more of them than fit", async () => {
    const { use, budget, entered, enter } = world(5000);
    budget.checkpointBegins();
    use.checkpointProgress = 0;
    for (const name of ["a", "b", "c", "d"]) void enter(name);
    expect(entered).toEqual(["a"]);
    use.checkpointProgress = 0.45;
    budget.letIn();
    await turn();
    expect(entered).toEqual(["a", "b", "c"]);
    use.checkpointProgress = undefined;
    use.unarchivedBytes = 3000;
    budget.letIn();
    await turn();
    expect(entered).toEqual(["a", "b", "c", "d"]);
    expect(budget.isAnyoneWaiting).toBe(false);
  });

  it("are not overtaken by a small record that would fit", async () => {
    const { use, budget, entered, enter } = world(9000);
    void enter("large", 4000);
    void enter("small", 1);
    await turn();
    expect(entered).toEqual([]);
    use.unarchivedBytes = 0;
    budget.letIn();
    await turn();
    expect(entered).toEqual(["large", "small"]);
  });

  it("have room of their own, which nobody who comes later takes, until they give it back", async () => {
    const { use, budget } = world(10_000);
    const waiting = budget.admit(4000);
    use.unarchivedBytes = 5000;
    budget.letIn();
    expect(budget.admit(DATA)).toBeInstanceOf(Promise);
    const permit = await waiting!;
    expect(permit.byteLength).toBe(4000);
    expect(budget.isAnyoneWaiting).toBe(true);
    permit.release();
    permit.release();
    budget.letIn();
    expect(budget.isAnyoneWaiting).toBe(false);
    use.unarchivedBytes = 8001;
    expect(budget.admit(DATA)).toBeInstanceOf(Promise);
  });

  it("are passed by short records while these use little beside the long ones", async () => {
    const { use, budget, entered, enter } = world(9000);
    use.longBytes = 8000;
    for (const name of ["long", "longer"]) void enter(name, 4000);
    for (const name of ["a", "b", "c", "d"]) void enter(name, 420);
    await turn();
    expect(entered).toEqual(["a", "b", "c"]);
    expect(use.unarchivedBytes - use.longBytes).toBeLessThanOrEqual(2500);
    // Once the checkpoint has taken the long ones, everybody comes in as ever.
    use.unarchivedBytes = 1000;
    use.longBytes = 0;
    budget.letIn();
    await turn();
    expect(entered).toEqual(["a", "b", "c", "long", "longer", "d"]);
  });

  it("come in beside a long record, in their order, when the short ones before them are archived", async () => {
    const { use, budget, entered, enter } = world(12_400);
    use.longBytes = 10_000;
    for (const name of ["a", "b"]) void enter(name, 420);
    expect(entered).toEqual([]);
    use.unarchivedBytes = 11_000;
    budget.letIn();
    await turn();
    expect(entered).toEqual(["a", "b"]);
    use.changedStreams = 101;
    expect(budget.admit(1)).toBeInstanceOf(Promise);
  });

  it("all come in when waiting is of no use", async () => {
    const { budget } = world(10_000);
    const waiting = Promise.all([budget.admit(DATA), budget.admit(DATA)]);
    budget.letAllIn();
    await waiting;
    expect(budget.isAnyoneWaiting).toBe(false);
  });

  it("are forgotten once they are in, however many they are", async () => {
    const { use, budget, entered, enter } = world(10_000);
    for (let index = 0; index < 3000; index++) void enter(String(index));
    while (budget.isAnyoneWaiting) {
      use.unarchivedBytes = 0;
      budget.letIn();
      await turn();
    }
    expect(entered).toEqual(Array.from({ length: 3000 }, (_, index) => String(index)));
  });
});
