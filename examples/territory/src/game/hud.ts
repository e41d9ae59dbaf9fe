/** What stands around the board: time, connection, and who has how much. */
import type { YjsProvider } from "@perennial/yjs";
import type { Game, Standing } from "../../shared/game.ts";
import { GAME_MS, type Room, WINNING_SHARE, winningCells } from "../../shared/rules.ts";
import { button, element } from "../dom.ts";

export interface Hud {
  readonly bar: HTMLElement;
  readonly standings: HTMLElement;
  update(): void;
}

export function createHud(room: Room, game: Game, provider: YjsProvider, now: () => number): Hud {
  const time = element("span", { class: "time", role: "timer" });
  const facts = element("span", { class: "soft facts", role: "status" });
  const copy = button("Copy the link", () => void share(copy), { class: "quiet" });
  const exit = button("Exit", () => {
    location.hash = "";
  });
  const bar = element(
    "header",
    { class: "bar" },
    element("b", { class: "room-name" }, room.name),
    facts,
    time,
    copy,
    exit,
  );
  const list = element("ol", { class: "standings", "aria-label": "Standings" });
  return {
    bar,
    standings: list,
    update() {
      const phase = game.phase();
      const left =
        phase.kind === "running" ? Math.max(0, phase.endsAt - now()) : phase.kind === "over" ? 0 : GAME_MS;
      time.textContent = clock(left);
      time.classList.toggle("hurry", phase.kind === "running" && left < 15_000);
      const connected = game.connected();
      facts.textContent = provider.connected ? `${connected} connected` : "Connecting …";
      facts.classList.toggle("problem", !provider.connected);
      list.replaceChildren(...game.standings().map((standing) => row(standing, game.id, room.size)));
    },
  };
}

/** How near somebody is to a victory, as a bar in their colour. */
function row({ id, name, color, cells, isBot }: Standing, me: string, size: number): HTMLElement {
  const share = cells / (size * size);
  const label = id === me ? `${name} (you)` : name;
  const who = element(
    "span",
    { class: "who" },
    label,
    ...(isBot ? [element("span", { class: "tag" }, "bot")] : []),
  );
  const made = element(
    "li",
    { class: id === me ? "me" : "" },
    who,
    element("span", { class: "share" }, percent(share)),
  );
  made.style.setProperty("--color", /^#[0-9a-f]{6}$/.test(color) ? color : "#9ca3af");
  made.style.setProperty("--part", String(Math.min(1, cells / winningCells(size))));
  return made;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < WINNING_SHARE / 3 ? 1 : 0)} %`;
}

function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

async function share(pressed: HTMLButtonElement): Promise<void> {
  const url = new URL(location.href);
  url.search = "";
  await navigator.clipboard?.writeText(url.href).catch(() => prompt("The address of this room:", url.href));
  pressed.textContent = "Copied";
}
