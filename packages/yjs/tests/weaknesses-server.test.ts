/** What users of the official server suffer from, each with what happens here; and what its tests check. */
import { readFileSync } from "node:fs";
import { encodeFrames } from "@perennial/yjs/core";
import { YjsServer, YjsStreamPaths } from "@perennial/yjs/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { BASE, textOf, World } from "./support/world.ts";

let world: World;
beforeEach(() => {
  world = new World({ compactionThreshold: 1500 });
});
afterEach(() => world.close());

const frame = (...bytes: number[]): Uint8Array<ArrayBuffer> => encodeFrames([Uint8Array.from(bytes)]);
const code = async (response: Response): Promise<string> => (await response.json()).error.code;

/** An update that inserts so many characters. */
function update(characters: number): Uint8Array<ArrayBuffer> {
  const doc = new Y.Doc();
  doc.getText("text").insert(0, "x".repeat(characters));
  return encodeFrames([Y.encodeStateAsUpdate(doc)]);
}

/** Where discovery leads. */
async function newest(docPath: string): Promise<string> {
  const response = await world.ask("GET", `/docs/${docPath}?offset=snapshot`);
  expect(response.status).toBe(307);
  return new URLSearchParams(response.headers.get("location")!).get("offset")!;
}

async function compacted(docPath: string, characters = 2000): Promise<string> {
  await world.ask("POST", `/docs/${docPath}`, { body: update(characters) });
  await world.yjs.compactor.idle();
  return newest(docPath);
}

describe("discovery", () => {
  it("leads to the beginning, then to the newest snapshot, by an address that holds behind any proxy (13)", async () => {
    await world.ask("PUT", "/docs/d");
    const first = await world.ask("GET", "/docs/d?offset=snapshot&secret=s");
    expect(first.headers.get("location")).toBe("?offset=-1&secret=s");
    expect(first.headers.get("cache-control")).toBe("private, max-age=5");
    expect(await compacted("d")).toMatch(/_snapshot$/);
  });

  it("says that a document, and a snapshot, is not there", async () => {
    expect(await code(await world.ask("GET", "/docs/d?offset=snapshot"))).toBe("DOCUMENT_NOT_FOUND");
    await world.ask("PUT", "/docs/d");
    const offset = "9999999999999999_9999999999999999_snapshot";
    const missing = await world.ask("GET", `/docs/d?offset=${offset}`);
    expect([missing.status, await code(missing)]).toEqual([404, "SNAPSHOT_NOT_FOUND"]);
    const bare = await world.ask("GET", "/docs/d?offset=_snapshot");
    expect([bare.status, await code(bare)]).toEqual([400, "INVALID_REQUEST"]);
  });

  it("looks at the method first (21)", async () => {
    await world.ask("PUT", "/docs/d");
    for (const path of ["/docs/d?offset=snapshot", "/docs/d", "/docs/d?awareness=default"]) {
      const response = await world.ask("PATCH", path, { body: "x" });
      expect([response.status, await code(response)]).toEqual([405, "INVALID_REQUEST"]);
    }
  });
});

describe("snapshots", () => {
  it("say where to go on, exactly (12)", async () => {
    await world.ask("PUT", "/docs/d");
    const key = await compacted("d");
    const snapshot = await world.ask("GET", `/docs/d?offset=${key}`);
    const next = snapshot.headers.get("stream-next-offset")!;
    expect(`${next}_snapshot`).toBe(key);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, new Uint8Array(await snapshot.arrayBuffer()));
    expect(doc.getText("text").length).toBe(2000);
    await world.ask("POST", "/docs/d", { body: frame(1, 2, 3) });
    const after = await world.ask("GET", `/docs/d?offset=${next}`);
    expect(new Uint8Array(await after.arrayBuffer())).toEqual(frame(1, 2, 3));
    expect((await world.ask("GET", "/docs/d?offset=-1")).status).toBe(200);
  });

  it("replace each other, also after a restart, and leave no earlier one behind (16)", async () => {
    await world.ask("PUT", "/docs/d");
    const first = await compacted("d");
    world.yjs = world.another();
    const second = await compacted("d");
    expect(second).not.toBe(first);
    expect((await world.ask("GET", `/docs/d?offset=${first}`)).status).toBe(404);
    expect((await world.ask("GET", `/docs/d?offset=${second}`)).status).toBe(200);
    const reader = await world.opened("d");
    expect(textOf(reader).length).toBe(4000);
  });

  it("are made by one of two processes, and by one run at a time (17)", async () => {
    await world.ask("PUT", "/docs/d");
    await world.ask("POST", "/docs/d", { body: update(1000) });
    const servers = [world.yjs, world.another(), world.another()];
    const runs = servers.map((server) => server.compactor.performCompaction("test", "d"));
    expect((await Promise.all(runs)).filter((result) => result !== undefined)).toHaveLength(1);
    await Promise.all(servers.slice(1).map((server) => server.stop()));
  });

  it("leave out what cannot be read, and say so (18)", async () => {
    await world.ask("PUT", "/docs/d");
    await world.ask("POST", "/docs/d", { body: frame(9, 9, 9, 9) });
    const key = await compacted("d");
    expect(key).toMatch(/_snapshot$/);
    expect(world.warnings.join()).toContain("updates that cannot be read");
    const reader = await world.opened("d");
    expect(textOf(reader).length).toBe(2000);
  });

  it("are read whole from a server that cuts long reads (19)", async () => {
    const paged = new World({ compactionThreshold: 1000 }, { pageBytes: 65_536 });
    await paged.ask("PUT", "/docs/d");
    await paged.ask("POST", "/docs/d", { body: update(300_000) });
    await paged.yjs.compactor.idle();
    const reader = await paged.opened("d");
    expect(paged.asked.some((asked) => asked.includes("_snapshot"))).toBe(true);
    expect(textOf(reader).length).toBe(300_000);
    await paged.close();
  });

  it("wait until updates are a quarter of the one before, so that work stays in proportion", async () => {
    await world.ask("PUT", "/docs/d");
    const first = await compacted("d", 40_000);
    expect(await compacted("d", 2000)).toBe(first);
    expect(await compacted("d", 20_000)).not.toBe(first);
  });
});

