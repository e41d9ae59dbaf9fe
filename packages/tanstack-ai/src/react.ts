import { useEffect, useMemo, useSyncExternalStore } from "react";
import { createDurableChat, type DurableChat, type DurableChatOptions } from "./chat/durable-chat.ts";
import { type DurableChatState, EMPTY_STATE } from "./chat/state.ts";

/** What `useDurableChat` gives a component. */
export interface UsedDurableChat
  extends DurableChatState,
    Omit<DurableChat, "getState" | "subscribe" | "start" | "setActor"> {}

/**
 * A chat that many people, tabs, devices and agents share, in the shape of `useChat`. Another `api` is another chat; a new name
 * of the actor is told to others. `headers` should be a function if it changes.
 *
 * @example
 * ```tsx
 * import { useDurableChat } from "@perennial/tanstack-ai/react";
 * function Talk() {
 *   const actor = { id: "ada", name: "Ada" };
 *   const { messages, sendMessage } = useDurableChat({ api: "/api/chat/1", actor });
 *   return (
 *     <button type="button" onClick={() => sendMessage("Hello!")}>
 *       {messages.length}
 *     </button>
 *   );
 * }
 * ```
 */
export function useDurableChat(options: DurableChatOptions): UsedDurableChat {
  const { api, actor } = options;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address is another chat; all else is read as it was first
  const chat = useMemo(() => createDurableChat(options), [api]);
  useEffect(() => chat.start(), [chat]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: pages make the object anew each time
  useEffect(() => chat.setActor(actor), [chat, actor.id, actor.name]);
  const state = useSyncExternalStore(chat.subscribe, chat.getState, () => EMPTY_STATE);
  const { getState: _, subscribe, start, setActor, ...calls } = chat;
  return { ...state, ...calls };
}
