import { describe } from "vitest";
import { describeStreamDB } from "./stream-db/suite.ts";

describe("with the newest TanStack DB", () => describeStreamDB(true));
