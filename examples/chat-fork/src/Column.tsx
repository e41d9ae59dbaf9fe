import { Chat } from "@perennial/example-chat-ai-sdk/page/Chat.tsx";
import { ModelStatus } from "@perennial/example-chat-ai-sdk/page/ModelStatus.tsx";
import { agentOf } from "../shared/agents.ts";
import type { Branch } from "../shared/branch.ts";
import { AgentMark } from "./AgentMark.tsx";
import { BranchMessages } from "./BranchMessages.tsx";
import { Empty } from "./Empty.tsx";
import { MessageFoot } from "./MessageFoot.tsx";
import type { Tree } from "./tree.ts";
import { useBranch } from "./use-branch.ts";

interface ColumnProps {
  readonly treeId: string;
  readonly tree: Tree;
  readonly branch: Branch;
  /** Whether it is the only one that is open. */
  readonly isAlone: boolean;
  /** Opens branches beside this one. */
  readonly onOpen: (ids: readonly string[]) => void;
  readonly onClose: () => void;
}

/** One branch: what was said in it, and a field to go on. */
export function Column({ treeId, tree, branch, isAlone, onOpen, onClose }: ColumnProps) {
  const session = useBranch(branch.id, tree.view);
  const { name } = agentOf(branch.agent);
  const title = branch.title || (branch.from ? "New branch" : "New conversation");
  const parent = tree.branches.find(({ id }) => id === branch.from?.branch);
  return (
    <section className={`column ${branch.agent}`} id={branch.id} aria-label={`${name}: ${title}`}>
      <header className="column-head">
        <AgentMark id={branch.agent} />
        <h2>
          <span className="agent">{name}</span> {title}
        </h2>
        {!isAlone && (
          <button type="button" className="icon" aria-label="Close this branch" onClick={onClose}>
            ×
          </button>
        )}
      </header>
      <Chat
        id={branch.id}
        session={session}
        list={(props) => (
          <BranchMessages
            {...{ ...props, branch, parent }}
            below={(message) => <MessageFoot {...{ treeId, tree, branch, message, onOpen }} />}
          />
        )}
        whenEmpty={(ask) => <Empty onAsk={ask} />}
        placeholder={`Ask the ${name}`}
        status={(moment) => isAlone && <ModelStatus moment={moment} />}
      />
    </section>
  );
}
