import { expect, it } from "vitest";
import { expectProblem } from "./problem.ts";

const answer = (detail: string) => ({
  status: 400,
  text: JSON.stringify({ type: "about:blank", title: "Bad", status: 400, code: "bad", detail }),
  headers: new Headers({
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  }),
});
const judge = (detail: string) => () => expectProblem(answer(detail) as never, { status: 400, code: "bad" });

it("a sentence with a limit and brackets is no stack trace", () => {
  expect(judge("The body may hold at most 1,000 bytes (it has 1,001).")).not.toThrow();
});

it.each([
  new Error("bad").stack!,
  "bad\n    at async handle (file:///srv/main.js:3:7)",
  "thrown at Object.read (/srv/main:3:7)",
  "see /srv/node_modules/x",
  "in read.ts:12",
])("our insides are found: %j", (detail) => {
  expect(judge(detail)).toThrow();
});
