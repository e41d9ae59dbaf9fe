/** The agent in a document that a person edits, too, over a real server. */
import { stream } from "@perennial/client";
import { YjsProvider } from "@perennial/yjs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { FlatText } from "../server/document/flat-text.ts";
import { MarkdownReader } from "../server/document/markdown.ts";
import { DocumentWriter } from "../server/document/writer.ts";
import type { Model, ModelEvent } from "../server/models/model.ts";
import { scripted } from "../server/models/scripted.ts";
import { type Services, startServices } from "../server/services.ts";
import { type ChatEvent, type Exchange, foldChat, type Mode } from "../shared/chat.ts";
import { chatPath, FRAGMENT, YJS_PATH } from "../shared/places.ts";

const KEY = "notes";
let services: Services;
let person: YjsProvider;
let fragment: Y.XmlFragment;
let runs = 0;
const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function begin(model: Model = scripted(0)): Promise<void> {
  services = await startServices(undefined, model);
  stops.push(() => services.stop());
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  person = new YjsProvider({ doc, awareness, baseUrl: services.origin + YJS_PATH, docId: KEY });
  stops.push(() => {
    person.destroy();
    awareness.destroy();
  });
  await person.connect();
  fragment = doc.getXmlFragment(FRAGMENT);
}

beforeEach(() => {
  runs = 0;
});

/** Writes as the person, at the end. */
async function write(markdown: string): Promise<void> {
  const reader = new MarkdownReader(new DocumentWriter({ fragment, at: undefined, suggestedBy: undefined }));
  reader.push(markdown);
  reader.end();
  await person.flush();
}

async function ask(text: string, mode: Mode = "write", selected?: string): Promise<string> {
  const run = `run-${++runs}`;
  const flat = new FlatText(fragment);
  const at = selected === undefined ? -1 : flat.text.indexOf(selected);
  const json = (offset: number) => Y.relativePositionToJSON(flat.anchorAt(offset)!);
  const context = selected === undefined ? undefined : { anchor: json(at), head: json(at + selected.length) };
  await services.agents.ask(KEY, { run, text, mode, author: "Ada", color: "#000000", context });
  return run;
}

async function chat(): Promise<Exchange[]> {
  const exchanges = new Map<string, Exchange>();
  const response = await stream<ChatEvent>({
    url: services.origin + chatPath(KEY),
    live: false,
    warnOnHttp: false,
  });
  for (const event of await response.json()) foldChat(exchanges, event);
  return [...exchanges.values()];
}

/** Waits for a run's end, and for its work to arrive. */
async function ended(run: string): Promise<Exchange> {
  let found: Exchange | undefined;
  await expect
    .poll(async () => {
      found = (await chat()).find((exchange) => exchange.run === run);
      return found?.outcome;
    })
    .toBeDefined();
  return found!;
}

const text = (): string => new FlatText(fragment).text;
const xml = (): string => fragment.toString();

test("it writes where the person is, while the person writes, and nothing is lost", async () => {
  await begin(scripted(5));
  await write("# Gardens\n\nThe first paragraph.\n\nThe last paragraph.");
  const run = await ask("write about roses", "write", "first paragraph.");
  await expect.poll(text).toContain("This part is about");
  const typed = "0123456789".split("");
  for (const sign of typed) {
    const flat = new FlatText(fragment);
    const place = flat.stretches(flat.text.indexOf("The last"), flat.text.length)[0]!;
    place.text.insert(place.index, sign);
    await person.flush();
  }
  const { outcome, answer, edits } = await ended(run);
  expect({ outcome, answer }).toEqual({ outcome: "done", answer: "I have written a part about roses." });
  expect(edits).toBeGreaterThan(10);
  await expect.poll(text).toContain("until somebody accepts it.");
  expect(text()).toContain("0123456789The last paragraph.");
  expect(text().indexOf("Roses")).toBeLessThan(text().indexOf("The last"));
  expect(xml()).toContain('<heading level="2">Roses</heading>');
});

