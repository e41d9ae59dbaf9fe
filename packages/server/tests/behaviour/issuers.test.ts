/** Logins of other issuers, verified with the keys that a real server publishes: what they allow, and which do not count. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer, type DurableStreamsServer, type ServerOptions } from "@perennial/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { errorKeeper } from "../support/silent-logger.ts";

const NOW = Date.UTC(2030, 0, 1);
const ISSUER = "https://login.example";
const CLAIMS = { iss: ISSUER, aud: "streams", sub: "ann", iat: NOW / 1000, exp: NOW / 1000 + 3600 };
const KEY_LENGTH = { modulusLength: 2048 };
const first = generateKeyPairSync("rsa", KEY_LENGTH);
const second = generateKeyPairSync("rsa", KEY_LENGTH);

/** What the key server says, and how often it was asked. */
let published: string | undefined;
let asked = 0;
let now = NOW;
let keyServer: Server;
let server: DurableStreamsServer;

beforeEach(async () => {
  publish({ one: first.publicKey });
  asked = 0;
  now = NOW;
  keyServer = createHttpServer((_, response) => {
    asked += 1;
    // Without an answer it is silent.
    if (published !== undefined) response.end(published);
  });
  await new Promise<void>((resolve) => keyServer.listen(0, "127.0.0.1", resolve));
  server = createServer({
    ...{ issuers: [issuer()], logger: errorKeeper().logger, now: () => now, monotonicNow: () => now },
  });
  const made = await server.services.create("app");
  if (made.kind === "rejected") throw new Error(made.rejection.kind);
  for (const path of ["users/ann/a", "users/bob/a", "users/a%7Cb/a", "admin"])
    expect((await ask("PUT", path, made.value.secret)).status).toBe(201);
});

afterEach(async () => {
  await server.stop();
  keyServer.closeAllConnections();
  await new Promise((resolve) => keyServer.close(resolve));
});

test("claims become rights by the rules: one's own streams, and all for a role", async () => {
  const ann = login();
  expect(await readAll(ann)).toEqual([200, 403, 403, 403]);
  expect((await ask("POST", "users/ann/a", ann)).status).toBe(403);
  expect(await readAll(login({ sub: "a|b" }))).toEqual([403, 403, 200, 403]);
  for (const roles of [{ realm: { roles: ["user", "admin"] } }, { "realm.roles": "admin" }])
    expect(await readAll(login(roles))).toEqual([200, 200, 200, 200]);
  expect(await readAll(login({ scope: "openid all:read" }))).toEqual([200, 200, 200, 200]);
  for (const sub of ["*", "**", "..", "ann/..", "%2a", "", undefined, ["ann"], "\ud800"])
    expect(await readAll(login({ sub })), JSON.stringify(sub)).toEqual([403, 403, 403, 403]);
  expect(await readAll(login({ realm: { roles: "administrator" }, scope: "all:reader" }))).toEqual([
    200, 403, 403, 403,
  ]);
});

test("only what the issuer signed for us, with its key and an allowed algorithm, for now, counts", async () => {
  const refused: Record<string, string> = {
    issuer: login({ iss: "https://other.example" }),
    audience: login({ aud: "shop" }),
    "no audience": login({ aud: undefined }),
    expired: login({ exp: NOW / 1000 }),
    "no end": login({ exp: undefined }),
    "not yet": login({ nbf: NOW / 1000 + 61 }),
    "made in the future": login({ iat: NOW / 1000 + 61 }),
    "another's key": login({}, { key: second.privateKey }),
    algorithm: login({}, { alg: "RS512" }),
    none: `${login({}, { alg: "none" }).split(".").slice(0, 2).join(".")}.`,
    "none with a signature": login({}, { alg: "none" }),
    HS256: withPublicKeyAsSecret(),
    "own key": login(
      {},
      { header: { jwk: second.publicKey.export({ format: "jwk" }) }, key: second.privateKey },
    ),
    "own address": login({}, { header: { jku: keyUrl(), kid: "two" }, key: second.privateKey }),
    critical: login({}, { header: { crit: ["x"], x: 1 } }),
    huge: login({ pad: "x".repeat(9000) }),
    changed: login().replace(/^(.{60})./, "$1_"),
  };
  for (const [why, token] of Object.entries(refused))
    expect((await ask("GET", "users/ann/a", token)).status, why).toBe(401);
  expect(
    (await ask("GET", "users/ann/a", login({ aud: ["shop", "streams"], iat: NOW / 1000 + 60 }))).status,
  ).toBe(200);
});

