import type { BrokenEnd, ChatMessage } from "@perennial/tanstack-ai";
import { memo } from "react";
import { hueOf } from "./hue.ts";

const ENDS: Readonly<Record<BrokenEnd, string>> = {
  stopped: "Stopped",
  failed: "Broke off: the model failed. What was written is kept.",
  vanished: "Broke off: the process that wrote it is gone. What was written is kept.",
};

interface MessageProps {
  readonly message: ChatMessage;
  readonly isMine: boolean;
  /** Whether the one before is by the same. */
  readonly follows: boolean;
  readonly isGrowing: boolean;
  readonly onRetry: (id: string) => void;
  readonly onDiscard: (id: string) => void;
}

export const Message = memo(function Message(props: MessageProps) {
  const { message, isMine, follows, isGrowing } = props;
  const { role, actor, parts, end, delivery } = message;
  const text = parts.map((part) => (part.type === "text" ? part.content : "")).join("");
  // Nothing was said yet, or there is only a call that waits.
  if (text === "" && !end && !delivery && decidedIn(message).length === 0) return null;
  const kind = role === "assistant" ? "assistant" : isMine ? "user mine" : "user";
  const state = `${isGrowing && text ? " growing" : ""}${delivery ? ` ${delivery.kind}` : ""}`;
  return (
    <li className={kind + state} style={actor && hueOf(actor.id)}>
      <h3 className={follows || isMine ? "who" : "name"}>{actor?.name ?? "Somebody"}</h3>
      {text !== "" &&
        text.split("\n\n").map((paragraph, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs only grow at the end
          <p key={n} dir="auto">
            {paragraph}
          </p>
        ))}
      <Decisions message={message} />
      {end && <p className="end">{ENDS[end]}</p>}
      {delivery?.kind === "failed" && (
        <p className="end undelivered" role="alert">
          Not sent: {delivery.error instanceof TypeError ? "no connection" : delivery.error.message}
          <button type="button" className="quiet" onClick={() => props.onRetry(message.id)}>
            Send again
          </button>
          <button type="button" className="quiet" onClick={() => props.onDiscard(message.id)}>
            Discard
          </button>
        </p>
      )}
    </li>
  );
});

/** Calls of tools in a message: who agreed, and who refused. What waits still has a card of its own. */
function Decisions({ message }: { readonly message: ChatMessage }) {
  return decidedIn(message).map(({ id, what, approved, by }) => (
    <p key={id} className={`end call ${approved ? "agreed" : "refused"}`}>
      {what}: {approved ? "agreed" : "refused"} by {by}
    </p>
  ));
}

function decidedIn({ parts, decisions }: ChatMessage) {
  return parts.flatMap((part) => {
    if (part.type !== "tool-call" || part.approval?.approved === undefined) return [];
    const { id, approved } = part.approval;
    const by = decisions[id]?.actor?.name ?? "somebody";
    return [{ id, approved, by, what: describeCall(part.name, part.input) }];
  });
}

/** A call of a tool, in words. */
export function describeCall(toolName: string, input: unknown): string {
  const { quantity, item } = (input ?? {}) as { quantity?: unknown; item?: unknown };
  if (toolName === "place_order") return `Order ${String(quantity)} × ${String(item)}`;
  return `${toolName} ${JSON.stringify(input)}`;
}
