import type { AgentId } from "./agents.ts";

/** A branch as its tree has it. What was said in it lies in a stream of its own. */
export interface Branch {
  /** `treeId-branchId`: an id says which tree it is in. */
  readonly id: string;
  /** What was first asked in it; "" until then. */
  readonly title: string;
  readonly agent: AgentId;
  /** Where it branches off; the trunk does not. */
  readonly from?: ForkPoint;
  /** Somebody deleted it. Its own branches live on. */
  readonly isGone?: true;
}

export interface ForkPoint {
  readonly branch: string;
  /** The id of the last message that both have. */
  readonly message: string;
}

/** What a page asks for. */
export interface ForkRequest {
  readonly from: ForkPoint;
  /** Asked in each of the new branches. Without it a question is answered anew, and behind an answer nothing is asked. */
  readonly text?: string;
  readonly branches: readonly { readonly id: string; readonly agent: AgentId }[];
}

const ID = /^([A-Za-z0-9]{8})-([A-Za-z0-9]{5,8})$/;

/** The tree of a branch; undefined for what is no branch's id. */
export function treeOf(branchId: string): string | undefined {
  return ID.exec(branchId)?.[1];
}

/** Every tree has one. */
export function trunkOf(treeId: string): Branch {
  return { id: `${treeId}-trunk`, title: "", agent: "guide" };
}

export function isTrunk(branchId: string): boolean {
  return ID.exec(branchId)?.[2] === "trunk";
}

/** An id for a branch that is new. */
export function newBranchId(treeId: string): string {
  return `${treeId}-${newId()}`;
}

/** Eight letters and digits. */
export function newId(): string {
  return crypto.randomUUID().slice(0, 8);
}

/** All branches of a tree that are there, the trunk first. */
export function branchesOf(treeId: string, stored: readonly Branch[]): Branch[] {
  const trunk = trunkOf(treeId);
  const named = stored.find(({ id }) => id === trunk.id);
  return [named ?? trunk, ...stored.filter(({ id, isGone }) => id !== trunk.id && !isGone)];
}
