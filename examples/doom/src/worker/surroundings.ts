import type { TimelinePlace } from "@perennial/timeline";
import type { Doom, Start } from "../../shared/engine/doom.ts";

/** A session that is to be opened: as its player, or to watch it. */
export interface Wish {
  readonly name: string;
  readonly isMine: boolean;
}

/** What a game needs of the worker around it. */
export interface Surroundings {
  readonly place: TimelinePlace;
  startEngine(start: Start): Doom;
  /** A frame is to be drawn. */
  show(doom: Doom): void;
  problem(text: string): void;
}
