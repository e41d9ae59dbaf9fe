/** What the runner needs of CopilotKit, AG-UI and RxJS, as types without these packages. */

/** An event of AG-UI: its type, and whatever belongs to it. */
// biome-ignore lint/suspicious/noExplicitAny: some thirty kinds, and those of newer versions; they are stored as they are
export type AguiEvent = { type: any } & Record<string, any>;

/** What is told of the events of an Observable. */
export interface Observer {
  next(event: AguiEvent): void;
  error(error: unknown): void;
  complete(): void;
}

/** The class `Observable` of RxJS, whichever version the program has. */
export type ObservableClass<Observable> = new (
  // biome-ignore lint/suspicious/noExplicitAny: a Subscriber, whose own types differ between versions
  subscribe: (observer: any) => () => void,
) => Observable;

/** An agent, as far as a runner knows it. */
export interface RunnableAgent {
  // biome-ignore lint/suspicious/noExplicitAny: the input and the subscriber of the AG-UI that the program has
  runAgent(input: any, subscriber: any): Promise<unknown>;
  abortRun(): void;
}

/** What `run` is asked for. */
export interface RunRequest {
  readonly threadId: string;
  readonly agent: RunnableAgent;
  // biome-ignore lint/suspicious/noExplicitAny: `RunAgentInput` of the AG-UI that the program has
  readonly input: any;
}
