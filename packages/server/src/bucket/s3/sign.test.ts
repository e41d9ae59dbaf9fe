/** The examples that Amazon's documentation works out, with its credentials. */
import { expect, test } from "vitest";
import { encodePart, encodeQuery, Signer, type UnsignedRequest } from "./sign.ts";

const CREDENTIALS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const NOW = new Date("2013-05-24T00:00:00Z");

const signer = new Signer(CREDENTIALS, "us-east-1");

function signatureOf(request: Partial<UnsignedRequest>): string | undefined {
  const plain = { method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/", query: "", headers: {} };
  const { authorization } = signer.sign({ ...plain, body: Buffer.alloc(0), ...request }, NOW);
  return /Signature=(\w+)$/.exec(authorization!)?.[1];
}

test("an object's range", () => {
  expect(signatureOf({ path: "/test.txt", headers: { range: "bytes=0-9" } })).toBe(
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  );
});

test("a put, whose key has a character that is encoded", () => {
  const headers = { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" };
  const body = Buffer.from("Welcome to Amazon S3.");
  const path = `/${encodePart("test$file.text")}`;
  expect(signatureOf({ method: "PUT", path, headers, body })).toBe(
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  );
});

test("a list, by a query", () => {
  expect(signatureOf({ query: encodeQuery({ prefix: "J", "max-keys": "2" }) })).toBe(
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  );
});

test("another day has another key, and the first day its own again", () => {
  const request = { method: "GET", host: "h", path: "/", query: "", headers: {}, body: Buffer.alloc(0) };
  const first = signer.sign(request, NOW).authorization;
  expect(signer.sign(request, new Date("2013-05-25T00:00:00Z")).authorization).not.toBe(first);
  expect(signer.sign(request, NOW).authorization).toBe(first);
});

test("a token of lent credentials is signed, and the secret is in no header", () => {
  const lent = new Signer({ ...CREDENTIALS, sessionToken: "lent" }, "us-east-1");
  const request = { method: "GET", host: "h", path: "/", query: "", headers: {}, body: Buffer.alloc(0) };
  const headers = lent.sign(request, NOW);
  expect(headers["x-amz-security-token"]).toBe("lent");
  expect(headers.authorization).toContain("x-amz-date;x-amz-security-token");
  expect(JSON.stringify(headers)).not.toContain(CREDENTIALS.secretAccessKey);
});
