/** What the page and the worker in which the engine runs say to each other. */
import type { Command } from "../../shared/commands.ts";
import type { WireReport } from "./wire.ts";

export type ToWorker =
  | {
      readonly type: "start";
      readonly canvas: OffscreenCanvas;
      readonly streamsUrl: string;
      readonly engineUrl: string;
    }
  /** Opens a session: as its player, or to watch it. */
  | { readonly type: "open"; readonly name: string; readonly isMine: boolean }
  | { readonly type: "begin"; readonly skill: number; readonly map: number }
  /** What the player does until told otherwise, and a turn that is done once. */
  | { readonly type: "command"; readonly command: Command; readonly nudge: number }
  | { readonly type: "seek"; readonly tick: number }
  | { readonly type: "pause"; readonly isPaused: boolean }
  /** Back to the newest moment, and to the game if it is one's own. */
  | { readonly type: "newest" }
  | { readonly type: "fork" }
  | { readonly type: "bot"; readonly isOn: boolean }
  | { readonly type: "map" }
  | { readonly type: "sounds"; readonly isOn: boolean };

/** `playing` one's own, `live` at the tail of another's, `wound` to some moment, `seeking` one, or `idle`: nothing is open. */
export type Mode = "idle" | "loading" | "playing" | "live" | "wound" | "seeking" | "ended";

export interface Status {
  readonly name: string | undefined;
  readonly isMine: boolean;
  readonly mode: Mode;
  readonly isPaused: boolean;
  readonly isBot: boolean;
  /** Ticks played, and there are. */
  readonly tick: number;
  readonly length: number;
  /** The hash of what is shown, and of which tick. */
  readonly hash: string;
  /** Ticks that are not known to be stored, and for how long none of them was, in ms. */
  readonly waiting: number;
  readonly waitingMs: number;
  readonly health: number;
  readonly kills: number;
  readonly map: number;
  readonly watchers: number;
  /** Hashes that were compared, and whether one differed. */
  readonly checks: number;
  readonly differs: boolean;
  readonly lastSeekMs: number;
  readonly wire: WireReport;
}

export type FromWorker =
  | { readonly type: "status"; readonly status: Status }
  | { readonly type: "opened"; readonly name: string; readonly isMine: boolean }
  | { readonly type: "problem"; readonly text: string }
  | {
      readonly type: "sound";
      readonly lump: number;
      readonly volume: number;
      readonly separation: number;
      readonly samples?: Uint8Array<ArrayBuffer>;
    };
