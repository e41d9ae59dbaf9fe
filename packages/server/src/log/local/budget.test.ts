import { describe, expect, it } from "vitest";
import { Budget } from "./budget.ts";

const LIMITS = { budgetBytes: 1000, budgetStreams: 100 };

function budgetOf(unarchivedBytes: number, changedStreams = 0) {
  const use = { unarchivedBytes, changedStreams, checkpointProgress: undefined as number | undefined };
  return { use, budget: new Budget(LIMITS, use) };
}

describe("without a checkpoint under way", () => {
  it("lets in whatever fits", () => {
    expect(budgetOf(600).budget.admits(400)).toBe(true);
    expect(budgetOf(600).budget.admits(401)).toBe(false);
    expect(budgetOf(0, 100).budget.admits(1)).toBe(true);
    expect(budgetOf(0, 101).budget.admits(1)).toBe(false);
  });

  it("lets in a record larger than all of it once half is free", () => {
    expect(budgetOf(500).budget.admits(1_000_000)).toBe(true);
    expect(budgetOf(501).budget.admits(1_000_000)).toBe(false);
  });

  it("asks for a checkpoint at half of either limit", () => {
    expect(budgetOf(499, 49).budget.isCheckpointDue).toBe(false);
    expect(budgetOf(500).budget.isCheckpointDue).toBe(true);
    expect(budgetOf(0, 50).budget.isCheckpointDue).toBe(true);
  });
});

describe("while a checkpoint is under way", () => {
  it("lets in more as it proceeds, and all of the budget at its end", () => {
    const { use, budget } = budgetOf(500);
    budget.checkpointBegins();
    const most = [0, 0.3, 0.8, 1].map((progress) => {
      use.checkpointProgress = progress;
      let bytes = 0;
      while (bytes < 500 && budget.admits(bytes + 1)) bytes++;
      return bytes;
    });
    expect(most).toEqual([100, 250, 500, 500]);
  });

  it("wakes all who wait, and those who wait again later", async () => {
    const { budget } = budgetOf(1000);
    const both = Promise.all([budget.wait(), budget.wait()]);
    budget.letIn();
    await both;
    const again = budget.wait();
    budget.letIn();
    await again;
  });
});
