import { request } from "node:http";

/** Where a server listens, and what it wants to be sent. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** Of every request, such as its credentials. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request, outside any measurement. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Its answer, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Sends one request on a connection of its own and resolves to the answer, whatever its status. */
export function exchange(address: Address, { method, path, headers, body }: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: address.host, port: address.port, method, path, agent: false as const };
    const outgoing = request({ ...options, headers: { ...address.headers, ...headers } }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.once("error", reject);
      incoming.once("end", () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** The same, but any status beyond 2xx is thrown: for the preparations of a workload. */
export async function exchangeOk(address: Address, exchanged: Exchange): Promise<Answer> {
  const answer = await exchange(address, exchanged);
  if (answer.status >= 200 && answer.status < 300) return answer;
  const detail = answer.body.toString("utf8", 0, 200);
  throw new Error(`${exchanged.method} ${exchanged.path} was answered ${answer.status} ${detail}`);
}
