import { describe, vi } from "vitest";
import { describeStreamDB } from "./stream-db.suite.ts";

// The lower end of the peer range.
vi.mock("@tanstack/db", () => import("tanstack-db-oldest"));

describe("with the oldest TanStack DB", describeStreamDB);
