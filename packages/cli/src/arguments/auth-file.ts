import { readFileSync } from "node:fs";
import { usageFailure } from "../failure.ts";
import { validateAuth } from "./validate.ts";

/** The `Authorization` value in a file, or on standard input (`-`), so that it shows in no list of processes. */
export function readAuthFile(path: string): string {
  let auth: string;
  try {
    auth = readFileSync(path === "-" ? 0 : path, "utf8").trim();
  } catch (error) {
    throw usageFailure(`--auth-file ${path} cannot be read: ${(error as Error).message}`);
  }
  const { error } = validateAuth(auth);
  if (error !== undefined) throw usageFailure(`--auth-file ${path}: ${error}`);
  return auth;
}
