import { CONTENT_TYPE_MAX_LENGTH, isValidContentType, mediaType } from "@perennial/protocol";
import { Random, replayOf, Seeds } from "@perennial/testing";
import { expect, it } from "vitest";
import { describe, readDescription } from "./stored-type.ts";

const INSTANCE = "31de75d7-5f74-4d72-a458-92c1ce3afd24";
const CHARACTERS = 'abc/;=" \\%,é\t';

it(`keeps any content type in one that servers take (${new Seeds(200)})`, () => {
  for (const seed of new Seeds(200)) {
    const random = new Random(seed);
    const characters = Array.from({ length: random.below(30) }, () => random.pick([...CHARACTERS]));
    const contentType = `text/${characters.join("")}`;
    const stored = describe({ contentType, instance: INSTANCE });
    expect(isValidContentType(stored), replayOf(seed)).toBe(true);
    expect(mediaType(stored), replayOf(seed)).toBe("application/octet-stream");
    expect(readDescription(stored), replayOf(seed)).toEqual({ contentType, instance: INSTANCE });
  }
});

it("keeps what there is room for", () => {
  const long = `text/plain; name=${"x".repeat(CONTENT_TYPE_MAX_LENGTH)}`;
  expect(readDescription(describe({ contentType: long, instance: INSTANCE })).contentType).toBe("text/plain");
  const longer = `text/${"x".repeat(CONTENT_TYPE_MAX_LENGTH)}`;
  const none = describe({ contentType: longer, instance: INSTANCE });
  expect(readDescription(none)).toEqual({ contentType: "application/octet-stream", instance: INSTANCE });
});

it("takes nothing that an upstream names for a process of ours", () => {
  const stored = describe({ contentType: `text/plain; by=${INSTANCE}`, instance: undefined });
  expect(readDescription(stored).instance).toBeUndefined();
  expect(readDescription(null)).toEqual({ contentType: "application/octet-stream", instance: undefined });
});
