/** What the command line tells servers about its user, and its user about servers that fail. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withForeignServer } from "./support/foreign-server.ts";
import { run } from "./support/process.ts";

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

  it("by never answering is waited for as long as --timeout says", async () => {
    await withForeignServer(
      () => {},
      async (url) => {
        const { code, stderr } = await run(["write", "x", "1", "--json", "--url", url, "--timeout", "200ms"]);
        expect({ code, stderr }).toEqual({
          code: 5,
          stderr: expect.stringContaining("did not answer in time"),
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
});
