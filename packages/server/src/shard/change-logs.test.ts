import { expect, test } from "vitest";
import { ChangeLogs } from "./change-logs.ts";

const ALL = "/v1/stream/";
const APP = `${ALL}app/`;

function logsOf(options: { readonly paths?: number; readonly unasked?: number } = {}, owners?: number) {
  let epochs = 0;
  const logs = new ChangeLogs({ now: () => 1000, random: () => ++epochs / 1000, ...options }, owners);
  return { logs };
}

test("each owner learns of its own streams, and whoever has all of them of all", () => {
  const { logs } = logsOf();
  const prefixes = [ALL, APP, `${ALL}app2/`];
  const places = prefixes.map((prefix) => logs.since(prefix, undefined, 10).place);
  for (const path of [`${APP}a`, `${ALL}app2/b/c`, `${ALL}app`, `${ALL}__ds/services`]) logs.note(path);
  expect(prefixes.map((prefix, n) => logs.since(prefix, places[n], 10).paths)).toEqual([
    [`${APP}a`, `${ALL}app2/b/c`, `${ALL}app`],
    [`${APP}a`],
    [`${ALL}app2/b/c`],
  ]);
});

test("how much others do shows nowhere: not in the numbers, nor in having to begin anew", () => {
  const { logs } = logsOf({ paths: 2, unasked: 100 });
  const quiet = logsOf({ paths: 2, unasked: 100 });
  const seen = [logs, quiet.logs].map((own, n) => {
    const { place } = own.since(APP, undefined, 10);
    // Somebody asks for the other's, too, so that they are kept.
    if (n === 0) logs.since(`${ALL}busy/`, undefined, 10);
    if (n === 0) for (let count = 0; count < 5000; count++) logs.note(`${ALL}busy/${count}`);
    own.note(`${APP}a`);
    const { place: next, paths } = own.since(APP, place, 10);
    return [place.number, next.number, paths];
  });
  expect(seen[0]).toEqual(seen[1]);
});

test("only so many are kept at a time, those who asked last", () => {
  const { logs } = logsOf({}, 2);
  const places = ["a", "b"].map((name) => logs.since(`${ALL}${name}/`, undefined, 10).place);
  logs.since(`${ALL}a/`, places[0], 10);
  logs.since(`${ALL}c/`, undefined, 10);
  expect(logs.since(`${ALL}a/`, places[0], 10).paths).toEqual([]);
  expect(logs.since(`${ALL}b/`, places[1], 10).paths).toBeUndefined();
});