test("all that it has done is undone as one step, and nothing of the person's", async () => {
  await begin();
  await write("Before it.");
  const run = await ask("write about roses");
  await ended(run);
  await expect.poll(text).toContain("Roses");
  await write("After it.");
  expect(await services.agents.takeBack(KEY, run)).toBe(true);
  await expect.poll(text).toBe("Before it.\nAfter it.");
  expect(await services.agents.takeBack(KEY, run)).toBe(false);
  await expect.poll(chat).toMatchObject([{ isUndone: true }]);
});

test("it replaces what is selected", async () => {
  await begin();
  await write("A start. this is  really very long. An end.");
  await ended(await ask("rewrite this", "write", "this is  really very long."));
  await expect.poll(text).toBe("A start. This is long. An end.");
});

test("what it suggests leaves the text as it was, until somebody accepts", async () => {
  await begin();
  await write("A start. this is really long. An end.");
  const run = await ask("rewrite this", "suggest", "this is really long.");
  await ended(run);
  await expect.poll(xml).toContain(`<deletion run="${run}">this is really long.</deletion>`);
  expect(xml()).toContain(`<insertion run="${run}">This is long.</insertion>`);
});

test("it replaces all finds, and makes words bold", async () => {
  await begin();
  await write("One apple.\n\nTwo Apples.");
  await ended(await ask("replace “apple” by “pear”"));
  await expect.poll(text).toBe("One pear.\nTwo pears.");
  await ended(await ask("make “Two” bold"));
  await expect.poll(xml).toContain("<bold>Two</bold>");
});

test("it can be stopped, and a new question stops the one before", async () => {
  await begin(scripted(40));
  await write("A text.");
  const first = await ask("write about roses");
  await expect.poll(text).toContain("This part");
  const second = await ask("write about trees");
  expect(await ended(first)).toMatchObject({ outcome: "stopped" });
  await expect.poll(text).toContain("Trees");
  expect(await services.agents.stop(KEY)).toBe(true);
  expect(await ended(second)).toMatchObject({ outcome: "stopped" });
});

test("a model that fails, and one that never ends, are told in the chat", async () => {
  const failing: Model = {
    name: "failing",
    // biome-ignore lint/correctness/useYield: it fails before it says anything.
    async *next() {
      throw new Error("no credit left");
    },
  };
  await begin(failing);
  expect(await ended(await ask("hello"))).toMatchObject({ outcome: "failed", reason: "no credit left" });
});

test("a model that calls what is not there, or with nonsense, is told so, and goes on", async () => {
  let step = 0;
  const results: unknown[] = [];
  const confused: Model = {
    name: "confused",
    async *next({ turns }): AsyncGenerator<ModelEvent> {
      const last = turns.at(-1);
      if (last?.kind === "results") results.push(JSON.parse(last.results[0]!.result));
      const call = [
        { id: "1", name: "fly", input: {} },
        { id: "2", name: "search_text", input: { query: 7 } },
        { id: "3", name: "place_cursor", input: { matchId: "m99" } },
      ][step++];
      if (call === undefined) yield { kind: "text", text: "I give up." };
      else yield { kind: "call", call };
    },
  };
  await begin(confused);
  expect(await ended(await ask("hello"))).toMatchObject({ outcome: "done", answer: "I give up.", edits: 0 });
  expect(results).toEqual([
    { error: "there is no tool fly" },
    { error: expect.stringContaining("expected string") },
    { error: "there is no match m99" },
  ]);
});

test("the block that it writes in may be deleted under its hands", async () => {
  await begin(scripted(10));
  await write("A text.");
  const run = await ask("write about roses");
  await expect.poll(text).toContain("everybody else");
  fragment.delete(0, fragment.length);
  expect(await ended(run)).toMatchObject({ outcome: "done" });
  await expect.poll(text).toContain("until somebody accepts it.");
});
