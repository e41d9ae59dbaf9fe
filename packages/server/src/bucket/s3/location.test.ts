import { expect, test } from "vitest";
import { isBucketUrl, parseS3Location } from "./location.ts";

const SECRET = "the-secret-itself";
const KEYS = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: SECRET };

function located(text: string, environment: Record<string, string> = {}) {
  const location = parseS3Location(text, { ...KEYS, ...environment });
  if (location.kind === "rejected") throw new Error(location.rejection);
  return { ...location.value, base: location.value.base.href };
}

test("a path is no bucket, also one that is called like one", () => {
  expect(isBucketUrl("s3://bucket")).toBe(true);
  for (const path of ["s3:/bucket", "./s3://bucket", "bucket", "-"]) expect(isBucketUrl(path)).toBe(false);
});

test("Amazon's bucket is known by its host, one with dots by the path", () => {
  expect(located("s3://bucket/a/b/")).toEqual({
    ...{ bucket: "bucket", prefix: "a/b/", region: "us-east-1" },
    base: "https://bucket.s3.us-east-1.amazonaws.com/",
    credentials: { accessKeyId: "id", secretAccessKey: SECRET },
  });
  expect(located("s3://my.bucket", { AWS_REGION: "eu-central-1" })).toMatchObject({
    prefix: "",
    base: "https://s3.eu-central-1.amazonaws.com/my.bucket",
  });
});

test("another service is found by its endpoint, which may have a path", () => {
  const AWS_ENDPOINT_URL = "http://127.0.0.1:7070/";
  expect(located("s3://bucket", { AWS_ENDPOINT_URL }).base).toBe("http://127.0.0.1:7070/bucket");
  const own = { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3: "https://x.example/storage/s3" };
  expect(located("s3://bucket", own).base).toBe("https://x.example/storage/s3/bucket");
});

test("a variable that is set to nothing counts as not set", () => {
  const empty = { AWS_SESSION_TOKEN: "", AWS_REGION: "", AWS_ENDPOINT_URL: "" };
  expect(located("s3://bucket", empty)).toEqual(located("s3://bucket"));
  expect(located("s3://bucket", { AWS_SESSION_TOKEN: "lent" }).credentials.sessionToken).toBe("lent");
});

test.each([
  ["s3://", {}, "names no bucket"],
  ["s3://Bucket", {}, "names no bucket"],
  ["s3://a..b", {}, "names no bucket"],
  ["s3:///prefix", {}, "names no bucket"],
  ["s3://bucket/a//b", {}, "no empty parts"],
  ["s3://bucket/a/../b", {}, "no . or .."],
  [`s3://bucket/${"a".repeat(513)}`, {}, "at most 512 bytes"],
  ["s3://bucket/a\nb", {}, "prefix"],
  ["s3://bucket", { AWS_SECRET_ACCESS_KEY: "" }, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"],
  ["s3://bucket", { AWS_ACCESS_KEY_ID: "a\r\nb" }, "AWS_ACCESS_KEY_ID has characters"],
  ["s3://bucket", { AWS_SESSION_TOKEN: "a b" }, "AWS_SESSION_TOKEN has characters"],
  ["s3://bucket", { AWS_REGION: "evil.example/" }, "AWS_REGION"],
  ["s3://bucket", { AWS_ENDPOINT_URL: "localhost:7070" }, "AWS_ENDPOINT_URL"],
  ["s3://bucket", { AWS_ENDPOINT_URL: "https://user:pass@host" }, "AWS_ENDPOINT_URL"],
  ["s3://bucket", { AWS_ENDPOINT_URL: "https://host/?x=1" }, "AWS_ENDPOINT_URL"],
])("%s with %o is refused: %s", (text, environment, message) => {
  const rejected = parseS3Location(text, { ...KEYS, ...environment });
  expect(rejected).toMatchObject({ kind: "rejected", rejection: expect.stringContaining(message) });
  expect(JSON.stringify(rejected)).not.toMatch(new RegExp(`${SECRET}|pass@`));
});