test("keys are asked for once, and again for a new name, but not all the time", async () => {
  for (let count = 0; count < 5; count++) await readAll(login({ count }));
  expect(asked).toBe(1);
  publish({ two: second.publicKey });
  const rotated = login({}, { key: second.privateKey, header: { kid: "two" } });
  now += 10_000;
  expect((await ask("GET", "users/ann/a", rotated)).status).toBe(200);
  expect(asked).toBe(2);
  for (let count = 0; count < 5; count++)
    await ask("GET", "users/ann/a", login({}, { header: { kid: `made-up-${count}` } }));
  expect(asked).toBe(2);
});

test("what a withdrawn key signed is known for five minutes at most", async () => {
  expect((await ask("GET", "users/ann/a", login())).status).toBe(200);
  publish({ two: second.publicKey });
  now += 10_000;
  await ask("GET", "users/ann/a", login({}, { key: second.privateKey, header: { kid: "two" } }));
  now += 289_000;
  expect((await ask("GET", "users/ann/a", login())).status).toBe(200);
  now += 1000;
  expect((await ask("GET", "users/ann/a", login())).status).toBe(401);
});

test("an issuer that is silent, or talks nonsense, stops nothing but its own logins", async () => {
  for (const nonsense of ["{", "{}", '{"keys":1}', "x".repeat(300_000)]) {
    published = nonsense;
    now += 10_000;
    expect((await ask("GET", "users/ann/a", login())).status, nonsense.slice(0, 20)).toBe(401);
  }
  published = undefined;
  now += 10_000;
  const waiting = ask("GET", "users/ann/a", login());
  expect((await ask("GET", "users/ann/a", "of-nobody")).status).toBe(401);
  // It ends by itself, after five seconds.
  expect((await waiting).status).toBe(401);
}, 15_000);

test.each([
  [{ jwks: "http://login.example/keys" }, /jwks must be an https URL/],
  [{ algorithms: ["HS256"] }, /algorithms must be some of/],
  [{ rights: [{ match: "**", ops: ["all"] }] }, /ops must be some of/],
  [{ audience: undefined }, /audience must be/],
  [{ rigths: [] }, /must be an object with some of/],
])("the server does not start with %j", async (wrong, message) => {
  const other = createServer({ issuers: [{ ...issuer(), ...wrong } as Issuer], port: 0 });
  await expect(other.start()).rejects.toThrow(message);
  await other.stop();
});

type Issuer = NonNullable<ServerOptions["issuers"]>[number];

function issuer(): Issuer {
  return {
    ...{ issuer: ISSUER, audience: "streams", jwks: keyUrl(), service: "app" },
    rights: [
      { match: "users/{sub}/**", ops: ["read"] },
      { when: { "realm.roles": "admin" }, match: "**", ops: ["read"] },
      { when: { scope: "all:read" }, match: "**", ops: ["read"] },
    ],
  };
}

function keyUrl(): string {
  return `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/keys`;
}

function publish(keys: Readonly<Record<string, KeyObject>>): void {
  const jwks = Object.entries(keys).map(([kid, key]) => ({ ...key.export({ format: "jwk" }), kid }));
  published = JSON.stringify({ keys: jwks });
}

interface Making {
  readonly key?: KeyObject;
  readonly alg?: string;
  readonly header?: object;
}

/** A login of Ann, unless the claims say otherwise. */
function login(claims: object = {}, { key = first.privateKey, alg = "RS256", header }: Making = {}): string {
  const signed = [
    { alg, kid: "one", ...header },
    { ...CLAIMS, ...claims },
  ]
    .map(encoded)
    .join(".");
  return `${signed}.${sign(alg === "RS512" ? "sha512" : "sha256", Buffer.from(signed), key).toString("base64url")}`;
}

/** The old trick: the public key, which everybody has, taken for a shared secret. */
function withPublicKeyAsSecret(): string {
  const signed = [{ alg: "HS256", kid: "one" }, CLAIMS].map(encoded).join(".");
  const secret = first.publicKey.export({ format: "pem", type: "spki" });
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function ask(method: string, path: string, credential: string): Promise<Response> {
  const headers = { Authorization: `Bearer ${credential}`, "Content-Type": "text/plain" };
  const url = `http://localhost/v1/stream/app/${path}`;
  return server.fetch(new Request(url, { method, headers, ...(method === "POST" && { body: "x" }) }));
}

async function readAll(credential: string): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const path of ["users/ann/a", "users/bob/a", "users/a%7Cb/a", "admin"])
    statuses.push((await ask("GET", path, credential)).status);
  return statuses;
}
