import { expect, test } from "vitest";
import { evolve, isServiceId, type Service, type ServiceEvent } from "./service.ts";

/** As they are stored: these lines must be understood for ever. */
const STORED = [
  '{"type":"created","id":"app","at":"2026-01-01T00:00:00.000Z","secret":{"digest":"d1","key":{"id":"k1","x":"x1"}}}',
  '{"type":"rotated","id":"app","at":"2026-01-02T00:00:00.000Z","secret":{"digest":"d2","key":{"id":"k2","x":"x2"}}}',
  '{"type":"rotated","id":"app","at":"2026-01-03T00:00:00.000Z","secret":{"digest":"d3","key":{"id":"k3","x":"x3"}}}',
  '{"type":"disabled","id":"app","at":"2026-01-04T00:00:00.000Z"}',
  '{"type":"retired","id":"app","at":"2026-01-05T00:00:00.000Z"}',
  '{"type":"enabled","id":"app","at":"2026-01-06T00:00:00.000Z"}',
  '{"type":"deleted","id":"app","at":"2026-01-07T00:00:00.000Z"}',
  '{"type":"disabled","id":"app","at":"2026-01-08T00:00:00.000Z"}',
  '{"type":"gone","id":"app","at":"2026-01-09T00:00:00.000Z"}',
];

test("a service is what was decided about it", () => {
  let service: Service | undefined;
  const seen = STORED.map((line) => {
    service = evolve(service, JSON.parse(line) as ServiceEvent);
    return service && [service.state, ...service.secrets.map(({ digest }) => digest)];
  });
  expect(seen).toEqual([
    ["enabled", "d1"],
    ["enabled", "d2", "d1"],
    ["enabled", "d3", "d2"],
    ["disabled", "d3", "d2"],
    ["disabled", "d3"],
    ["enabled", "d3"],
    ["deleted"],
    ["deleted"],
    undefined,
  ]);
});

test("what is decided about a service that is not there changes nothing", () => {
  for (const line of STORED.slice(1))
    expect(evolve(undefined, JSON.parse(line) as ServiceEvent)).toBeUndefined();
});

test.each(["a", "app", "My-App-2", "0", "a".repeat(63)])("%s can be a service", (id) =>
  expect(isServiceId(id)).toBe(true),
);
test.each(["", "yjs", "-a", "a-", "a_b", "__ds", "a.b", "a/b", "a b", "%61", "é", "a\n", "a".repeat(64)])(
  "%j cannot",
  (id) => expect(isServiceId(id)).toBe(false),
);
