import type { MessagesProps } from "@perennial/example-chat-ai-sdk/page/Chat.tsx";
import { Message } from "@perennial/example-chat-ai-sdk/page/Message.tsx";
import type { AnswerMessage } from "@perennial/example-chat-ai-sdk/page/use-shared-chat.ts";
import { Fragment, type ReactNode, useState } from "react";
import { agentOf } from "../shared/agents.ts";
import type { Branch } from "../shared/branch.ts";

interface BranchMessagesProps extends MessagesProps {
  readonly branch: Branch;
  /** The branch that it comes from. */
  readonly parent: Branch | undefined;
  /** What stands below a message. */
  readonly below: (message: AnswerMessage) => ReactNode;
}

/** The messages of a branch. Those that it has of its parent are folded away, up to the one at which it forks. */
export function BranchMessages({ messages, growing, branch, parent, below }: BranchMessagesProps) {
  const [isWhole, setWhole] = useState(false);
  const { name } = agentOf(branch.agent);
  const at = messages.findIndex(({ id }) => id === branch.from?.message);
  const item = (message: AnswerMessage, who: string) => (
    <Fragment key={message.id}>
      <Message message={message} isGrowing={message === growing} who={who} />
      {message !== growing && <li className={`after of-${message.role}`}>{below(message)}</li>}
    </Fragment>
  );
  const older = isWhole ? 0 : Math.max(0, at);
  return (
    <>
      {older > 0 && (
        <li className="earlier">
          <button type="button" className="quiet" onClick={() => setWhole(true)}>
            {older === 1 ? "1 earlier message" : `${older} earlier messages`}
          </button>
        </li>
      )}
      {messages.slice(older, at + 1).map((message) => item(message, "Answer"))}
      {at !== -1 && (
        <li className="forked">
          <span>from {parent ? `the ${agentOf(parent.agent).name}’s branch` : "a branch that is gone"}</span>
        </li>
      )}
      {messages.slice(at + 1).map((message) => item(message, name))}
    </>
  );
}
