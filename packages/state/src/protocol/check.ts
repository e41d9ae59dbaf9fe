import { type Rejected, reject } from "../result.ts";
import type { Fault } from "./errors.ts";

/** What `checkMessage` takes a message for. */
export type Verdict = { readonly kind: "change" | "control" } | Rejected<Fault>;

const CHANGE: Verdict = { kind: "change" };
const CONTROL: Verdict = { kind: "control" };

/**
 * Judges a message as it was read, by the rules that a reader needs (State Protocol, 4 and 5): `type` and `key` are
 * texts that are not empty (a key may come as a number or boolean, too: existing writers send them), the operation or control is known, and there is a `value` unless the operation is
 * `delete`. Total: any input gets a verdict.
 */
export function checkMessage(message: unknown): Verdict {
  if (typeof message !== "object" || message === null) return malformed("a message must be an object");
  const { type, key, value, headers } = message as Record<string, unknown>;
  if (typeof headers !== "object" || headers === null) return malformed("a message must have headers");
  const operation = (headers as Record<string, unknown>).operation;
  if (operation === undefined) return checkControl(headers as Record<string, unknown>);
  if (operation !== "insert" && operation !== "update" && operation !== "upsert" && operation !== "delete") {
    return reject({ code: "UNKNOWN_OPERATION", message: `unknown operation ${show(operation)}` });
  }
  if (typeof type !== "string" || type === "") return malformed("the type of a change must be a text");
  if (!isKey(key)) return malformed("the key of a change must be a text");
  if (value === undefined && operation !== "delete") return malformed(`${operation} needs a value`);
  return CHANGE;
}

function isKey(key: unknown): boolean {
  return typeof key === "string" ? key !== "" : typeof key === "number" || typeof key === "boolean";
}

/** The first optional header of a change that has the wrong type, as a fault. It does not spoil the change. */
export function checkHeaders(headers: Readonly<Record<string, unknown>>): Fault | undefined {
  const { txid, timestamp, from, offset } = headers;
  if (txid !== undefined && txidProblem(txid) !== undefined) return badHeader("txid", txid);
  if (timestamp !== undefined && typeof timestamp !== "string") return badHeader("timestamp", timestamp);
  if (from !== undefined && typeof from !== "string") return badHeader("from", from);
  if (offset !== undefined && typeof offset !== "string") return badHeader("offset", offset);
  return undefined;
}

/** What is wrong with a `txid`: nobody would ever see it come back. */
export function txidProblem(txid: unknown): string | undefined {
  if (typeof txid === "string" && txid !== "") return undefined;
  return `a txid must be a text that is not empty, not ${show(txid)}`;
}

function checkControl(headers: Record<string, unknown>): Verdict {
  const control = headers.control;
  if (control === "reset" || control === "snapshot-start" || control === "snapshot-end") return CONTROL;
  if (control === undefined) return malformed("headers must have an operation or a control");
  return reject({ code: "UNKNOWN_CONTROL", message: `unknown control ${show(control)}` });
}

function malformed(message: string): Verdict {
  return reject({ code: "MALFORMED_MESSAGE", message });
}

function badHeader(name: string, value: unknown): Fault {
  return { code: "BAD_HEADER", message: `the header ${name} must be a text, not ${show(value)}` };
}

/** Enough of a value to recognise it. */
function show(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
