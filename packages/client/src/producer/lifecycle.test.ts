import { expect, test } from "vitest";
import { type Life, type LifeEvent, nextLife } from "./lifecycle.ts";

const LIVES: Life[] = ["open", "closing", "closed", "detached"];

test.each<[LifeEvent, (Life | undefined)[]]>([
  ["append", ["open", undefined, undefined, undefined]],
  ["close", ["closing", "closing", "closed", undefined]],
  ["detach", ["detached", "closing", "closed", "detached"]],
  ["closed", [undefined, "closed", undefined, undefined]],
])("%s leads from open, closing, closed, detached to %j", (event, expected) => {
  expect(LIVES.map((life) => nextLife(life, event))).toEqual(expected);
});
