import { expect, it } from "vitest";
import { run } from "./support/process.ts";
import { TestServer } from "./support/server.ts";

it("bench says how a server bears a load, and leaves no stream behind", async () => {
  const server = await TestServer.start();
  const options = ["--duration", "300ms", "--connections", "4", "--streams", "3"];
  const { code, stdout, stderr } = await run(["bench", server.baseUrl, ...options]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/operations\/s +p50 ms +p99 ms +max ms +errors$/);
  expect(lines.slice(1).map((line) => line.split(" ")[0])).toEqual(["appends", "reads", "delivery"]);
  for (const line of lines.slice(1)) expect(line).toMatch(/ [1-9]\d* +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d +0$/);
  expect((await server.run(["ls"])).stdout).toBe("");
  await server.stop();
}, 60_000);
