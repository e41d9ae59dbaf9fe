/** Conversations as trees: each branch is a chat whose stream is a fork, and one more session says which branches there are. */
import {
  appendToSession,
  forkSession,
  openSession,
  readSession,
  type SessionEntry,
  type SessionView,
} from "@perennial/ai";
import { DurableStream, FetchError } from "@perennial/client";
import { Chats, titleOf } from "@perennial/example-chat-ai-sdk/server/chats";
import type { UIMessage } from "ai";
import { agentOf } from "../shared/agents.ts";
import { type Branch, branchesOf, type ForkPoint, isTrunk, treeOf } from "../shared/branch.ts";

/** Why there is no new branch. */
export type ForkProblem = "no-branch" | "no-message" | "taken" | "too-deep";

export class Trees extends Chats {
  readonly #root: string;

  constructor(root: string) {
    super(root);
    this.#root = root;
  }

  tree(treeId: string) {
    return { url: `${this.#root}/tree/${treeId}` };
  }

  /** Makes a tree's session, or finds it. */
  async plant(treeId: string): Promise<void> {
    await openSession(this.tree(treeId));
  }

  async branch(id: string): Promise<Branch | undefined> {
    const treeId = treeOf(id) ?? "";
    const { messages } = await this.#view(treeId);
    return branchesOf(treeId, messages).find((branch) => branch.id === id);
  }

  /**
   * Makes a branch: a fork of the stream that it comes from, of which nothing is copied. The same call again changes nothing.
   *
   * @returns `made`, `found` when it was there, or why it cannot be
   */
  async fork(branch: Branch & { readonly from: ForkPoint }): Promise<"made" | "found" | ForkProblem> {
    const { id, from } = branch;
    const treeId = treeOf(id) ?? "";
    const { messages } = await this.#view(treeId);
    if (messages.some((stored) => stored.id === id)) return "found";
    if (!branchesOf(treeId, messages).some((stored) => stored.id === from.branch)) return "no-branch";
    try {
      const forked = await forkSession(this.session(from.branch), this.session(id), from.message);
      if (forked.kind === "rejected") return forked.rejection;
    } catch (error) {
      if (isGone(error)) return "no-branch";
      if (error instanceof FetchError && error.status === 409) return "taken";
      if (error instanceof FetchError && error.status === 400) return "too-deep";
      throw error;
    }
    // Last: a tree names no branch that is not there.
    await appendToSession<Branch>(this.tree(treeId), { type: "message", message: branch });
    return "made";
  }

  /** Deletes a branch. Those that come from it keep what they have of it. */
  async fell(branch: Branch): Promise<void> {
    await this.stop(branch.id);
    const message: Branch = { ...branch, isGone: true };
    await appendToSession<Branch>(this.tree(treeOf(branch.id)!), { type: "message", message });
    await new DurableStream({ ...this.session(branch.id), warnOnHttp: false }).delete();
  }

  /** Only trunks are made by looking at them. */
  override async make(chatId: string): Promise<void> {
    if (!isTrunk(chatId)) return;
    await this.plant(treeOf(chatId)!);
    await super.make(chatId);
  }

  override async add(chatId: string, message: UIMessage): Promise<void> {
    await super.add(chatId, message);
    await this.name(chatId, message);
  }

  /** Calls a branch by the first question that is asked in it. */
  async name(id: string, question: UIMessage): Promise<void> {
    const branch = await this.branch(id);
    if (branch === undefined || branch.title !== "") return;
    const named: Branch = { ...branch, title: titleOf(question) };
    await appendToSession<Branch>(this.tree(treeOf(id)!), { type: "message", message: named });
  }

  override async briefing(chatId: string): Promise<string | undefined> {
    const branch = await this.branch(chatId);
    return branch && agentOf(branch.agent).brief;
  }

  protected override async ids(): Promise<string[]> {
    const ids = await Promise.all(
      (await super.ids()).map(async (trunkId) => {
        const treeId = treeOf(trunkId) ?? "";
        return branchesOf(treeId, (await this.#view(treeId)).messages).map(({ id }) => id);
      }),
    );
    return ids.flat();
  }

  /** The tree is told what begins and ends in its branches, so that a page has one connection for all that it does not show. */
  protected override async record(chatId: string, entry: SessionEntry<UIMessage>): Promise<void> {
    try {
      await super.record(chatId, entry);
    } catch (error) {
      // Nobody waits for the answer of a branch that was deleted.
      if (!isGone(error) || entry.type !== "over") throw error;
    }
    const tree = this.tree(treeOf(chatId)!);
    if (entry.type === "begun") await appendToSession<Branch>(tree, { ...entry, id: chatId });
    if (entry.type === "over")
      await appendToSession<Branch>(tree, { type: "over", id: chatId, end: entry.end });
  }

  async #view(treeId: string): Promise<SessionView<Branch>> {
    return (await readSession<Branch>(this.tree(treeId))).view;
  }
}

/** Whether a request failed because there is no such stream, any more or yet. */
export function isGone(error: unknown): boolean {
  return error instanceof FetchError && (error.status === 404 || error.status === 410);
}
