/** The process that writes answers, of all branches. */
import { runWriter } from "@perennial/example-chat-ai-sdk/server/run-writer";
import { tokensFor } from "./script.ts";

await runWriter(tokensFor);
