import { expect, test } from "vitest";
import { isOver, type LifecycleEvent, nextPhase, type Phase } from "./lifecycle.ts";

const PHASES: readonly Phase[] = ["new", "opening", "open", "starting", "listening", "stopping", "stopped"];
const EVENTS: readonly LifecycleEvent[] = ["open", "opened", "start", "started", "failed", "stop", "ended"];

test("a server is opened, started, stopped, in this order", () => {
  const events: readonly LifecycleEvent[] = ["open", "opened", "start", "started", "stop", "ended"];
  const phases: Phase[] = [];
  for (const event of events) phases.push(nextPhase(phases.at(-1) ?? "new", event));
  expect(phases).toEqual(["opening", "open", "starting", "listening", "stopping", "stopped"]);
});

test("what failed may be tried again", () => {
  expect(nextPhase("opening", "failed")).toBe("new");
  expect(nextPhase("starting", "failed")).toBe("open");
});

test("once it stops, nothing but the end of that changes anything", () => {
  for (const phase of PHASES) expect(isOver(nextPhase(phase, "stop"))).toBe(true);
  for (const event of EVENTS) {
    expect(nextPhase("stopping", event)).toBe(event === "ended" ? "stopped" : "stopping");
    expect(nextPhase("stopped", event)).toBe("stopped");
  }
});
