/** What a peer needs to know to be started. */
export interface StartContext {
  readonly port: number;
  /** A directory of its own, empty at the first start and kept over a restart. */
  readonly dataDirectory: string;
  /** Path, without an extension, of the files that it may leave with the results (log, profile). */
  readonly artifact: string;
}

/** One server that can be measured. */
export interface Peer {
  /** The name on the command line and in the report. */
  readonly name: string;
  /** One line for the report: what it is and how it is set up. */
  readonly description: string;
  /** True if it promises that an acknowledged append survives a crash. */
  readonly durable: boolean;
  /** True for the ceiling: it answers everything and stores nothing, so only plain requests can be sent to it. */
  readonly ceiling?: boolean;
  /** Makes it ready to start (builds, looks for programs). Resolves to the reason if it cannot run here. */
  prepare(): Promise<string | undefined>;
  /** The command line that starts it; undefined for a server that is already running at `origin`. */
  command(context: StartContext): readonly string[] | undefined;
  /** Where a running server listens, for a peer without a command. */
  readonly origin?: URL;
  /** Makes its data directory ready before its first start; resolves to the headers that every request needs from then on. */
  prepareData?(context: Pick<StartContext, "dataDirectory">): Promise<Readonly<Record<string, string>>>;
  /** Path under which its streams live, with a slash at its end. */
  readonly streamRoot: string;
  /** Called once before the first stream is created, for servers that need it. */
  readonly setup?: readonly { readonly method: string; readonly path: string }[];
}
