import type { Command } from "../../shared/commands.ts";

/** A command, and by how much the mouse was turned since the last time. */
export interface Wish extends Command {
  readonly nudge: number;
}
