import { readFileSync } from "node:fs";
import { validate } from "dockerfile-utils";
import { expect, it } from "vitest";
import { SETTINGS, variableOf } from "../src/settings/table.ts";

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

it("the Dockerfile is well-formed, and sets what are settings", () => {
  const dockerfile = read("Dockerfile");
  expect(validate(dockerfile)).toEqual([]);
  const variables = [...dockerfile.matchAll(/^ENV (\w+)=/gm)].map(([, name]) => name);
  expect(variables.length).toBeGreaterThan(0);
  for (const name of variables) expect(SETTINGS.map(variableOf)).toContain(name);
});

it("the systemd unit starts the server on its state directory", () => {
  const unit = read("deploy/perennial.service");
  expect(unit).toMatch(/^ExecStart=\/usr\/local\/bin\/perennial serve --data-dir %S\/perennial$/m);
  expect(unit).toMatch(/^StateDirectory=perennial$/m);
});