describe("documents", () => {
  it("are made once, and their address is theirs (14)", async () => {
    const made = await world.ask("PUT", "/docs/a/b");
    expect([made.status, made.headers.get("location")]).toEqual([201, `${BASE}/docs/a/b`]);
    expect((await world.ask("PUT", "/docs/a/b")).status).toBe(200);
  });

  it("tell what is wrong as JSON (14)", async () => {
    for (const [method, init] of [
      ["GET", {}],
      ["POST", { body: frame(1) }],
      ["DELETE", {}],
    ] as const) {
      const response = await world.ask(method, "/docs/none", init);
      expect([response.status, await code(response)]).toEqual([404, "DOCUMENT_NOT_FOUND"]);
    }
    await world.ask("PUT", "/docs/d");
    expect(await code(await world.ask("GET", "/docs/d?offset=nonsense"))).toBe("INVALID_REQUEST");
  });

  it("cannot be closed by a client, nor made a copy of another's stream (3)", async () => {
    await world.below("PUT", "/private", {
      body: "secret",
      headers: { "content-type": "application/octet-stream" },
    });
    const headers = { "stream-closed": "true", "stream-forked-from": "/v1/stream/yjs/test/private" };
    await world.ask("PUT", "/docs/d", { headers });
    expect(await (await world.ask("GET", "/docs/d?offset=-1")).text()).toBe("");
    await world.ask("POST", "/docs/d", { headers, body: frame(1) });
    expect((await world.ask("POST", "/docs/d", { body: frame(2) })).status).toBe(204);
  });

  it("take whole frames only: anything else would be the end of them for everybody", async () => {
    await world.ask("PUT", "/docs/d");
    for (const body of [
      Uint8Array.of(5, 1),
      Uint8Array.of(),
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
    ])
      expect((await world.ask("POST", "/docs/d", { body })).status).toBe(400);
  });

  it("are stored once, whoever repeats them", async () => {
    await world.ask("PUT", "/docs/d");
    const headers = { "producer-id": "p", "producer-epoch": "0", "producer-seq": "0" };
    const post = async () => (await world.ask("POST", "/docs/d", { headers, body: frame(1) })).status;
    expect([await post(), await post()]).toEqual([200, 204]);
  });

  it("have paths of letters, digits and slashes", async () => {
    for (const path of ["foo%2F..%2Fbar", "foo%2F.%2Fbar", "a.b", "%zz", "a".repeat(257), ""])
      expect((await world.ask("PUT", `/docs/${path}`)).status).toBe(400);
    expect((await world.yjs.fetch(new Request("http://documents.test/v1/yjs/a%2Fb/docs/d"))).status).toBe(
      400,
    );
    expect((await world.ask("PUT", "/docs//a//b/")).status).toBe(201);
    expect((await world.ask("PUT", "/docs/a/b")).status).toBe(200);
  });

  it("are bounded in what one request brings (20)", async () => {
    const small = new World({ bodyBytes: 100 });
    await small.ask("PUT", "/docs/d");
    expect((await small.ask("POST", "/docs/d", { body: update(500) })).status).toBe(413);
    await small.close();
  });

  it("let a reader's cursor through, and leave the server below when the reader leaves (20)", async () => {
    const asked: string[] = [];
    let isLeft = false;
    const dsServer = {
      fetch: async (request: Request) => {
        asked.push(request.url);
        request.signal.addEventListener("abort", () => {
          isLeft = true;
        });
        return new Response(new ReadableStream());
      },
    };
    const yjs = new YjsServer({ dsServer });
    const reader = new AbortController();
    const { signal } = reader;
    await yjs.fetch(new Request(`${BASE}/docs/d?offset=-1&live=sse&cursor=7&secret=s`, { signal }));
    expect(asked[0]).toMatch(/\?offset=-1&live=sse&cursor=7$/);
    reader.abort();
    expect(isLeft).toBe(true);
    await yjs.stop();
  });

  it("say that the server below cannot be reached (24)", async () => {
    const yjs = new YjsServer({
      dsServer: { fetch: () => Promise.reject(new TypeError("refused")) },
      logger: { info: () => undefined, warn: () => undefined },
    });
    const response = await yjs.fetch(new Request(`${BASE}/docs/d?offset=-1`));
    expect([response.status, await code(response)]).toEqual([502, "PROXY_ERROR"]);
    await yjs.stop();
  });

  it("show pages of other origins that events are base64 (4)", async () => {
    const response = await world.ask("PUT", "/docs/d");
    expect(response.headers.get("access-control-expose-headers")).toContain("stream-sse-data-encoding");
    expect((await world.ask("OPTIONS", "/docs/d")).status).toBe(204);
  });

  it("are not held: nothing is remembered of a small one, and of a large one some numbers", async () => {
    await world.ask("PUT", "/docs/d");
    await world.ask("POST", "/docs/d", { body: update(100) });
    expect(world.yjs.getDocumentState("test", "d")).toBeUndefined();
    await world.ask("POST", "/docs/d", { body: update(4000) });
    const state = world.yjs.getDocumentState("test", "d")!;
    expect(Object.values(state).every((value) => typeof value !== "object" || value === null)).toBe(true);
  });
});

