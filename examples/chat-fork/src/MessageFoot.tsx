import type { AnswerMessage } from "@perennial/example-chat-ai-sdk/page/use-shared-chat.ts";
import { useState } from "react";
import { type AgentId, agentOf } from "../shared/agents.ts";
import { type Branch, newBranchId } from "../shared/branch.ts";
import { AgentMark } from "./AgentMark.tsx";
import { ForkPanel } from "./ForkPanel.tsx";
import { requestFork } from "./requests.ts";
import type { Tree } from "./tree.ts";

interface MessageFootProps {
  readonly treeId: string;
  readonly tree: Tree;
  /** The branch in which it is read. */
  readonly branch: Branch;
  readonly message: AnswerMessage;
  readonly onOpen: (ids: readonly string[]) => void;
}

/** Below a message: the branches that fork there, and the way to a new one. */
export function MessageFoot({ treeId, tree, branch, message, onOpen }: MessageFootProps) {
  const [isForking, setForking] = useState(false);
  const fork = async (agents: readonly AgentId[], text: string) => {
    const branches = agents.map((agent) => ({ id: newBranchId(treeId), agent }));
    const from = { branch: branch.id, message: message.id };
    const objection = await requestFork({ from, branches, ...(text === "" ? {} : { text }) });
    if (objection === undefined) onOpen(branches.map(({ id }) => id));
    return objection;
  };
  const others = tree.branches.filter(({ id, from }) => from?.message === message.id && id !== branch.id);
  return (
    <>
      <div className="foot">
        {others.map(({ id, agent, title }) => (
          <button key={id} type="button" className="chip" title={title} onClick={() => onOpen([id])}>
            <AgentMark id={agent} />
            {agentOf(agent).name}
          </button>
        ))}
        <button type="button" className="fork" aria-expanded={isForking} onClick={() => setForking(true)}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M8 15V9M8 9C8 5 3 6 3 2M8 9c0-4 5-3 5-7" />
          </svg>
          Fork here
        </button>
      </div>
      {isForking && (
        <ForkPanel
          agent={branch.agent}
          isQuestion={message.role === "user"}
          onFork={fork}
          onClose={() => setForking(false)}
        />
      )}
    </>
  );
}
