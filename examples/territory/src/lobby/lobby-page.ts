/** The lobby: one's name, the rooms that there are, and a new one. */
import { MAX_BOTS, ROOM_LIFE_MS, type RoomRow } from "../../shared/lobby.ts";
import { BOARD_SIZES, parseRoom, type Room, roomId } from "../../shared/rules.ts";
import { button, element } from "../dom.ts";
import { MAX_NAME, playerName, setPlayerName } from "../player.ts";
import { logo } from "./logo.ts";
import { openRooms, type Rooms } from "./rooms.ts";

const ROOMS_PER_PAGE = 3;
/** How often rooms that have expired meanwhile are looked for, ms. */
const REFRESH_MS = 5_000;

export interface LobbyOptions {
  readonly root: HTMLElement;
  /** The room of the address, which needs only a name. */
  readonly wanted: Room | undefined;
  readonly now: () => number;
  /** Called when the address names a room and there is a name. */
  readonly onReady: () => void;
}

/** Shows the lobby. Returns how to leave it. */
export function showLobby({ root, wanted, now, onReady }: LobbyOptions): () => void {
  const db = openRooms();
  const name = nameInput();
  const enter = (id: string): void => {
    if (!name.reportValidity()) return;
    setPlayerName(name.value);
    if (location.hash === `#room/${id}`) onReady();
    else location.hash = `room/${id}`;
  };
  const list = roomList(db, now, enter);
  const create = (row: RoomRow): void => {
    if (!name.reportValidity()) return;
    db.actions.addRoom(row);
    enter(row.roomId);
  };
  const rooms = section("Join", list.element, joinForm(enter));
  const invitation =
    wanted &&
    section(
      "You are invited",
      button(`Play in ${wanted.name}`, () => enter(wanted.id), { class: "primary" }),
    );
  const columns = element("div", { class: "columns" }, rooms, section("New room", createForm(now, create)));
  const who = element("label", { class: "name" }, "Your name", name);
  root.append(
    element("main", { class: "lobby" }, title(), who, ...(invitation ? [invitation] : []), columns, rules()),
  );
  return () => {
    list.close();
    db.close();
  };
}

function section(heading: string, ...content: HTMLElement[]): HTMLElement {
  return element("section", { "aria-label": heading }, element("h2", {}, heading), ...content);
}

function title(): HTMLElement {
  const heading = element("h1", {}, "Territory Wars");
  return element("header", {}, logo(), heading, element("p", {}, "Walk, close loops, take it all."));
}

function nameInput(): HTMLInputElement {
  const input = element("input", {
    required: "",
    maxlength: String(MAX_NAME),
    autocomplete: "nickname",
    pattern: ".*\\S.*",
  });
  input.value = playerName() ?? "";
  return input;
}

/** Rooms that have not expired, newest first, three at a time. */
function roomList(db: Rooms, now: () => number, enter: (id: string) => void) {
  const list = element("div", { class: "rooms" }, element("p", { class: "soft" }, "Looking for rooms …"));
  let page = 0;
  const draw = (): void => {
    const rooms = db.collections.rooms.toArray.filter(
      ({ roomId: id, expiresAt }) => expiresAt > now() && parseRoom(id),
    );
    rooms.sort((a, b) => b.createdAt - a.createdAt);
    const pages = Math.max(1, Math.ceil(rooms.length / ROOMS_PER_PAGE));
    page = Math.min(page, pages - 1);
    const shown = rooms.slice(page * ROOMS_PER_PAGE, (page + 1) * ROOMS_PER_PAGE);
    const turn = (by: number) => () => {
      page += by;
      draw();
    };
    list.replaceChildren(...shown.map((row) => roomButton(row, enter)));
    if (rooms.length === 0) list.append(element("p", { class: "soft" }, "No room is open. Make one."));
    if (pages > 1) list.append(pager(page, pages, turn));
  };
  db.preload().then(draw, () =>
    list.replaceChildren(element("p", { class: "problem" }, "The list of rooms cannot be reached.")),
  );
  const subscription = db.collections.rooms.subscribeChanges(draw);
  const timer = setInterval(draw, REFRESH_MS);
  return {
    element: list,
    close: () => {
      clearInterval(timer);
      subscription.unsubscribe();
    },
  };
}

function roomButton(
  { roomId: id, name, boardSize, playerCount, bots }: RoomRow,
  enter: (id: string) => void,
) {
  const people =
    playerCount === undefined ? "new" : playerCount === 1 ? "1 playing" : `${playerCount} playing`;
  const facts = `${boardSize} × ${boardSize} · ${people} · ${bots === 0 ? "no bots" : bots === 1 ? "1 bot" : `${bots} bots`}`;
  const made = button("", () => enter(id), { class: "room" });
  made.append(element("b", {}, name), element("span", { class: "soft" }, facts));
  return made;
}

function pager(page: number, pages: number, turn: (by: number) => () => void): HTMLElement {
  const back = button("‹", turn(-1), { "aria-label": "Newer rooms" });
  const on = button("›", turn(1), { "aria-label": "Older rooms" });
  back.disabled = page === 0;
  on.disabled = page === pages - 1;
  return element("p", { class: "pager" }, back, `${page + 1} of ${pages}`, on);
}

function joinForm(enter: (id: string) => void): HTMLFormElement {
  const id = element("input", {
    "aria-label": "Room id",
    placeholder: "or by its id",
    autocapitalize: "none",
  });
  const form = element("form", { class: "row" }, id, element("button", {}, "Join"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = id.value.trim().replace(/^.*#room\//, "");
    const isRoom = parseRoom(given) !== undefined;
    id.setCustomValidity(isRoom ? "" : "An id looks like this: garden__64x64");
    if (isRoom) enter(given);
    else id.reportValidity();
  });
  id.addEventListener("input", () => id.setCustomValidity(""));
  return form;
}

function createForm(now: () => number, create: (row: RoomRow) => void): HTMLElement {
  const name = element("input", { placeholder: "garden", maxlength: "30", "aria-label": "Name of the room" });
  const size = choice("Board", "size", BOARD_SIZES, 64, (each) => `${each} × ${each}`);
  const bots = choice(
    "Bots",
    "bots",
    Array.from({ length: MAX_BOTS + 1 }, (_, count) => count),
    3,
    String,
  );
  const form = element(
    "form",
    {},
    name,
    size,
    bots,
    element("button", { class: "primary" }, "Create and play"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(form);
    const boardSize = Number(data.get("size"));
    const suffix = crypto.randomUUID().slice(0, 4);
    const title = name.value.trim() || "room";
    const createdAt = now();
    const id = roomId(`${title.slice(0, 30)}-${suffix}`, boardSize);
    create({
      ...{ roomId: id, name: title, boardSize, bots: Number(data.get("bots")), createdAt },
      expiresAt: createdAt + ROOM_LIFE_MS,
    });
  });
  return form;
}

function choice<Value extends number>(
  label: string,
  name: string,
  values: readonly Value[],
  chosen: Value,
  words: (value: Value) => string,
): HTMLElement {
  const options = values.map((value) => {
    const input = element("input", { type: "radio", name, value: String(value) });
    input.checked = value === chosen;
    return element("label", {}, input, element("span", {}, words(value)));
  });
  return element("fieldset", { class: "choice" }, element("legend", {}, label), ...options);
}

function rules(): HTMLElement {
  return element(
    "p",
    { class: "rules soft" },
    "Arrow keys, WASD, a tap or a swipe: each cell you walk on is yours. Close a loop and all inside is yours, too. Bump into somebody and both stand still. The first with 30 % of the board wins, or whoever has most after two minutes.",
  );
}
