/** Rights that the code of an embedder gives. */
import { inspect } from "node:util";
import type { AskedRequest, GivenRights } from "@perennial/server";
import { expect, test } from "vitest";
import { EventStream } from "../support/event-stream.ts";
import { TEXT } from "../support/http.ts";
import { errorKeeper } from "../support/silent-logger.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

const asked: AskedRequest[] = [];
const errors = errorKeeper();

/** What the session of a cookie may do. */
async function authorize(request: AskedRequest): Promise<GivenRights | undefined> {
  asked.push(request);
  const user = /^user=(\S+)$/.exec(request.header("cookie") ?? "")?.[1];
  const streams = [{ match: `users/${user}/**`, ops: ["read", "append", "create", "list"] as const }];
  switch (user) {
    case undefined:
      return undefined;
    case "broken":
      throw new Error("the database is gone");
    case "odd":
      return { service: "app", streams: [] };
    case "lost":
      return { service: "none", streams };
    case "late":
      return { service: "app", streams, expiresAt: 1 };
    default:
      return { service: "app", streams };
  }
}

throughEachDoor(
  "rights of an embedder",
  (s) => {
    let secret = "";
    const as = (user: string) => ({ Cookie: `user=${user}` });
    const put = async (path: string, headers: Record<string, string>) =>
      (await s.http.put(path, { headers: { ...TEXT, ...headers }, body: "x" })).status;

    test("without a service there are no rights, and nothing is open", async () => {
      expect(await put("app/users/ann/a", {})).toBe(401);
      expect(await put("app/users/ann/a", as("ann"))).toBe(401);
    });

    test("reach as far as it says, and no further", async () => {
      const made = await s.open.server.services.create("app");
      if (made.kind === "ok") secret = made.value.secret;
      await s.open.server.services.create("other");
      expect(await put("app/users/ann/a", as("ann"))).toBe(201);
      for (const path of ["app/users/bob/a", "app/users/anne/a", "app/users%2Fann%2Fa", "app/x"])
        expect(await put(path, as("ann"))).toBe(403);
      expect(await put("other/users/ann/a", as("ann"))).toBe(401);
      expect((await s.http.send("DELETE", "/v1/stream/app/users/ann/a", { headers: as("ann") })).status).toBe(
        403,
      );
      const read = await s.http.get("app/users/ann/a", "", as("ann"));
      expect([read.status, read.headers.get("Cache-Control")]).toEqual([200, "private, no-store"]);
      expect((await s.http.get("__ds/streams", "?prefix=app/users/ann/", as("ann"))).status).toBe(200);
      expect((await s.http.get("__ds/streams", "", as("ann"))).status).toBe(403);
    });

    test("it is asked about what the server does not know itself, as it was sent", async () => {
      asked.length = 0;
      expect(await put("app/x", { Authorization: `Bearer ${secret}` })).toBe(201);
      expect(asked).toEqual([]);
      await s.http.get("app/%61", "?offset=-1", { Authorization: "Bearer theirs" });
      expect(asked.map(({ method, url }) => [method, url])).toEqual([
        ["GET", "/v1/stream/app/%61?offset=-1"],
      ]);
      expect(asked[0]!.header("AUTHORIZATION")).toBe("Bearer theirs");
      expect((await s.http.send("OPTIONS", "/v1/stream/app/x")).status).toBe(204);
      expect(asked).toHaveLength(1);
    });

    test("what it says nothing about, or of no use, lets nobody in", async () => {
      const path = "app/users/ann/a";
      for (const user of ["lost", "late"]) expect((await s.http.get(path, "", as(user))).status).toBe(401);
      for (const user of ["broken", "odd"]) {
        const answer = await s.http.get(path, "", as(user));
        expect([answer.status, answer.text]).toEqual([500, expect.not.stringContaining("database")]);
      }
      expect(inspect(errors.errors)).toMatch(/the database is gone/);
      expect(inspect(errors.errors)).toMatch(/authorize gives what cannot be: streams must be a list/);
    });

    test("a live read ends with its rights", async () => {
      const url = s.http.url("app/users/ann/a", "?offset=-1&live=sse");
      const events = await EventStream.open(url, as("ann"));
      await events.until(({ raw }) => raw.includes("event: control"));
      s.clock.advance(60_000);
      await expect.poll(() => events.state, { timeout: 5000 }).toBe("ended");
    });
  },
  (clock) => ({ now: clock.read, monotonicNow: () => 0, authorize, logger: errors.logger }),
);
