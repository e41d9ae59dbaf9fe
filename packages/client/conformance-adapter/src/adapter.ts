import { DurableStream, type HeadersRecord, IdempotentProducer } from "@perennial/client";
import { benchmark } from "./benchmark.ts";
import type * as commands from "./commands.ts";
import { DynamicValues } from "./dynamic.ts";
import { errorResult, InvalidArgument } from "./errors.ts";
import { read } from "./read.ts";

type Result = commands.Result;

const DEFAULT_CONTENT_TYPE = "application/octet-stream";
/** Enough for the faults that the suite injects; without a bound, twenty of them would outlast a case. */
const backoffOptions = { initialDelay: 100, maxDelay: 1000, multiplier: 1.5, maxRetries: 10 };

/** Executes the conformance suite's commands by the client. One command at a time. */
export class Adapter {
  readonly #contentTypes = new Map<string, string>();
  readonly #producers = new Map<string, IdempotentProducer>();
  readonly #headers = new DynamicValues();
  readonly #params = new DynamicValues();
  #serverUrl = "";

  /** Executes a command; failures are results too. */
  async execute(command: commands.Command): Promise<Result> {
    try {
      return { type: command.type, success: true, ...(await this.#perform(command)) };
    } catch (error) {
      return errorResult(command.type, error);
    }
  }

  async #perform(command: commands.Command): Promise<Result> {
    switch (command.type) {
      case "init":
        return this.#init(command);
      case "create":
        return await this.#create(command);
      case "connect":
        return await this.#connect(command);
      case "append":
        return await this.#append(command);
      case "read":
        return await this.#read(command);
      case "head":
        return await this.#head(command);
      case "delete":
        return await this.#delete(command);
      case "close":
        return await this.#close(command);
      case "idempotent-append":
        return await this.#idempotentAppend(command);
      case "idempotent-append-batch":
        return await this.#idempotentBatch(command);
      case "idempotent-close":
        return await this.#idempotentClose(command);
      case "idempotent-detach":
        return await this.#idempotentDetach(command);
      case "set-dynamic-header":
        this.#headers.set(command);
        return {};
      case "set-dynamic-param":
        this.#params.set(command);
        return {};
      case "clear-dynamic":
        this.#headers.clear();
        this.#params.clear();
        return {};
      case "validate":
        return this.#validate(command);
      case "benchmark":
        return await benchmark(this.#serverUrl, command);
      case "shutdown":
        return {};
    }
  }

  #init(command: commands.InitCommand): Result {
    this.#serverUrl = command.serverUrl;
    this.#contentTypes.clear();
    this.#producers.clear();
    this.#headers.clear();
    this.#params.clear();
    const features = {
      batching: true,
      sse: true,
      longPoll: true,
      auto: true,
      streaming: true,
      dynamicHeaders: true,
    };
    return {
      clientName: "@perennial/client",
      clientVersion: "0.1.0",
      features: { ...features, strictZeroValidation: true, retryOptions: false, batchItems: false },
    };
  }

  async #create(command: commands.CreateCommand): Promise<Result> {
    const {
      path,
      data,
      binary,
      ttlSeconds,
      expiresAt,
      closed,
      headers,
      contentType = DEFAULT_CONTENT_TYPE,
    } = command;
    const url = this.#url(path);
    const before = await DurableStream.head({ url, ...(headers && { headers }) });
    const body = data === undefined ? {} : { body: content(data, binary) };
    const handle = await DurableStream.create({
      url,
      contentType,
      backoffOptions,
      ttlSeconds,
      expiresAt,
      closed,
      headers,
      ...body,
    });
    this.#contentTypes.set(path, contentType);
    return { status: before.exists ? 200 : 201, offset: await tailOf(handle) };
  }

  async #connect({ path, headers }: commands.ConnectCommand): Promise<Result> {
    const handle = await DurableStream.connect({ url: this.#url(path), headers });
    if (handle.contentType !== undefined) this.#contentTypes.set(path, handle.contentType);
    return { status: 200, offset: await tailOf(handle) };
  }

  async #append(command: commands.AppendCommand): Promise<Result> {
    const { path, data, binary, seq, producerId, producerEpoch, producerSeq } = command;
    const sent = this.#nextDynamic();
    const handle = this.#handle(path, command.headers);
    const result = await handle.append(content(data, binary), {
      seq: seq === undefined ? undefined : String(seq),
      producerId,
      producerEpoch,
      producerSeq,
    });
    const offset = result.offset || (await tailOf(handle));
    return {
      status: 200,
      offset,
      ...(producerId === undefined ? {} : { duplicate: result.duplicate }),
      ...sent,
    };
  }

