/** A room in this page: its document, and the provider that keeps it in step. */
import { YjsProvider, YjsProviderError } from "@perennial/yjs";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { Game } from "../../shared/game.ts";
import { YJS_PATH } from "../../shared/lobby.ts";
import type { Room } from "../../shared/rules.ts";

export interface Seat {
  readonly game: Game;
  readonly provider: YjsProvider;
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  /** Whether the room was there and is not any more. */
  isGone(): boolean;
  leave(): void;
}

export function takeSeat(room: Room, name: string, now: () => number): Seat {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const provider = new YjsProvider({
    ...{ doc, awareness, docId: room.id },
    baseUrl: new URL(YJS_PATH, location.href).href,
    // Each tab is a player of its own.
    disableBc: true,
    maxBackoffTime: 2_000,
  });
  let isGone = false;
  provider.on("error", (error) => {
    console.warn(error.message);
    isGone ||= error instanceof YjsProviderError && error.code === "DOCUMENT_DELETED";
  });
  const playerId = crypto.randomUUID().slice(0, 8);
  const game = new Game({
    ...{ doc, awareness, size: room.size, playerId, name, type: "human", now },
    random: Math.random,
  });
  return {
    ...{ game, provider, doc, awareness },
    isGone: () => isGone,
    leave() {
      game.leave();
      void provider.flush().then(() => {
        provider.destroy();
        awareness.destroy();
        doc.destroy();
      });
    },
  };
}
