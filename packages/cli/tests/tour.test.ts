import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tour } from "../src/tour.ts";
import { launch, type Running } from "./support/process.ts";

let server: Running;
let printed: readonly string[];

beforeAll(async () => {
  server = launch(["dev", "--port", "0"]);
  await server.output(/live=sse/);
  printed = [...server.stdout.matchAll(/^ {2}(curl .*)$/gm)].map((match) => match[1]!);
});

afterAll(async () => {
  server.child.kill("SIGTERM");
  await server.finished;
});

/** Types a command into a shell; ends when it does, or once its output holds `until`. */
function shell(command: string, until?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", `exec ${command}`]);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (until !== undefined && output.includes(until)) child.kill();
    });
    child.once("error", reject);
    child.once("close", () => resolve(output));
  });
}

it("works as printed, with curl", async () => {
  const [create, append, read, tail] = printed;
  expect(await shell(create!)).toMatch(/^HTTP\/1\.1 201 /);
  expect(await shell(append!)).toMatch(/^HTTP\/1\.1 204 /);
  expect(await shell(read!)).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\nHello, stream/s);
  expect(await shell(tail!, "event: control")).toMatch(/event: data\ndata: ?Hello, stream\n/);
});

it("is in the README as it is printed", () => {
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  for (const { command } of tour("http://localhost:4437")) expect(readme).toContain(command);
});
