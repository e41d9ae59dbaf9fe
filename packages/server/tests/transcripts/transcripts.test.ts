/** Every scenario goes as it is written, through each door and on a log on disk. README.md says how to read them. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLocalLog } from "@perennial/server";
import { describe, expect, test } from "vitest";
import { DOORS, type Door } from "../doors/doors.ts";
import { Http } from "../support/http.ts";
import { Clock } from "../support/through-each-door.ts";
import { act } from "./play.ts";
import type { Theatre } from "./theatre.ts";

const plays = new URL("plays/", import.meta.url);
const isWriting = process.env.PERENNIAL_WRITE_PLAYS === "1";

/** Raises the curtain on a new directory, and cleans up when the play is over. */
async function inTheatre<T>(door: Door, play: (theatre: Theatre) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "perennial-play-"));
  const clock = new Clock();
  const open = () => door.open({ now: clock.read, log: () => openLocalLog({ directory }) });
  let current = await open();
  try {
    return await play({
      get http() {
        return new Http(current.url);
      },
      advance: (ms) => clock.advance(ms),
      async restart() {
        await current.close();
        current = await open();
      },
    });
  } finally {
    await current.close();
    await rm(directory, { recursive: true });
  }
}

describe.each(DOORS)("through $name", (door) => {
  test.each(readdirSync(plays))("%s", async (file) => {
    const script = readFileSync(new URL(file, plays), "utf8");
    const seen = await inTheatre(door, (theatre) => act(script, theatre));
    if (isWriting) writeFileSync(new URL(file, plays), seen);
    expect(seen).toBe(script);
  });
});
