import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BackgroundWrites, LogOutput, WAITING_MAX } from "./log-output.ts";

/** What a pipe was given, whose reader takes as much as it is let. */
class Pipe {
  text = "";
  room = 0;
  /** What the next write throws once. */
  fault: string | undefined;
  readonly output = new LogOutput((bytes) => this.#write(bytes));

  #write(bytes: Uint8Array): number {
    const code = this.fault ?? (this.room === 0 ? "EAGAIN" : undefined);
    this.fault = undefined;
    if (code !== undefined) throw Object.assign(new Error(code), { code });
    const taken = Buffer.from(bytes.subarray(0, this.room));
    this.room -= taken.length;
    this.text += taken.toString();
    return taken.length;
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a line that can be written is written at once", () => {
  const pipe = new Pipe();
  pipe.room = 100;
  pipe.output.write("one\n");
  expect(pipe.text).toBe("one\n");
});

test("what a full pipe does not take follows in order, once somebody reads", () => {
  const pipe = new Pipe();
  pipe.room = 6;
  for (const line of ["one\n", "two\n", "three\n"]) pipe.output.write(line);
  expect(pipe.text).toBe("one\ntw");
  pipe.room = 3;
  vi.advanceTimersByTime(1000);
  expect(pipe.text).toBe("one\ntwo\nt");
  pipe.room = 100;
  vi.advanceTimersByTime(1000);
  expect(pipe.text).toBe("one\ntwo\nthree\n");
});

test("lines beyond the bound are dropped, and how many is told when there is room", () => {
  const pipe = new Pipe();
  const line = `${"x".repeat(1023)}\n`;
  for (let index = 0; index < WAITING_MAX / 1024 + 7; index++) pipe.output.write(line);
  pipe.room = Number.MAX_SAFE_INTEGER;
  vi.advanceTimersByTime(1000);
  const lines = pipe.text.trimEnd().split("\n");
  expect(lines).toHaveLength(WAITING_MAX / 1024 + 1);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ level: 40, dropped: 7 });
  pipe.output.write("and on\n");
  expect(pipe.text.endsWith("}\nand on\n")).toBe(true);
});

test("lines that a full disk did not take are counted, too, and later ones come", () => {
  const pipe = new Pipe();
  pipe.fault = "ENOSPC";
  pipe.output.write("lost\n");
  pipe.room = 1000;
  pipe.output.write("kept\n");
  expect(pipe.text).toMatch(/^\{.*"dropped":1.*\}\nkept\n$/);
});

test("nothing is kept for a reader that has gone for good", () => {
  const pipe = new Pipe();
  pipe.fault = "EPIPE";
  pipe.output.write("lost\n");
  pipe.room = 1000;
  pipe.output.write("nobody\n");
  expect(pipe.text).toBe("");
});

test("the end of the process waits for a reader, but not for long", () => {
  vi.useRealTimers();
  const pipe = new Pipe();
  pipe.output.write("last\n");
  const began = performance.now();
  pipe.output.end();
  expect(performance.now() - began).toBeGreaterThan(900);
  pipe.room = 100;
  pipe.output.end();
  expect(pipe.text).toBe("last\n");
});

/** A file whose disk does one write at a time, when it is told to. */
class SlowFile {
  text = "";
  #done: ((error: Error | null, most?: number) => void) | undefined;
  readonly writes = new BackgroundWrites((bytes, onDone) => {
    expect(this.#done).toBeUndefined();
    this.#done = (error, most = bytes.length) => {
      this.#done = undefined;
      if (error === null) this.text += Buffer.from(bytes.subarray(0, most)).toString();
      onDone(error, error === null ? most : 0);
    };
  });
  readonly output = new LogOutput(this.writes.writeNow);

  /** The disk is done with the write that is under way, and the log hears of it. */
  finish(error: Error | null = null, most?: number): void {
    this.#done!(error, most);
    vi.advanceTimersByTime(1000);
  }
}

test("nobody waits for the disk of a file, and all lines come, in order", () => {
  const file = new SlowFile();
  for (const line of ["one\n", "two\n", "three\n"]) file.output.write(line);
  expect(file.text).toBe("");
  file.finish();
  expect(file.text).toBe("one\n");
  file.finish(null, 5);
  expect(file.text).toBe("one\ntwo\nt");
  file.finish();
  expect(file.text).toBe("one\ntwo\nthree\n");
});

test("lines that the disk of a file could not take are counted, and later ones come", () => {
  const file = new SlowFile();
  file.output.write("lost\n");
  file.output.write("kept\n");
  file.finish(Object.assign(new Error("full"), { code: "ENOSPC" }));
  file.output.write("and on\n");
  file.finish();
  expect(file.text).toMatch(/^kept\n\{.*"dropped":1.*\}\nand on\n$/);
});

test("at the end of the process what is under way is not written twice, and the rest is written", () => {
  const file = new SlowFile();
  for (const line of ["one\n", "two\n"]) file.output.write(line);
  let last = "";
  file.output.end(
    file.writes.atLast((bytes) => {
      last += Buffer.from(bytes).toString();
      return bytes.length;
    }),
  );
  expect(last).toBe("two\n");
  file.finish();
  expect(file.text).toBe("one\n");
});
