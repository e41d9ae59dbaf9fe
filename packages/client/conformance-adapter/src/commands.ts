/** The adapter's protocol: one JSON object per line each way. Only the fields that this client needs. */

export interface InitCommand {
  readonly type: "init";
  readonly serverUrl: string;
}

interface PathCommand {
  readonly path: string;
  readonly headers?: Record<string, string>;
}

export interface CreateCommand extends PathCommand {
  readonly type: "create";
  readonly contentType?: string;
  readonly ttlSeconds?: number;
  readonly expiresAt?: string;
  readonly closed?: boolean;
  readonly data?: string;
  readonly binary?: boolean;
}

export interface ConnectCommand extends PathCommand {
  readonly type: "connect";
}

export interface AppendCommand extends PathCommand {
  readonly type: "append";
  readonly data: string;
  readonly binary?: boolean;
  readonly seq?: number | string;
  readonly producerId?: string;
  readonly producerEpoch?: number;
  readonly producerSeq?: number;
}

export interface ReadCommand extends PathCommand {
  readonly type: "read";
  readonly offset?: string;
  readonly live?: boolean | "long-poll" | "sse";
  readonly timeoutMs?: number;
  readonly maxChunks?: number;
  readonly waitForUpToDate?: boolean;
}

export interface HeadCommand extends PathCommand {
  readonly type: "head";
}

export interface DeleteCommand extends PathCommand {
  readonly type: "delete";
}

export interface CloseCommand extends PathCommand {
  readonly type: "close";
  readonly data?: string;
  readonly contentType?: string;
}

interface ProducerCommand extends PathCommand {
  readonly producerId: string;
  readonly epoch: number;
}

export interface IdempotentAppendCommand extends ProducerCommand {
  readonly type: "idempotent-append";
  readonly data: string;
  readonly autoClaim: boolean;
}

export interface IdempotentBatchCommand extends ProducerCommand {
  readonly type: "idempotent-append-batch";
  readonly items: readonly string[];
  readonly autoClaim: boolean;
  readonly maxInFlight?: number;
}

export interface IdempotentCloseCommand extends ProducerCommand {
  readonly type: "idempotent-close";
  readonly data?: string;
  readonly autoClaim: boolean;
}

export interface IdempotentDetachCommand extends ProducerCommand {
  readonly type: "idempotent-detach";
}

export interface SetDynamicHeaderCommand {
  readonly type: "set-dynamic-header";
  readonly name: string;
  readonly valueType: "counter" | "timestamp" | "token";
  readonly initialValue?: string;
}

export interface SetDynamicParamCommand {
  readonly type: "set-dynamic-param";
  readonly name: string;
  readonly valueType: "counter" | "timestamp";
}

export interface ValidateCommand {
  readonly type: "validate";
  readonly target: {
    readonly target: string;
    readonly producerId?: string;
    readonly epoch?: number;
    readonly maxBatchBytes?: number;
  };
}

export interface BenchmarkCommand {
  readonly type: "benchmark";
  readonly iterationId: string;
  readonly operation: BenchmarkOperation;
}

export interface BenchmarkOperation {
  readonly op: "append" | "read" | "roundtrip" | "create" | "throughput_append" | "throughput_read";
  readonly path: string;
  readonly size?: number;
  readonly offset?: string;
  readonly live?: "long-poll" | "sse";
  readonly contentType?: string;
  readonly count?: number;
  readonly concurrency?: number;
  readonly expectedCount?: number;
}

export type Command =
  | InitCommand
  | CreateCommand
  | ConnectCommand
  | AppendCommand
  | ReadCommand
  | HeadCommand
  | DeleteCommand
  | CloseCommand
  | IdempotentAppendCommand
  | IdempotentBatchCommand
  | IdempotentCloseCommand
  | IdempotentDetachCommand
  | SetDynamicHeaderCommand
  | SetDynamicParamCommand
  | { readonly type: "clear-dynamic" }
  | ValidateCommand
  | BenchmarkCommand
  | { readonly type: "shutdown" };

/** What a command came to, without the fields that all results have. */
export type Result = Readonly<Record<string, unknown>>;
