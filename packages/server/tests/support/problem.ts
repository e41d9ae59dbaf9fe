import { expect } from "vitest";
import type { Answer } from "./http.ts";

/** What an RFC 9457 body must say, besides being one. */
export interface ExpectedProblem {
  readonly status: number;
  readonly code: string;
  readonly header?: string;
  readonly parameter?: string;
}

/** Expects a proper problem: type, headers, the fault named, and nothing about our insides. */
export function expectProblem(answer: Answer, expected: ExpectedProblem): void {
  expect({ status: answer.status, body: answer.text }).toMatchObject({ status: expected.status });
  expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
  expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
  const problem = JSON.parse(answer.text) as Record<string, unknown>;
  expect(problem).toMatchObject(expected);
  expect(problem).toMatchObject({ type: expect.any(String), title: expect.any(String) });
  expect(problem.header).toBe(expected.header);
  expect(problem.parameter).toBe(expected.parameter);
  expect(answer.text).not.toMatch(INSIDES);
}

/** Lines of a stack trace, as JSON text, and places in sources. "at most 5 (…" is neither. */
const INSIDES = /\\n\s*at |\bat .*\([^)]*:\d+:\d+\)|<anonymous>|\.[jt]s:\d|node_modules|node:internal/;
