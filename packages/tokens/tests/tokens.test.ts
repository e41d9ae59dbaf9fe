import { createHmac } from "node:crypto";
import { Random, replayOf, Seeds } from "@perennial/testing";
import { base64url, generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import {
  createSecret,
  type Grant,
  mintToken,
  type SigningKey,
  signingKey,
  verifyToken,
} from "../src/index.ts";

const NOW = 1_800_000_000_000;
const SECRET = "psk_a-secret-of-some-forty-characters-or-so";
const key = await signingKey(SECRET);
const streams: Grant[] = [{ match: "chats/1/**", ops: ["read", "append"], producer: "u-42" }];

const verify = (token: string, now = NOW, keys: readonly SigningKey[] = [key]) =>
  verifyToken(token, { keyOf: (id) => keys.find((known) => known.id === id)?.public, now });
const verdict = async (token: string, now = NOW): Promise<string> => {
  const result = await verify(token, now);
  return result.kind === "ok" ? "ok" : result.rejection.kind;
};
const mint = (options: Partial<Parameters<typeof mintToken>[1]> = {}) =>
  mintToken(key, { service: "my-app", streams, now: NOW, ...options });
/** Signs anything at all with the key. */
const sign = (claims: object, header: object = {}) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: "EdDSA", kid: key.id, ...header }).sign(key.signing);
const CLAIMS = { aud: "my-app", iat: NOW / 1000, exp: NOW / 1000 + 60, streams };

test("a token says what it was made for", async () => {
  const token = await mint({ subject: "ann", limits: { bytes: 1000, rate: 5 } });
  const rights = await verify(token);
  expect(rights).toMatchObject({
    kind: "ok",
    value: {
      service: "my-app",
      subject: "ann",
      expiresAt: NOW / 1000 + 600,
      limits: { bytes: 1000, rate: 5 },
    },
  });
});

test("it ends at its second, and begins a minute early at most, for clocks that differ", async () => {
  const token = await mint({ expiresIn: 60 });
  expect(await verdict(token, NOW + 59_999)).toBe("ok");
  expect(await verdict(token, NOW + 60_000)).toBe("expired");
  expect(await verdict(token, NOW - 60_000)).toBe("ok");
  expect(await verdict(token, NOW - 61_000)).toBe("not-yet-valid");
});

describe("keys", () => {
  test("follow from secrets: the same one each time, and none from a secret that is too short", async () => {
    expect((await signingKey(SECRET)).public).toEqual(key.public);
    expect((await signingKey(createSecret())).id).not.toBe(key.id);
    await expect(signingKey("short")).rejects.toThrow(/24 characters/);
  });

  test("whoever knows the public half can verify and not sign", async () => {
    expect(key.public).toEqual({ id: key.id, x: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) });
    const asHmac = `${await mint()}`.split(".");
    const head = base64url.encode(JSON.stringify({ alg: "HS256", kid: key.id }));
    const mac = createHmac("sha256", Buffer.from(key.public.x, "base64url")).update(`${head}.${asHmac[1]}`);
    expect(await verdict(`${head}.${asHmac[1]}.${mac.digest("base64url")}`)).toBe("malformed");
  });

  test("a token of a key that is not known, or of another with its name, does not count", async () => {
    const other = await signingKey(createSecret());
    expect(await verdict(await mintToken(other, { service: "my-app", streams, now: NOW }))).toBe(
      "unknown-key",
    );
    const forged = await mintToken({ ...other, id: key.id }, { service: "my-app", streams, now: NOW });
    expect(await verdict(forged)).toBe("bad-signature");
  });
});

