import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Running, run, start } from "./support/process.ts";

const servers: Running[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.child.kill("SIGKILL");
});

const freshDirectory = () => mkdtempSync(join(tmpdir(), "perennial-service-"));
const act = (directory: string, ...args: readonly string[]) =>
  run(["service", ...args, "--data-dir", directory]);
const SECRET = /^psk_[A-Za-z0-9_-]{43}\n$/;

async function serving(directory: string, ...args: readonly string[]): Promise<string> {
  const server = start(["serve", "--port", "0", "--data-dir", directory, ...args]);
  servers.push(server);
  const [, port] = await server.output(/"url":"http:\/\/[^"]*:(\d+)"/);
  return `http://127.0.0.1:${port}/v1/stream`;
}

describe("perennial service", () => {
  it("limits what a service may use, with a server and without", async () => {
    const directory = freshDirectory();
    const secret = (await act(directory, "create", "app")).stdout.trim();
    const limited = await act(directory, "limit", "app", "streams=1", "storedBytes=1MiB");
    expect(limited.stdout).toMatch(/^app\tenabled\t1 secret\t\S+\tstreams=1 storedBytes=1048576\n$/);
    const base = await serving(directory);
    const put = async (name: string) =>
      (await fetch(`${base}/app/${name}`, { method: "PUT", headers: { Authorization: `Bearer ${secret}` } }))
        .status;
    expect([await put("a"), await put("b")]).toEqual([201, 429]);
    expect((await act(directory, "limit", "app")).code).toBe(0);
    expect(await put("b")).toBe(201);
    const wrong = await act(directory, "limit", "app", "readers=1");
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toMatch(/readers=1 is no limit: writesPerSecond=, /);
    expect((await act(directory, "limit", "app", "streams=x")).stderr).toMatch(
      /streams must be a number of bytes/,
    );
    expect((await act(directory, "rotate", "app", "streams=1")).stderr).toMatch(
      /rotate takes nothing but an id/,
    );
  });

  it("makes a service before the server runs, which then listens for other machines", async () => {
    const directory = freshDirectory();
    const created = await act(directory, "create", "my-app");
    expect(created.stdout).toMatch(SECRET);
    expect(created.stderr).toMatch(/The secret of my-app, shown this once/);
    const base = await serving(directory, "--host", "0.0.0.0");
    expect((await fetch(`${base}/my-app/s`, { method: "PUT" })).status).toBe(401);
    const headers = { Authorization: `Bearer ${created.stdout.trim()}` };
    expect((await fetch(`${base}/my-app/s`, { method: "PUT", headers })).status).toBe(201);
  });

  it("speaks to a server that runs, which obeys at once", async () => {
    const directory = freshDirectory();
    const base = await serving(directory);
    const secret = (await act(directory, "create", "app")).stdout.trim();
    const status = async (own: string) =>
      (await fetch(`${base}/app/none`, { headers: { Authorization: `Bearer ${own}` } })).status;
    expect(await status(secret)).toBe(404);
    const next = (await act(directory, "rotate", "app")).stdout.trim();
    expect((await act(directory, "list")).stdout).toMatch(/^app\tenabled\t2 secrets\t20\S+Z\n$/);
    expect((await act(directory, "retire", "app")).stdout).toMatch(/^app\tenabled\t1 secret\t/);
    expect([await status(secret), await status(next)]).toEqual([401, 404]);
    expect((await act(directory, "disable", "app")).stdout).toMatch(/^app\tdisabled\t/);
    expect(await status(next)).toBe(403);
    expect((await act(directory, "enable", "app")).stdout).toMatch(/^app\tenabled\t/);
    expect((await act(directory, "delete", "app")).stdout).toMatch(/^app\tdeleted\t/);
    expect(await status(next)).toBe(401);
  });

  it("makes a link that signs in to read the service, at the server that runs", async () => {
    const directory = freshDirectory();
    const secret = (await act(directory, "create", "app")).stdout.trim();
    const early = await act(directory, "link", "app");
    expect(early).toMatchObject({ code: 1, stdout: "" });
    expect(early.stderr).toMatch(/no server runs on .*: a link is signed by the one that it leads to/);
    const base = await serving(directory);
    const { stdout } = await act(directory, "link", "app");
    const [, token] = /^http:\/\/\S+:\d+\/#access_token=(\S+)\n$/.exec(stdout)!;
    const status = async (method: string, credential: string) =>
      (await fetch(`${base}/app/s`, { method, headers: { Authorization: `Bearer ${credential}` } })).status;
    expect(await status("PUT", token!)).toBe(403);
    expect(await status("PUT", secret)).toBe(201);
    expect(await status("GET", token!)).toBe(200);
    expect((await act(directory, "link", "none")).stderr).toMatch(/there is no service none/);
    expect(servers[0]!.stderr).not.toContain(token);
  });

  it("shows what was done, and who was refused, whether a server runs or not", async () => {
    const directory = freshDirectory();
    await act(directory, "create", "app");
    const base = await serving(directory);
    for (let n = 0; n < 3; n++) await fetch(`${base}/app/x?access_token=guess`);
    await act(directory, "disable", "app");
    const { stdout } = await act(directory, "audit");
    const lines = stdout.trimEnd().split("\n").sort();
    expect(lines.map((line) => line.split("\t").slice(1))).toEqual([
      ["created", "app"],
      ["disabled", "app"],
      ["refused 401", "app", "3 times", "GET /v1/stream/app/x"],
    ]);
    servers[0]!.child.kill("SIGTERM");
    await servers[0]!.finished;
    expect((await act(directory, "audit")).stdout).toBe(stdout);
    expect((await act(directory, "audit", "app")).stderr).toMatch(/audit takes no id/);
  });

  it("says what is wrong", async () => {
    const directory = freshDirectory();
    await act(directory, "create", "app");
    const wrong = [
      [["create", "app"], 1, /there is a service app/],
      [["create", "a/b"], 1, /a\/b cannot be a service/],
      [["rotate", "none"], 1, /there is no service none/],
      [["create"], 2, /create needs the id of a service/],
      [["list", "app"], 2, /list takes no id/],
      [["burn", "app"], 2, /burn/],
    ] as const;
    for (const [args, code, message] of wrong) {
      const finished = await act(directory, ...args);
      expect(finished.stderr).toMatch(message);
      expect(finished.code).toBe(code);
    }
  });
});