  async #read(command: commands.ReadCommand): Promise<Result> {
    const sent = this.#nextDynamic();
    const handle = this.#handle(command.path, command.headers);
    return { ...(await read(handle, command, { backoffOptions })), ...sent };
  }

  async #head({ path, headers }: commands.HeadCommand): Promise<Result> {
    const found = await DurableStream.head({ url: this.#url(path), headers });
    // A missing stream is an answer for the client, and an error for the suite.
    if (!found.exists) await DurableStream.connect({ url: this.#url(path), headers });
    if (found.exists && found.contentType !== undefined) this.#contentTypes.set(path, found.contentType);
    return { status: 200, ...found, exists: undefined };
  }

  async #delete({ path, headers }: commands.DeleteCommand): Promise<Result> {
    await DurableStream.delete({ url: this.#url(path), headers });
    this.#contentTypes.delete(path);
    return { status: 200 };
  }

  async #close({ path, data, contentType, headers }: commands.CloseCommand): Promise<Result> {
    const { finalOffset } = await this.#handle(path, headers).close({ body: data, contentType });
    return { finalOffset };
  }

  async #idempotentAppend(command: commands.IdempotentAppendCommand): Promise<Result> {
    const producer = this.#producer(command, command.autoClaim);
    producer.append(command.data);
    await producer.flush({ rejectOnError: true });
    return { status: 200, offset: producer.lastSuccessfulOffset, producerSeq: producer.nextSeq - 1 };
  }

  async #idempotentBatch(command: commands.IdempotentBatchCommand): Promise<Result> {
    const { epoch, autoClaim, maxInFlight = 1 } = command;
    const batching =
      maxInFlight > 1 ? { lingerMs: 0, maxBatchBytes: 1 } : { lingerMs: 1000, maxBatchBytes: 1024 * 1024 };
    const handle = this.#handle(command.path, command.headers);
    const options = { epoch, autoClaim, maxInFlight, replay: true, ...batching };
    const producer = new IdempotentProducer(handle, command.producerId, options);
    for (const item of command.items) producer.append(item);
    await producer.flush({ rejectOnError: true });
    await producer.detach();
    return { status: 200, producerSeq: producer.nextSeq - 1 };
  }

  async #idempotentClose(command: commands.IdempotentCloseCommand): Promise<Result> {
    return { status: 200, ...(await this.#producer(command, command.autoClaim).close(command.data)) };
  }

  async #idempotentDetach(command: commands.IdempotentDetachCommand): Promise<Result> {
    await this.#producer(command, false).detach();
    this.#producers.delete(producerKey(command));
    return { status: 200 };
  }

  #validate({ target }: commands.ValidateCommand): Result {
    if (target.target !== "idempotent-producer")
      throw new InvalidArgument(`cannot validate ${target.target}`);
    const { epoch, maxBatchBytes, producerId = "validated" } = target;
    try {
      new IdempotentProducer(new DurableStream({ url: this.#url("/validated") }), producerId, {
        epoch,
        maxBatchBytes,
      });
      return {};
    } catch (error) {
      throw new InvalidArgument(error instanceof Error ? error.message : String(error));
    }
  }

  #nextDynamic(): Result {
    const headersSent = this.#headers.next();
    const paramsSent = this.#params.next();
    return { ...(headersSent && { headersSent }), ...(paramsSent && { paramsSent }) };
  }

  #handle(path: string, headers: HeadersRecord = {}): DurableStream {
    return new DurableStream({
      url: this.#url(path),
      contentType: this.#contentTypes.get(path) ?? DEFAULT_CONTENT_TYPE,
      headers: { ...this.#headers.functions(), ...headers },
      params: this.#params.functions(),
      backoffOptions,
    });
  }

  #producer(
    command:
      | commands.IdempotentAppendCommand
      | commands.IdempotentCloseCommand
      | commands.IdempotentDetachCommand,
    autoClaim: boolean,
  ): IdempotentProducer {
    const key = producerKey(command);
    let producer = this.#producers.get(key);
    if (producer === undefined) {
      const options = { epoch: command.epoch, autoClaim, maxInFlight: 1, lingerMs: 0, replay: true };
      producer = new IdempotentProducer(
        this.#handle(command.path, command.headers),
        command.producerId,
        options,
      );
      this.#producers.set(key, producer);
    }
    return producer;
  }

  #url(path: string): string {
    return `${this.#serverUrl}${path}`;
  }
}

function producerKey(command: {
  readonly path: string;
  readonly producerId: string;
  readonly epoch: number;
}): string {
  return `${command.path}|${command.producerId}|${command.epoch}`;
}

function content(data: string, binary: boolean | undefined): string | Uint8Array {
  return binary ? Uint8Array.from(atob(data), (character) => character.charCodeAt(0)) : data;
}

async function tailOf(handle: DurableStream): Promise<string | undefined> {
  const found = await handle.head();
  return found.exists ? found.offset : undefined;
}
