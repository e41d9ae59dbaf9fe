import { describeLogContract } from "@perennial/testing/journal";
import { MemoryLog } from "./memory-log.ts";

describeLogContract("MemoryLog", async () => new MemoryLog("store"));
