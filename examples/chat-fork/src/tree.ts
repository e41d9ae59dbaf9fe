import type { SessionView } from "@perennial/ai";
import type { Known } from "@perennial/example-chat-ai-sdk/page/use-session.ts";
import { type Branch, branchesOf } from "../shared/branch.ts";

/** A branch in its place. */
export interface TreeNode {
  readonly branch: Branch;
  readonly isRunning: boolean;
  readonly children: readonly TreeNode[];
}

/** What is known of a tree. */
export interface Tree {
  /** From the trunk on, parents before their children. */
  readonly branches: readonly Branch[];
  readonly root: TreeNode;
  /** Changes whenever something began or ended in one of the branches. */
  readonly view: Known<Branch>;
}

/** Puts the branches of a tree in their places. Those of a deleted one hang where it did. */
export function treeFrom(treeId: string, view: Known<Branch>): Tree {
  const { messages, running }: SessionView<Branch> = view ?? { messages: [], running: [] };
  const branches = branchesOf(treeId, messages);
  const isThere = new Set(branches.map(({ id }) => id));
  const stored = new Map(messages.map((branch) => [branch.id, branch]));
  const parentOf = ({ from }: Branch): string | undefined => {
    let at = from?.branch;
    while (at !== undefined && !isThere.has(at)) at = stored.get(at)?.from?.branch;
    return at;
  };
  const trunk = branches[0]!;
  const isRunning = new Set(running.map(({ id }) => id));
  const nodeOf = (branch: Branch): TreeNode => ({
    branch,
    isRunning: isRunning.has(branch.id),
    children: branches
      .filter((other) => other !== trunk && (parentOf(other) ?? trunk.id) === branch.id)
      .map(nodeOf),
  });
  return { branches, root: nodeOf(trunk), view };
}
