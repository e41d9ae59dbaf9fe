/** import, export and copy: exactly once, whoever is killed. */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { TestServer } from "./support/server.ts";
import { atTerminal } from "./support/terminal.ts";

const server = await TestServer.start();
afterAll(() => server.stop());
const directory = mkdtempSync(join(tmpdir(), "perennial-transfers-"));

function file(name: string, content?: string | Uint8Array): string {
  const path = join(directory, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("import", () => {
  it("goes on where a file has grown, and begins anew with another file", async () => {
    const id = server.freshId();
    const path = file("grown.jsonl", '{"a":1}\n\n  [2]  \n');
    expect(await server.ok("import", id, path)).toBe(`Imported 2 messages into stream "${id}"\n`);
    appendFileSync(path, '"three"\n4\n');
    expect(await server.ok("import", id, path)).toContain("Imported 2 messages");
    writeFileSync(path, "5\n");
    expect(await server.ok("import", id, path)).toBe(`Imported 1 message into stream "${id}"\n`);
    expect(await server.content(id)).toBe('[{"a":1},  [2]  ,"three",4,5]'.replace(/ +/g, ""));
  });

  it("takes bytes of any kind, and closes the stream when told to", async () => {
    const id = server.freshId();
    const bytes = Buffer.from(Uint8Array.from({ length: 1_500_000 }, (_, index) => (index * 31) % 251));
    expect(await server.ok("import", id, file("bytes.bin", bytes), "--close")).toBe(
      `Imported 1.5 MB into stream "${id}"\n`,
    );
    expect(await server.ok("import", id, file("bytes.bin"), "--close")).toContain("is closed already");
    const response = await server.fetch(`${id}?offset=-1`);
    expect(response.headers.get("stream-closed")).toBe("true");
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it("resumes standard input by --id", async () => {
    const id = server.freshId();
    const run = (input: string) => server.run(["import", id, "-", "--json", "--id", "job"], { input });
    await run("1\n2\n");
    expect((await run("1\n2\n3\n")).stdout).toContain("Imported 1 message");
    expect(await server.content(id)).toBe("[1,2,3]");
    expect((await run("1\n")).stderr).toContain("shorter than what was imported before");
  });

  it("says which line is not JSON", async () => {
    const { code, stderr } = await server.run(["import", server.freshId(), file("bad.ndjson", "1\n1,2\n")]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/the line at byte 2 is not JSON .*: 1,2/),
    });
  });

  it("imports all before a line that is not JSON, and goes on there once it is mended", async () => {
    const id = server.freshId();
    const path = file("mended.jsonl", '\uFEFF{"a":1}\n[2]\n{"b:3}\n4\n');
    expect((await server.run(["import", id, path])).code).toBe(1);
    expect(await server.content(id)).toBe('[{"a":1},[2]]');
    writeFileSync(path, '\uFEFF{"a":1}\n[2]\n{"b":3}\n4\n');
    expect(await server.ok("import", id, path)).toContain("Imported 2 messages");
    expect(await server.content(id)).toBe('[{"a":1},[2],{"b":3},4]');
  });

  it.each([
    ["1\n2", "3\n", "[1]", "[1,23]"],
    ['1\n{"a":', "5}\n", "[1]", '[1,{"a":5}]'],
  ])("leaves a last line %j that may go on to the next run", async (start, rest, before, after) => {
    const id = server.freshId();
    const path = file(`growing-${rest.length}.jsonl`, start);
    const { code, stderr } = await server.run(["import", id, path]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("at byte 2, has no end") });
    expect(await server.content(id)).toBe(before);
    appendFileSync(path, rest);
    await server.ok("import", id, path);
    expect(await server.content(id)).toBe(after);
  });

  it("takes a last line without a line feed that cannot go on", async () => {
    const id = server.freshId();
    const path = file("whole.jsonl", '1\n{"a":5}');
    await server.ok("import", id, path);
    appendFileSync(path, "\n6\n");
    await server.ok("import", id, path);
    expect(await server.content(id)).toBe('[1,{"a":5},6]');
  });

  it("shows a bar with rate and time left at a terminal", async () => {
    const path = file("bar.bin", Buffer.alloc(3_000_000, "x"));
    const { code, stdout } = await atTerminal(["import", server.freshId(), path], {
      STREAM_URL: server.baseUrl,
    }).finished;
    expect(code).toBe(0);
    expect(stripVTControlCharacters(stdout)).toMatch(/ 0% {2}0 bytes of 3\.0 MB .*\/s .* left/);
    expect(stdout).toMatch(/Imported 3\.0 MB/);
  });
});

describe("export", () => {
  it("writes lines for JSON, bytes for anything else, to a file or standard output", async () => {
    const id = server.freshId();
    await server.fetch(id, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: '[{"a":\n1},12345678901234567890]',
    });
    const path = file("messages.ndjson");
    expect(await server.ok("export", id, path)).toBe(`Exported 30 bytes to ${path}\n`);
    expect(readFileSync(path, "utf8")).toBe('{"a": 1}\n12345678901234567890\n');
    expect(await server.ok("export", id)).toBe('{"a": 1}\n12345678901234567890\n');
    expect((await server.run(["export", id, path])).stderr).toContain(
      "exists; delete it or name another file",
    );
    const missing = file("missing");
    expect((await server.run(["export", "nosuch", missing])).code).toBe(3);
    expect(existsSync(missing)).toBe(false);
  });

  it("that was killed goes on, and the file is the stream", async () => {
    const id = server.freshId();
    const content = Array.from({ length: 3_000_000 }, (_, index) => `${index}\n`).join("");
    await server.fetch(id, { method: "PUT", headers: { "Content-Type": "text/plain" }, body: content });
    const path = file("killed.txt");
    const note = `${path}.perennial-export`;
    const noted = (): number => (existsSync(note) ? JSON.parse(readFileSync(note, "utf8")).bytes : 0);
    const exporter = server.spawn(["export", id, path]);
    while (noted() === 0) await server.fetch(id, { method: "HEAD" });
    exporter.child.kill("SIGKILL");
    await exporter.finished;
    expect(await server.ok("export", id, path)).toMatch(/; \d.* MB were there already\n$/);
    expect(hash(readFileSync(path, "utf8"))).toBe(hash(content));
    expect(existsSync(note)).toBe(false);
  });
});

