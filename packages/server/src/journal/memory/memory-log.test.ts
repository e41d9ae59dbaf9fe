import { describeLogContract } from "../testing/log-contract.ts";
import { MemoryLog } from "./memory-log.ts";

describeLogContract("MemoryLog", async () => new MemoryLog("store"));
