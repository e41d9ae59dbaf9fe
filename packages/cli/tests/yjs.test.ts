/** Yjs documents, with the server and in front of one. */
import { YjsProvider } from "@perennial/yjs";
import { afterEach, describe, expect, it } from "vitest";
import { Doc } from "yjs";
import { type Running, run, start } from "./support/process.ts";

const LISTENING = /"url":"(http:\/\/127\.0\.0\.1:\d+)/;
const servers: Running[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.child.kill("SIGKILL");
});

async function launched(...args: string[]): Promise<string> {
  const server = start([...args, "--port", "0"]);
  servers.push(server);
  const [, url] = await server.output(LISTENING);
  return url!;
}

/** Writes with one provider, and reads with another. */
async function roundTrip(url: string): Promise<string> {
  const open = (doc: Doc): YjsProvider =>
    new YjsProvider({ doc, baseUrl: `${url}/v1/yjs/test`, docId: "notes" });
  const [writer, reader] = [new Doc(), new Doc()];
  const providers = [open(writer)];
  await providers[0]!.connect();
  writer.getText("text").insert(0, "hello");
  await providers[0]!.flush();
  providers.push(open(reader));
  await providers[1]!.connect();
  for (const provider of providers) provider.destroy();
  return reader.getText("text").toString();
}

describe("perennial serve --yjs", () => {
  it("serves documents beside streams", async () => {
    const url = await launched("serve", "--memory", "--yjs");
    expect(await roundTrip(url)).toBe("hello");
    expect((await fetch(`${url}/v1/stream/yjs/test/docs/notes/.updates`)).status).toBe(200);
  });

  it("does not without", async () => {
    const url = await launched("serve", "--memory");
    expect((await fetch(`${url}/v1/yjs/test/docs/notes`, { method: "PUT" })).status).toBe(404);
  });
});

describe("perennial yjs", () => {
  it("serves documents that live in another server, and ends cleanly", async () => {
    const upstream = await launched("serve", "--memory");
    const url = await launched("yjs", "--upstream", upstream);
    expect(await roundTrip(url)).toBe("hello");
    const [, yjs] = servers;
    yjs!.child.kill("SIGTERM");
    expect((await yjs!.finished).code).toBe(0);
  });

  it("keeps pages of strangers out, and opens to other machines only when told to", async () => {
    const upstream = await launched("serve", "--memory");
    const url = await launched("yjs", "--upstream", upstream);
    const page = { headers: { Origin: "https://evil.example" } };
    expect((await fetch(`${url}/v1/yjs/test/docs/notes`, page)).status).toBe(403);
    expect((await fetch(`${url}/v1/stream/a`, page)).status).toBe(403);
    const open = await run(["yjs", "--upstream", upstream, "--host", "0.0.0.0"]);
    expect(open).toMatchObject({ code: 2 });
    expect(open.stderr).toMatch(/--host 0.0.0.0 lets other machines .* --no-auth/s);
    const origin = await run(["yjs", "--upstream", upstream, "--cors-origin", "app.example"]);
    expect(origin.stderr).toContain("--cors-origin must be origins");
  });

  it("says what is wrong with its address", async () => {
    const { code, stderr } = await run(["yjs", "--upstream", "localhost:4437"]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/--upstream must be an address such as http/);
  });
});
