import { expect, test } from "vitest";
import { loggable } from "./loggable.ts";

test.each([
  ["/v1/stream/a", "/v1/stream/a"],
  ["/v1/stream/a?offset=-1&live=sse", "/v1/stream/a?offset=-1&live=sse"],
  ["/v1/stream/a?access_token=x.y.z&offset=-1", "/v1/stream/a?access_token=…&offset=-1"],
  [
    "/v1/stream/a?offset=%&access%5Ftoken=x&access_token=y",
    "/v1/stream/a?offset=%&access_token=…&access_token=…",
  ],
  ["/v1/stream/a?access_token", "/v1/stream/a?access_token=…"],
  ["/v1/stream/a?my_access_token=x", "/v1/stream/a?my_access_token=x"],
])("%s is logged as %s", (target, expected) => {
  expect(loggable(target)).toBe(expected);
});
