/** What was there before the rules, and may only shrink or go. */
import type { Ratchet } from "./rules/lengths.ts";

/** What is longer than the rule asks, with its lines. */
export const RATCHET: Ratchet = {
  "bench/src/workloads/mixed.ts#run": 51,
  "packages/client/conformance-adapter/src/adapter.ts#perform": 44,
  "packages/client/src/read/formats/json.ts#jsonFormat": 47,
  "packages/client/src/read/receivers/readable.ts#readableReceiver": 63,
  "packages/explorer/src/catalog/TreeList.tsx#TreeList": 57,
  "packages/explorer/src/messages/use-list-window.ts#useListWindow": 49,
  "packages/explorer/src/writing/AppendBox.tsx#AppendBox": 50,
  "packages/server/src/stored/scan-value.ts#scanValue": 51,
};
