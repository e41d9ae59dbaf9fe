/** What the documentation shows of the command line: a newcomer's first commands, and every other line. */
import { readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { expect, it, onTestFinished } from "vitest";
import { createProgram } from "../src/program.ts";
import { addSettingOptions } from "../src/settings/options.ts";
import { run, start } from "./support/process.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const PAGES = [
  "README.md",
  "SECURITY.md",
  ...["ai", "cli", "explorer", "extensions", "proxy", "state-snapshots", "yjs"].map(
    (page) => `docs/${page}.md`,
  ),
  ...["cli", "explorer", "server", "state", "yjs", "ai", "ai-sdk", "tanstack-ai", "adapters", "timeline"].map(
    (name) => `packages/${name}/README.md`,
  ),
];

/** The command lines in the shell examples of a page, from the program's name on, without what a shell does with them. */
function commandsOn(page: string): string[][] {
  const text = readFileSync(join(root, page), "utf8");
  const lines = Array.from(text.matchAll(/^```sh\n(.*?)^```$/gms), ([, block]) => block!.split("\n")).flat();
  return lines.flatMap((line) =>
    Array.from(line.replace(/\s#.*$/, "").matchAll(/(?:^|\|\s*|npx )perennial ([^|>&]*)/g), ([, words]) =>
      Array.from(words!.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g), ([, one, two, bare]) => one ?? two ?? bare!),
    ),
  );
}

/** What the parser has against a command line. */
function objection(args: readonly string[]): string | undefined {
  const globals = {} as Parameters<typeof createProgram>[0]["globals"];
  const program = createProgram({ name: "perennial", version: "0", globals, addSettingOptions });
  const silence = (command: Command) => {
    command.action(() => {});
    for (const each of command.commands) silence(each);
  };
  for (const command of program.commands) silence(command);
  try {
    program.parse(args, { from: "user" });
    return undefined;
  } catch (error) {
    const { message, exitCode } = error as { message: string; exitCode?: number };
    return exitCode === 0 ? undefined : message;
  }
}

it.each(PAGES)("every command in %s is one", (page) => {
  const objections = commandsOn(page).map((args) => [args.join(" "), objection(args)]);
  expect(objections.filter(([, against]) => against !== undefined)).toEqual([]);
});

it("this test sees a command, a flag and an argument that do not exist", () => {
  expect(commandsOn("docs/cli.md").length).toBeGreaterThan(10);
  for (const wrong of [["reed", "x"], ["read", "x", "--jsonn"], ["write"]])
    expect(objection(wrong)).toBeDefined();
});

it("the first commands of the README do what they say", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "perennial-written-"));
  const [dev, create, write, read] = commandsOn("packages/cli/README.md");
  expect([dev, create?.[0], write?.[0], read?.[0]]).toEqual([["dev"], "create", "write", "read"]);
  const server = start([...dev!, "--port", "0"], { cwd });
  onTestFinished(async () => {
    server.child.kill("SIGTERM");
    await server.finished;
  });
  const [, origin] = await server.output(/listens on (http:\/\/\S+)/);
  const env = { STREAM_URL: `${origin}/v1/stream` };
  expect(await run(create!, { cwd, env })).toMatchObject({ code: 0 });
  expect(await run(write!, { cwd, env })).toMatchObject({ code: 0 });
  const reading = start(read!, { cwd, env });
  onTestFinished(() => void reading.child.kill());
  await reading.output(/\{"text": ?"Hello"\}/);
});
