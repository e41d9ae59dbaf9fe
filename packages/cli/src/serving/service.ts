/** What `perennial service` does and says. */
import { resolve } from "node:path";
import {
  type AuditEntry,
  createServer,
  LIMIT_NAMES,
  type LimitName,
  type ListedService,
  openLocalLog,
  type ServiceLimits,
  type ServiceProblem,
} from "@perennial/server";
import { byteCount } from "../arguments/option-values.ts";
import { failure, usageFailure } from "../failure.ts";
import { writeOut } from "../output/standard-output.ts";
import { askServer } from "./operator-socket.ts";
import { type Carried, carryOut, type ServiceCommand } from "./service-command.ts";

/** Carries out one action. Throws `Failure`. */
export async function service(
  action: string,
  id: string | undefined,
  settings: readonly string[],
  dataDir: string,
): Promise<void> {
  const isOfAll = action === "list" || action === "audit";
  if ((id === undefined) !== isOfAll)
    throw usageFailure(isOfAll ? `${action} takes no id` : `${action} needs the id of a service`);
  if (settings.length > 0 && action !== "limit") throw usageFailure(`${action} takes nothing but an id`);
  const command = { action, id: id ?? "", limits: limitsOf(settings) } as ServiceCommand;
  const directory = resolve(dataDir);
  const asked = await askServer(directory, command);
  if (asked === undefined && action === "link")
    throw failure(`no server runs on ${directory}: a link is signed by the one that it leads to`);
  const carried = asked ?? (await withoutServer(directory, command));
  if (carried.kind === "rejected") throw failure(sentence(carried.rejection, command.id));
  if (carried.kind === "services") return writeOut(carried.services.map(line).join(""));
  if (carried.kind === "audit") return writeOut(carried.entries.map(auditLine).join(""));
  if (carried.kind === "link") return writeOut(`${carried.link}\n`);
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

function line({ id, state, secrets, createdAt, limits }: ListedService): string {
  const limited = Object.entries(limits).map(([name, limit]) => `${name}=${limit}`);
  const columns = [
    id,
    state,
    `${secrets} ${secrets === 1 ? "secret" : "secrets"}`,
    createdAt,
    limited.join(" "),
  ];
  return `${columns.join("\t").trimEnd()}\n`;
}

function auditLine(entry: AuditEntry): string {
  if (entry.kind === "act") return `${[entry.at, entry.action, entry.service].join("\t")}\n`;
  const { at, status, segment, count, method, path } = entry;
  // Strangers chose the path: nothing of it may act on the terminal.
  const first = `${method} ${path}`.replace(/[^\x20-\x7e]/g, "?");
  return `${[at, `refused ${status}`, segment, `${count} times`, first].join("\t")}\n`;
}

/** Reads `writesPerSecond=100 storedBytes=1GiB`. */
function limitsOf(settings: readonly string[]): ServiceLimits {
  return Object.fromEntries(
    settings.map((setting) => {
      const [, name, value] = /^(\w+)=(.+)$/.exec(setting) ?? [];
      if (!LIMIT_NAMES.includes(name as LimitName))
        throw usageFailure(`${setting} is no limit: ${LIMIT_NAMES.join("=, ")}=`);
      return [name, byteCount(name!)(value!)];
    }),
  );
}

function sentence(problem: ServiceProblem, id: string): string {
  return problem.kind === "bad-limits" ? problem.reason : SENTENCES[problem.kind](id);
}

const SENTENCES: Readonly<Record<Exclude<ServiceProblem["kind"], "bad-limits">, (id: string) => string>> = {
  "bad-service-id": (id) => `${id} cannot be a service: an id has letters, digits and dashes, 63 at most`,
  "service-exists": (id) => `there is a service ${id}, or its streams are still being deleted`,
  "no-such-service": (id) => `there is no service ${id}`,
};
