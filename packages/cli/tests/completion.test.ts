import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/process.ts";

describe("completion bash", () => {
  let script: string;

  beforeAll(async () => {
    script = (await run(["completion", "bash"])).stdout;
  });

  /** What bash offers after these words, the last of which is being typed. */
  function offers(...words: readonly string[]): readonly string[] {
    const line = words.map((word) => `'${word}'`).join(" ");
    const code = `${script}\nCOMP_WORDS=(perennial ${line}); COMP_CWORD=${words.length}; _perennial; echo "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", code], { encoding: "utf8" });
    expect(stderr).toBe("");
    return stdout.trim().split(" ").filter(Boolean);
  }

  it("offers commands, their flags, and known values", () => {
    expect(offers("ex")).toEqual(["export"]);
    expect(offers("read", "--li")).toEqual(["--limit", "--live"]);
    expect(offers("read", "id", "--live", "")).toEqual(["long-poll", "sse"]);
    expect(offers("--auth-file", "x", "serve", "--dura")).toEqual(["--durability"]);
    expect(offers("serve", "--durability", "")).toEqual(["fsync", "os", "memory"]);
    expect(offers("import", "id", "--id", "")).toEqual([]);
  });
});

it.each([
  [
    "zsh",
    [
      /^#compdef perennial\n/,
      /'create:create a stream'/,
      /'--live\[how to wait at the tail\]:value:\(long-poll sse\)'/,
    ],
  ],
  [
    "fish",
    [/-a create -d 'create a stream'/, /__fish_seen_subcommand_from read' -l live -x -a 'long-poll sse'/],
  ],
])("completion %s knows commands, flags and values", async (shell, patterns) => {
  const { code, stdout } = await run(["completion", shell]);
  expect(code).toBe(0);
  for (const pattern of patterns) expect(stdout).toMatch(pattern);
});

it("completion of another shell is refused", async () => {
  expect(await run(["completion", "tcsh"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("bash, zsh, fish"),
  });
});
