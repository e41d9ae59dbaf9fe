import { parseRoom } from "../shared/rules.ts";
import { serverClock } from "./clock.ts";
import { showGame } from "./game/game-page.ts";
import { showLobby } from "./lobby/lobby-page.ts";
import { playerName } from "./player.ts";
import "./style/base.css";
import "./style/lobby.css";
import "./style/game.css";

const root = document.getElementById("root")!;
const now = await serverClock();
let leave: (() => void) | undefined;

/** Shows what the address asks for: `#room/{id}`, or the lobby. */
function show(): void {
  leave?.();
  root.replaceChildren();
  const room = parseRoom(/^#room\/(.+)$/.exec(location.hash)?.[1] ?? "");
  const name = playerName();
  const isReady = room !== undefined && name !== undefined;
  leave = isReady
    ? showGame({ root, room, name, now })
    : showLobby({ root, wanted: room, now, onReady: show });
}

addEventListener("hashchange", show);
show();