describe("presence", () => {
  it("is there with its document, lives for an hour after its last use, and is made anew (15)", async () => {
    await world.ask("PUT", "/docs/d");
    const below = await world.below("HEAD", "/docs/d/.awareness/default");
    expect(below.headers.get("stream-ttl")).toBe("3600");
    await world.below("DELETE", "/docs/d/.awareness/default");
    const posts = [1, 2].map((byte) => world.ask("POST", "/docs/d?awareness=default", { body: frame(byte) }));
    expect((await Promise.all(posts)).map(({ status }) => status)).toEqual([204, 204]);
  });

  it("is made, found, kept apart by its name, and removed without its document", async () => {
    const at = (name: string): string => `/docs/d?awareness=${name}`;
    expect(await code(await world.ask("PUT", at("a")))).toBe("DOCUMENT_NOT_FOUND");
    await world.ask("PUT", "/docs/d");
    expect((await world.ask("PUT", at("a"))).status).toBe(201);
    expect((await world.ask("PUT", at("a"))).status).toBe(200);
    await world.ask("POST", at("a"), { body: frame(1) });
    await world.ask("POST", at("b"), { body: frame(2) });
    const read = async (name: string) =>
      new Uint8Array(await (await world.ask("GET", `${at(name)}&offset=-1`)).arrayBuffer());
    expect([await read("a"), await read("b")]).toEqual([frame(1), frame(2)]);
    expect((await world.ask("DELETE", at("a"))).status).toBe(204);
    expect(await code(await world.ask("DELETE", at("a")))).toBe("STREAM_NOT_FOUND");
    expect((await world.ask("HEAD", "/docs/d")).status).toBe(200);
    expect((await world.ask("PUT", at(".index"))).status).toBe(400);
  });
});

describe("deletion", () => {
  it("takes all that belongs to the document, also what made itself (15)", async () => {
    await world.ask("PUT", "/docs/d");
    await world.ask("POST", "/docs/d?awareness=made-itself", { body: frame(1) });
    const key = await compacted("d");
    expect((await world.ask("DELETE", "/docs/d")).status).toBe(204);
    const gone = [
      ".updates",
      ".index",
      `.snapshots/${key}`,
      ".awareness/default",
      ".awareness/made-itself",
      ".awareness/.index",
    ];
    for (const stream of gone) expect((await world.below("HEAD", `/docs/d/${stream}`)).status).toBe(404);
    for (const method of ["GET", "HEAD", "DELETE"])
      expect((await world.ask(method, "/docs/d")).status).toBe(404);
    expect((await world.ask("POST", "/docs/d?awareness=default", { body: frame(1) })).status).toBe(404);
    expect((await world.ask("PUT", "/docs/d")).status).toBe(201);
    expect(await newest("d")).toBe("-1");
  });

  it("that was cut short leaves nothing to the document's next life", async () => {
    await world.ask("PUT", "/docs/d");
    await compacted("d");
    await world.below("DELETE", "/docs/d/.updates");
    world.yjs = world.another();
    await world.ask("PUT", "/docs/d");
    expect(await newest("d")).toBe("-1");
  });
});

it("has Yjs as a peer only, so that there is one copy of it (22)", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(Object.keys(manifest.dependencies)).toEqual(["@perennial/client", "@perennial/protocol"]);
  expect(Object.keys(manifest.peerDependencies).sort()).toEqual(["y-protocols", "yjs"]);
});

it("answers all else by the server below, on the same origin (23)", async () => {
  const response = await world.yjs.fetch(
    new Request("http://documents.test/v1/stream/plain", { method: "PUT" }),
  );
  expect(response.status).toBe(201);
  expect(YjsStreamPaths.dsStream("test", "a/b")).toBe("/v1/stream/yjs/test/docs/a/b/.updates");
  expect(YjsStreamPaths.parseSnapshotOffset("1_2_snapshot")).toBe("1_2");
  expect(YjsStreamPaths.parseSnapshotOffset("_snapshot")).toBeNull();
});