describe("what is signed counts only if all of it is understood", () => {
  test.each([
    ["no end", { exp: undefined }],
    ["an end before its beginning", { exp: NOW / 1000 - 1 }],
    ["a life of more than a day", { exp: NOW / 1000 + 86_401 }],
    ["an end that is no number", { exp: "tomorrow" }],
    ["no service", { aud: undefined }],
    ["two services", { aud: ["my-app", "yours"] }],
    ["no streams", { streams: [] }],
    ["streams that are no list", { streams: { match: "**" } }],
    ["too many streams", { streams: Array(33).fill(streams[0]) }],
    ["a pattern that is none", { streams: [{ match: "a//b", ops: ["read"] }] }],
    ["no operation", { streams: [{ match: "**", ops: [] }] }],
    ["an operation that nobody knows", { streams: [{ match: "**", ops: ["read", "admin"] }] }],
    ["a restriction that nobody knows", { streams: [{ match: "**", ops: ["read"], until: 5 }] }],
    ["a claim that nobody knows", { cnf: { jkt: "x" } }],
    ["a beginning", { nbf: NOW / 1000 + 3600 }],
    ["limits that nobody knows", { limits: { readers: 1 } }],
    ["a limit of nothing", { limits: { bytes: 0 } }],
    ["a producer that is none", { streams: [{ match: "**", ops: ["append"], producer: "" }] }],
  ])("%s", async (_, claims) => {
    expect(await verdict(await sign({ ...CLAIMS, ...claims }))).toBe("bad-claims");
  });

  test("and only if its header says nothing else", async () => {
    expect(await verdict(await sign(CLAIMS, { typ: "JWT" }))).toBe("ok");
    expect(await verdict(await sign(CLAIMS, { jwk: { kty: "OKP" } }))).toBe("malformed");
    expect(await verdict(await sign(CLAIMS, { kid: undefined }))).toBe("malformed");
    const { privateKey } = await generateKeyPair("ES256");
    const es256 = new SignJWT({ ...CLAIMS }).setProtectedHeader({ alg: "ES256", kid: key.id });
    expect(await verdict(await es256.sign(privateKey))).toBe("malformed");
  });
});

test("what no server would take is not minted", async () => {
  await expect(mint({ expiresIn: 0 })).rejects.toThrow(/expiresIn/);
  await expect(mint({ expiresIn: 86_401 })).rejects.toThrow(/expiresIn/);
  await expect(mint({ streams: [] })).rejects.toThrow(/streams/);
  await expect(mint({ streams: [{ match: "a//b", ops: ["read"] }] })).rejects.toThrow(/match/);
});

const COUNT = 10_000;
const ALPHABET = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n%"];

/** A text that begins as a valid token, or looks like one, and is none. */
function mutated(random: Random, valid: readonly string[]): string {
  const token = random.pick(valid);
  const [head, payload, signature] = token.split(".") as [string, string, string];
  const at = random.below(token.length);
  const other = random.pick(valid.filter((one) => one !== token)).split(".") as [string, string, string];
  const text = () => Array.from({ length: random.below(200) }, () => random.pick(ALPHABET)).join("");
  switch (random.below(9)) {
    case 0: // one character is another
      return token.slice(0, at) + random.pick(ALPHABET) + token.slice(at + 1);
    case 1: // one is missing
      return token.slice(0, at) + token.slice(at + 1);
    case 2: // one is too many
      return token.slice(0, at) + random.pick(ALPHABET) + token.slice(at);
    case 3: // the last characters, of which some bits mean nothing
      return token.slice(0, -1) + random.pick(ALPHABET);
    case 4: // parts of two
      return random.pick([`${head}.${other[1]}.${signature}`, `${head}.${payload}.${other[2]}`]);
    case 5: // claims that say more
      return `${head}.${base64url.encode(JSON.stringify({ ...CLAIMS, exp: CLAIMS.exp + random.below(1e6) }))}.${signature}`;
    case 6: // no signature
      return `${base64url.encode(JSON.stringify({ alg: random.pick(["none", "HS256", "EdDSA"]), kid: key.id }))}.${payload}.${random.pick(["", "AA", signature])}`;
    case 7:
      return `${text()}.${text()}.${text()}`;
    default:
      return token.slice(0, at);
  }
}

const seeds = new Seeds(1);
test(`of ${COUNT} random tokens and mutations of valid ones none counts (${seeds})`, {
  timeout: 120_000,
}, async () => {
  const valid = await Promise.all(
    [1, 2, 3, 4].map((n) => mint({ service: `s${n}`, expiresIn: 60 * n, subject: `u${n}` })),
  );
  for (const token of valid) expect(await verdict(token)).toBe("ok");
  for (const seed of seeds) {
    const random = new Random(seed);
    for (let n = 0; n < COUNT; n++) {
      const token = mutated(random, valid);
      if (valid.includes(token)) continue;
      const result = await verify(token);
      expect(result.kind, `${replayOf(seed)}: ${token}`).toBe("rejected");
    }
  }
});
