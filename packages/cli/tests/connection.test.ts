/** What the command line tells servers about its user, and its user about servers that fail. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withForeignServer } from "./support/foreign-server.ts";
import { run, start } from "./support/process.ts";

it("credentials are taken from a file or the URL, and shown from neither", async () => {
  const seen: (string | undefined)[] = [];
  const file = join(mkdtempSync(join(tmpdir(), "perennial-")), "token");
  writeFileSync(file, "Bearer secret\n");
  await withForeignServer(
    (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(201).end();
    },
    async (url) => {
      await run(["create", "x", "--url", url, "--auth-file", file]);
      const { stdout } = await run(["create", "x", "--url", url.replace("//", "//user:pass@")]);
      expect(stdout).not.toContain("pass");
    },
  );
  expect(seen).toEqual(["Bearer secret", `Basic ${Buffer.from("user:pass").toString("base64")}`]);
});

const TIMED_OUT = { code: 5, stderr: expect.stringContaining("did not answer in time") };

describe("a server that fails", () => {
  it("is given up on after a few attempts", async () => {
    await withForeignServer(
      (_request, response) => response.writeHead(503).end("busy"),
      async (url) => {
        const { code, stderr } = await run(["delete", "x", "--url", url, "--verbose"]);
        expect(code).toBe(5);
        expect(stderr).toMatch(/^attempt 1 failed: status 503\nattempt 2 /);
        expect(stderr).toMatch(
          /Failed to delete stream "x"\n {2}Service Unavailable \(503\) at .*: busy\n {2}Try again later\n$/,
        );
      },
    );
  });

  it("by cutting every connection is said to do so", async () => {
    await withForeignServer(
      (request) => void request.socket.destroy(),
      async (url) => {
        const { code, stderr } = await run(["stat", "x", "--url", url, "--timeout", "1s"]);
        expect({ code, stderr }).toEqual({
          code: 5,
          stderr: expect.stringContaining("the connection broke before an answer was there"),
        });
      },
    );
  });

  it("by never answering is waited for as long as --timeout says", async () => {
    await withForeignServer(
      () => {},
      async (url) => {
        const { code, stderr } = await run(["write", "x", "1", "--json", "--url", url, "--timeout", "200ms"]);
        expect({ code, stderr }).toEqual(TIMED_OUT);
      },
    );
  });

  it.each([
    ["create", "x"],
    ["write", "x", "1", "--json"],
    ["delete", "x"],
    ["close", "x"],
    ["fork", "x", "y"],
    ["ls"],
  ])("by answering with a part and then nothing is given up on: %s", async (...args) => {
    await withForeignServer(
      (_request, response) => {
        response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" });
        response.write("{");
      },
      async (url) => {
        const { code, stderr } = await run([...args, "--url", url, "--timeout", "300ms"]);
        expect({ code, stderr }).toEqual(TIMED_OUT);
      },
    );
  });

  it.each([
    ["create", "x"],
    ["write", "x", "1", "--json"],
    ["read", "x"],
    ["delete", "x"],
    ["close", "x"],
    ["ls"],
  ])("because a network shows its login page is no success: %s", async (...args) => {
    await withForeignServer(
      (request, response) => {
        const page = () => response.writeHead(200, { "Content-Type": "text/html" }).end("<p>Log in</p>");
        request.resume().once("end", page);
      },
      async (url) => {
        const { code, stderr, stdout } = await run([...args, "--url", url]);
        expect({ code, stderr, stdout }).toEqual({
          code: 5,
          stderr: expect.stringContaining("a web page answers at http://127.0.0.1:"),
          stdout: "",
        });
      },
    );
  });

  it.each([["create"], ["write", "content"], ["read"], ["delete"]])(
    "by not being there is said so: %s",
    async (command, ...content) => {
      let gone = "";
      await withForeignServer(
        () => {},
        async (url) => {
          gone = url;
        },
      );
      const { code, stderr } = await run([command!, "x", ...content, "--url", gone]);
      expect({ code, stderr }).toEqual({
        code: 5,
        stderr: expect.stringContaining("Is the server running?"),
      });
    },
  );

  it.each([
    [["create", "x"], undefined],
    [["write", "x", "1", "--json"], undefined],
    [["write", "x", "--json"], "1"],
    [["write", "x", "1"], undefined],
  ])("because it is starting is waited for as long as --timeout says: %j", async (args, input) => {
    let port = 0;
    await withForeignServer(
      () => {},
      async (url) => {
        port = Number(new URL(url).port);
      },
    );
    const url = `http://127.0.0.1:${port}`;
    const waiting = start([...args, "--url", url, "--timeout", "30s", "--verbose"], {
      ...(input !== undefined && { input }),
    });
    await waiting.output(/attempt 2 failed/);
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.method!);
      request.resume().once("end", () => response.end());
    }).listen(port, "127.0.0.1");
    expect((await waiting.finished).code).toBe(0);
    server.close();
    expect(new Set(requests).size).toBe(requests.length);
  });

  it("that lets a writer write and not ask gets what it is said to be, or a hint", async () => {
    const types: (string | undefined)[] = [];
    await withForeignServer(
      (request, response) => {
        if (request.method === "POST") types.push(request.headers["content-type"]);
        const isWrong =
          request.headers["content-type"] === "application/octet-stream" && request.url === "/json";
        request.resume().once("end", () => {
          response.writeHead(request.method === "HEAD" ? 403 : isWrong ? 409 : 204).end();
        });
      },
      async (url) => {
        expect((await run(["write", "bytes", "x", "--url", url])).code).toBe(0);
        const { code, stderr } = await run(["write", "json", "1", "--url", url]);
        expect({ code, stderr }).toEqual({
          code: 4,
          stderr: expect.stringContaining("--content-type or --json names it"),
        });
        expect((await run(["write", "json", "1", "--json", "--url", url])).code).toBe(0);
      },
    );
    expect(types).toEqual(["application/octet-stream", "application/octet-stream", "application/json"]);
  });
});