describe("copy", () => {
  it("brings State messages over as they are stored, as export writes them", async () => {
    const other = await TestServer.start();
    const id = server.freshId();
    const events = ["a", "b", "c"].map(
      (key) => `{"type":"user","key":"${key}","value":1.0,"headers":{"operation":"insert"}}`,
    );
    await server.fetch(id, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: `[${events.join(",")}]`,
    });
    expect(await server.ok("export", id, "-")).toBe(`${events.join("\n")}\n`);
    expect(await server.ok("copy", `${server.baseUrl}/${id}`, `${other.baseUrl}/copied`)).toBe(
      "Copied 3 messages\n",
    );
    const copied = await other.fetch("copied?offset=-1&exact=true");
    expect(await copied.text()).toBe(`[${events.join(",")}]`);
    await other.stop();
  });

  it("brings a stream to another server, again and again without doubling, and closes it with the source", async () => {
    const other = await TestServer.start();
    const id = server.freshId();
    const copy = () => server.ok("copy", `${server.baseUrl}/${id}`, `${other.baseUrl}/copied`);
    await server.fetch(id, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: "[1,[2],3]",
    });
    expect(await copy()).toBe("Copied 3 messages\n");
    expect(await copy()).toBe("Copied 0 messages\n");
    const wrong = await server.run(["copy", `${server.baseUrl}/${id}`, "nonsense"]);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Invalid URL format: "nonsense"'),
    });
    await server.ok("write", id, "12345678901234567890");
    await server.ok("close", id);
    expect(await copy()).toBe("Copied 1 message and closed the copy, like the source\n");
    expect(await other.content("copied")).toBe("[1,[2],3,12345678901234567890]");
    expect(await copy()).toBe("Copied nothing: source and target are closed\n");
    expect((await other.fetch("copied", { method: "HEAD" })).headers.get("stream-closed")).toBe("true");
    await other.stop();
  });
});
