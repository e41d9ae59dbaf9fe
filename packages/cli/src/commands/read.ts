import { Command, Option } from "commander";
import { isJsonContentType } from "../arguments/json.ts";
import { wholeNumber } from "../arguments/option-values.ts";
import { EXIT } from "../exit-codes.ts";
import { failure, requestFailure } from "../failure.ts";
import { connect, type Invocation, streamId } from "../invocation.ts";
import { type MessageFormat, messageFormat } from "../output/json-lines.ts";
import { writeOut } from "../output/standard-output.ts";
import { type LiveMode, type ReadEvent, readStream } from "../reading/read-stream.ts";
import { loadOffset, saveOffset } from "../reading/saved-offset.ts";
import { byteCutter, messageCutter } from "../reading/units.ts";

interface ReadFlags {
  readonly offset?: string;
  readonly limit?: number;
  readonly follow: boolean;
  readonly live: Exclude<LiveMode, "none">;
  readonly json?: boolean;
  readonly saveOffset?: string;
}

/** `read <stream_id>`: the stream's content, then what is appended, until it is closed. */
export function readCommand(invocation: Invocation): Command {
  return new Command("read")
    .description("print a stream's content, then what is appended, until it is closed")
    .argument("<stream_id>")
    .allowExcessArguments()
    .option("--offset <offset>", "begin at this offset; -1: the beginning, now: the tail (-1)")
    .option("--limit <n>", "stop after so much: messages with --json, else bytes", wholeNumber("--limit", 1))
    .option("--no-follow", "stop at the tail")
    .addOption(
      new Option("--live <mode>", "how to wait at the tail")
        .choices(["long-poll", "sse"])
        .default("long-poll"),
    )
    .option("--json", "print one message a line; on a terminal indented and in colour")
    .option(
      "--save-offset <file>",
      "go on where the last run with this file stopped, and note where this one does",
    )
    .action((id: string, flags: ReadFlags) => read(invocation, streamId(id), flags));
}

async function read(invocation: Invocation, id: string, flags: ReadFlags): Promise<void> {
  const connection = connect(invocation);
  const url = connection.streamUrl(id);
  const saved = flags.saveOffset === undefined ? undefined : loadOffset(flags.saveOffset, url);
  const start = flags.offset === undefined ? saved : undefined;
  const offset = flags.offset ?? saved?.offset ?? "-1";
  const printer = new Printer(flags, url, offset, start?.skip ?? 0);
  const live = flags.follow ? flags.live : "none";
  const cutterFor = () => (flags.json ? messageCutter : byteCutter);
  try {
    const skip = start?.skip ?? 0;
    for await (const event of readStream(connection, { url, offset, skip, live, cutterFor })) {
      if (await printer.take(event)) break;
    }
  } catch (error) {
    throw requestFailure(`read stream "${id}"`, error);
  }
}

/** Prints what arrives and keeps account of how far that is. */
class Printer {
  readonly #flags: ReadFlags;
  readonly #url: string;
  readonly #format: MessageFormat;
  #offset: string;
  /** Units printed of the page that begins at `#offset`. */
  #consumed: number;
  /** Units left to print. */
  #left: number;

  constructor(flags: ReadFlags, url: string, offset: string, skip: number) {
    this.#flags = flags;
    this.#url = url;
    this.#format = messageFormat(process.stdout);
    this.#offset = offset;
    this.#consumed = skip;
    this.#left = flags.limit ?? Number.POSITIVE_INFINITY;
  }

  /** Returns whether the limit is reached. */
  async take(event: ReadEvent): Promise<boolean> {
    switch (event.kind) {
      case "opened":
        this.#checkType(event.contentType);
        return false;
      case "data":
        await this.#print(event.pieces);
        if (this.#left === 0) this.#save();
        return this.#left === 0;
      case "position":
        this.#offset = event.offset;
        this.#consumed = 0;
        this.#save();
        return false;
    }
  }

  #checkType(contentType: string): void {
    if (!this.#flags.json || isJsonContentType(contentType)) return;
    throw failure(`the stream is ${contentType}, not JSON; leave out --json`, EXIT.conflict);
  }

  async #print(pieces: readonly Uint8Array[]): Promise<void> {
    if (this.#flags.json) {
      const messages = pieces.slice(0, this.#left);
      await writeOut(messages.map(this.#format).join(""));
      this.#count(messages.length);
      return;
    }
    for (const piece of pieces) {
      const bytes = piece.subarray(0, this.#left);
      await writeOut(bytes);
      this.#count(bytes.length);
    }
  }

  #count(units: number): void {
    this.#left -= units;
    this.#consumed += units;
  }

  #save(): void {
    const { saveOffset: path } = this.#flags;
    if (path === undefined || this.#offset === "now") return;
    saveOffset(path, { url: this.#url, offset: this.#offset, skip: this.#consumed });
  }
}
