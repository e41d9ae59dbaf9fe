import * as used from "@tanstack/db";
import * as oldest from "tanstack-db-oldest";
import { describe, expect, it, vi } from "vitest";
import { describeStreamDB } from "./stream-db/suite.ts";

// The lower end of the peer range.
vi.mock("@tanstack/db", () => import("tanstack-db-oldest"));

describe("with the oldest TanStack DB", () => {
  it("it is the oldest that runs", () => {
    expect(used.createCollection).toBe(oldest.createCollection);
  });

  describeStreamDB(false);
});
