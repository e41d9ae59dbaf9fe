import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { type AddressInfo, connect, createServer as listen } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { rawRequest } from "../../server/tests/support/raw-socket.ts";
import { TEST_CERT_FILE, TEST_KEY_FILE } from "../../server/tests/support/tls-identity.ts";
import { launch, type Running, run, start } from "./support/process.ts";
import { atTerminal, shellAtTerminal } from "./support/terminal.ts";

const servers: Running[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.child.kill("SIGKILL");
});

function startServer(...args: readonly string[]): Running {
  const server = start([...args, "--port", "0"]);
  servers.push(server);
  return server;
}

const LISTENING = /(http:\/\/127\.0\.0\.1:\d+)/;

describe("perennial dev", () => {
  it("says where it listens, where the data is and how to begin", async () => {
    const server = startServer("dev");
    const [, origin] = await server.output(LISTENING);
    await server.output(/live=sse/);
    expect(server.stdout).toContain(`Perennial listens on ${origin}`);
    expect(server.stdout).toMatch(/Data +\S/);
    expect(server.stdout.match(/^ {2}curl /gm)).toHaveLength(4);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("drains and exits with 0 on %s", async (signal) => {
    const server = startServer("dev");
    await server.output(LISTENING);
    server.child.kill(signal);
    expect((await server.finished).code).toBe(0);
  });

  it("ends with 0 when Ctrl-C is pressed at npm start", async () => {
    const cwd = fileURLToPath(new URL("../../..", import.meta.url));
    const env = { PERENNIAL_PORT: "0", PERENNIAL_MEMORY: "true" };
    const server = shellAtTerminal("npm start", { cwd, env });
    servers.push(server);
    await server.output(/live=sse/);
    server.child.stdin.write("\u0003");
    expect((await server.finished).code).toBe(0);
    expect(server.stdout).toContain("stopped");
  });

  it("is launched twice at once", async () => {
    const both = [launch(["dev", "--port", "0"]), launch(["dev", "--port", "0"])];
    servers.push(...both);
    await Promise.all(both.map((server) => server.output(LISTENING)));
  });
});

describe("perennial serve", () => {
  it("logs JSON lines to standard error and nothing to standard output", async () => {
    const server = startServer("serve");
    await server.output(LISTENING);
    server.child.kill("SIGTERM");
    const { code, stdout, stderr } = await server.finished;
    expect(code).toBe(0);
    expect(stdout).toBe("");
    const events = stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ msg: "log opened", streams: 0, tornTail: false });
    expect(events[1]).toMatchObject({ msg: "listening", url: expect.stringMatching(LISTENING) });
    expect(events.at(-1)).toMatchObject({ msg: "stopped" });
  });

  it("speaks like a person at a terminal", async () => {
    const server = atTerminal(["serve", "--memory", "--port", "0", "--stream-root", "/v2,/"], {});
    servers.push(server);
    const [, origin] = await server.output(LISTENING);
    await server.output(/Ctrl-C stops it/);
    server.child.stdin.write("\u0003");
    const { code, stdout } = await server.finished;
    expect(code).toBe(0);
    expect(stdout).toContain(`Perennial listens on ${origin}`);
    for (const root of ["/v1/stream/*", "/v2/*", "/*"]) expect(stdout).toContain(`  ${origin}${root}\r\n`);
    expect(stdout).not.toContain("log opened");
    expect(stdout).toContain("stopped");
    expect(stdout).not.toContain('{"level"');
    expect(stdout).not.toContain("curl");
  });

  it("has streams right under the origin if it is told to, beside its explorer", async () => {
    const server = startServer("serve", "--memory", "--stream-root", "/v1/streams,/");
    const [, origin] = await server.output(LISTENING);
    await run(["create", "a/b", "--url", origin!, "--json", "--body", "[1]"]);
    await run(["fork", "a/b", "a/c", "--url", origin!]);
    const read = ["read", "a/c", "--no-follow", "--json", "--url", `${origin}/v1/streams`];
    expect((await run(read)).stdout).toBe("1\n");
    expect((await run(["ls", "--url", origin!])).stdout).toBe("a/b\na/c\n");
    expect(await (await fetch(`${origin}/`)).text()).toContain("Stream Explorer");
  });

  it("says which root is none, and which the explorer forbids", async () => {
    for (const [root, message] of [
      ["streams", /--stream-root must be a path/],
      ["/streams", /--stream-root must not be \/streams .*--no-explorer/],
    ] as const) {
      const { code, stderr } = await run(["serve", "--memory", "--port", "0", "--stream-root", root]);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
  });

  it("speaks TLS with a certificate and its key, and says what is wrong with them", async () => {
    const server = startServer("serve", "--memory", "--tls-cert", TEST_CERT_FILE, "--tls-key", TEST_KEY_FILE);
    const [, origin] = await server.output(/(https:\/\/127\.0\.0\.1:\d+)/);
    const { status } = await rawRequest(origin!, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(status).toBe(200);
    const wrong = [
      [["--tls-cert", TEST_CERT_FILE], /--tls-cert needs --tls-key/],
      [["--tls-key", TEST_KEY_FILE], /--tls-key needs --tls-cert/],
      [["--issuers", "no-such.json"], /--issuers no-such\.json cannot be read as JSON/],
      [["--tls-cert", "no-such.pem", "--tls-key", TEST_KEY_FILE], /--tls-cert no-such\.pem cannot be read/],
      [["--tls-cert", TEST_KEY_FILE, "--tls-key", TEST_KEY_FILE], /both as PEM/],
    ] as const;
    for (const [args, message] of wrong) {
      const { code, stderr } = await run(["serve", "--memory", "--port", "0", ...args]);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
  });

  it("listens for other machines only when told that this is meant", async () => {
    const closed = await run(["serve", "--memory", "--port", "0", "--host", "0.0.0.0"]);
    expect(closed.code).toBe(1);
    expect(closed.stderr).toMatch(
      /--host 0\.0\.0\.0 lets other machines .* say with --no-auth that this is meant/,
    );
    const open = startServer("serve", "--host", "0.0.0.0", "--no-auth");
    await open.output(/listening/);
    open.child.kill("SIGTERM");
    expect((await open.finished).code).toBe(0);
  });

  it("finishes a request that is under way, and stops at once on a second signal", async () => {
    const server = startServer("serve", "--drain-ms", "60s", "--body-timeout-ms", "60s");
    const [, origin] = await server.output(LISTENING);
    const socket = connect(Number(new URL(origin!).port), "127.0.0.1");
    socket.on("error", () => {});
    const put =
      "PUT /v1/stream/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n";
    socket.write(put);
    await once(socket, "data");
    server.child.kill("SIGTERM");
    await server.output(/stopping/);
    const again = setInterval(() => server.child.kill("SIGTERM"), 50);
    const { code, stderr } = await server.finished;
    clearInterval(again);
    expect(code).toBe(1);
    expect(stderr).not.toContain('"stopped"');
  });
});

describe("the Stream Explorer", () => {
  it.each(["dev", "serve"])("is at / of %s", async (command) => {
    const server = startServer(command);
    const [, origin] = await server.output(LISTENING);
    const page = await fetch(`${origin}/`);
    expect(page.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    const [, script] = /src="([^"]+)"/.exec(await page.text())!;
    expect((await fetch(origin + script!)).status).toBe(200);
  });

  it.each([
    [["--no-explorer"], {}],
    [[], { PERENNIAL_EXPLORER: "false" }],
  ])("is not with %j %j", async (flags, env) => {
    const server = start(["dev", "--port", "0", ...flags], { env });
    servers.push(server);
    const [, origin] = await server.output(LISTENING);
    expect((await fetch(`${origin}/`)).status).toBe(404);
    expect(server.stdout).not.toContain("Explorer");
  });
});

describe("where the data is", () => {
  const directory = (): string => join(mkdtempSync(join(tmpdir(), "perennial-")), "data");

  it.each(["dev", "serve"])("%s keeps it across restarts", async (command) => {
    const cwd = mkdtempSync(join(tmpdir(), "perennial-"));
    for (const status of [201, 200]) {
      const server = start([command, "--port", "0"], { cwd });
      servers.push(server);
      const [, origin] = await server.output(LISTENING);
      expect((await fetch(`${origin}/v1/stream/kept`, { method: "PUT" })).status).toBe(status);
      server.child.kill("SIGTERM");
      expect((await server.finished).code).toBe(0);
    }
    expect(existsSync(join(cwd, "perennial-data"))).toBe(true);
  });

  it.each([["--memory"], ["--durability", "memory"]])("nowhere with %s %s", async (...flags) => {
    const cwd = mkdtempSync(join(tmpdir(), "perennial-"));
    const server = start(["serve", "--port", "0", ...flags], { cwd });
    servers.push(server);
    await server.output(LISTENING);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("where --data-dir says, and only for one server at a time", async () => {
    const data = directory();
    const server = startServer("serve", "--data-dir", data, "--durability", "os");
    await server.output(LISTENING);
    const { code, stderr } = await run(["serve", "--port", "0", "--data-dir", data]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: the server could not start: .*\n$/);
    expect(stderr).toContain(data);
  });
});

describe("what cannot start says why in one line", () => {
  it("a port that is taken: exit status 1", async () => {
    const other = listen().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { code, stdout, stderr } = await run(["dev", "--port", String(port)]);
    other.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^Error: cannot listen: .*EADDRINUSE.*--port\n$/);
  });

  it.each([
    [["serve", "--port", "70000"], {}, "Error: --port must be between 0 and 65535, not 70000\n"],
    [["serve"], { PERENNIAL_PORT: "x" }, 'Error: PERENNIAL_PORT must be a number, not "x"\n'],
    [["serve", "--prot", "1"], {}, /^Error: unknown flag: --prot\n {2}Did you mean --port\?/],
    [["serve", "now"], {}, "Error: unexpected argument: now\n"],
    [["serve", "--config", "none.json"], {}, /^Error: cannot read the configuration file none\.json: /],
  ])("%j %j: exit status 2", async (args, env, message) => {
    const { code, stderr } = await run(args, { env });
    expect(code).toBe(2);
    if (typeof message === "string") expect(stderr).toBe(message);
    else expect(stderr).toMatch(message);
  });
});

it("--help of every command goes to standard output and exits with 0", async () => {
  for (const args of [["--help"], ["dev", "-h"], ["serve", "--help"]]) {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: perennial/);
  }
});
