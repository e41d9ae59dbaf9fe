/** The process that writes answers. */
import { runWriter } from "./run-writer.ts";
import { tokensFor } from "./script.ts";

await runWriter(tokensFor);
