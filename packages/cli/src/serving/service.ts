/** What `perennial service` does and says. */
import { resolve } from "node:path";
import { createServer, openLocalLog, type ServiceProblem } from "@perennial/server";
import { failure, usageFailure } from "../failure.ts";
import { writeOut } from "../output/standard-output.ts";
import { askServer } from "./operator-socket.ts";
import { type Carried, carryOut, type ServiceCommand } from "./service-command.ts";

/** Carries out one action. Throws `Failure`. */
export async function service(action: string, id: string | undefined, dataDir: string): Promise<void> {
  if ((id === undefined) !== (action === "list"))
    throw usageFailure(action === "list" ? "list takes no id" : `${action} needs the id of a service`);
  const command = { action, id: id ?? "" } as ServiceCommand;
  const directory = resolve(dataDir);
  const carried = (await askServer(directory, command)) ?? (await withoutServer(directory, command));
  if (carried.kind === "rejected") throw failure(SENTENCES[carried.rejection.kind](command.id));
  if (carried.kind === "services") return writeOut(carried.services.map(line).join(""));
  const { secret } = carried.secret;
  await writeOut(`${secret}\n`);
  process.stderr.write(
    `The secret of ${command.id}, shown this once. Clients send it as "Authorization: Bearer <secret>".\n`,
  );
}

/** No server runs on the directory: its log is opened here. */
async function withoutServer(directory: string, command: ServiceCommand): Promise<Carried> {
  const server = createServer({ log: () => openLocalLog({ directory }) });
  try {
    return await carryOut(server.services, command);
  } catch (error) {
    throw failure((error as Error).message);
  } finally {
    await server.stop();
  }
}

function line({
  id,
  state,
  secrets,
  createdAt,
}: Extract<Carried, { kind: "services" }>["services"][number]): string {
  return `${id}\t${state}\t${secrets} ${secrets === 1 ? "secret" : "secrets"}\t${createdAt}\n`;
}

const SENTENCES: Readonly<Record<ServiceProblem["kind"], (id: string) => string>> = {
  "bad-service-id": (id) => `${id} cannot be a service: an id has letters, digits and dashes, 63 at most`,
  "service-exists": (id) => `there is a service ${id}, or its streams are still being deleted`,
  "no-such-service": (id) => `there is no service ${id}`,
};
