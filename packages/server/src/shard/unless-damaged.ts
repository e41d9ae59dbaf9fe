import { DamagedData } from "../journal/contract/index.ts";

/** What a read gives, or undefined where what it needs is damaged: the log has told of it. */
export function unlessDamaged<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DamagedData) return undefined;
    throw error;
  }
}
