import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { asCurl, asPython, asTypeScript, shellQuoted } from "./copy-as.ts";

const place = {
  url: "http://localhost:4437/v1/stream/it's",
  offset: "0000000000000000_0000000000000052",
  isJson: true,
};

test("a command survives quotes in the address", () => {
  expect(asCurl(place)).toBe(
    "curl 'http://localhost:4437/v1/stream/it'\\''s?offset=0000000000000000_0000000000000052'",
  );
});

test.each(["a b", "it's", '$(x) `y` "z" \\', "'"])("a shell reads %s as it is", (text) => {
  expect(execFileSync("sh", ["-c", `printf %s ${shellQuoted(text)}`], { encoding: "utf8" })).toBe(text);
});

test("programs begin at the offset, and read what the stream has", () => {
  expect(asTypeScript(place)).toContain(`offset: "${place.offset}"`);
  expect(asTypeScript(place)).toContain("subscribeJson(({ items })");
  expect(asTypeScript({ ...place, isJson: false })).toContain("subscribeText(({ text })");
  expect(asPython(place)).toContain(`?offset=${place.offset}")`);
  expect(asPython(place)).toContain("json.load(response)");
});
