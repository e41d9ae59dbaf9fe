import type { ForkRequest } from "../shared/branch.ts";

/** Makes branches. @returns what the server objects to */
export async function requestFork(fork: ForkRequest): Promise<string | undefined> {
  const headers = { "content-type": "application/json" };
  return objection(fetch("/api/fork", { method: "POST", headers, body: JSON.stringify(fork) }));
}

/** Deletes a branch. @returns what the server objects to */
export async function requestDelete(id: string): Promise<string | undefined> {
  return objection(fetch(`/api/branch/${id}`, { method: "DELETE" }));
}

async function objection(answer: Promise<Response>): Promise<string | undefined> {
  try {
    const response = await answer;
    return response.ok ? undefined : (await response.text()) || `The server answered ${response.status}.`;
  } catch {
    return "The server cannot be reached.";
  }
}
