import { type UsedDurableChat, useDurableChat } from "@perennial/tanstack-ai/react";
import { createElement, type ReactNode, StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

/** What each render was given, for the test. */
let chat: UsedDurableChat | undefined;
let renders = 0;

function Talk({ room, name }: { readonly room: string; readonly name: string }): ReactNode {
  chat = useDurableChat({ api: `/api/${room}`, actor: { id: name.toLowerCase(), name } });
  renders++;
  const { messages, people, status } = chat;
  const lines = messages.map(({ id, actor, parts, delivery }) => {
    const text = parts.map((part) => (part.type === "text" ? part.content : "")).join("");
    return createElement(
      "li",
      { key: id },
      `${actor?.name}: ${text}${delivery ? ` (${delivery.kind})` : ""}`,
    );
  });
  const there = people.map(({ actor, devices }) => `${actor.name} ${devices}`).join(", ");
  return createElement("div", { id: "talk" }, [
    createElement("ul", { key: "messages" }, lines),
    createElement("p", { key: "people", id: "people" }, there),
    createElement("p", { key: "status", id: "status" }, status),
  ]);
}

let show: (room: string | undefined, name?: string) => void;

function Page(): ReactNode {
  const [at, setAt] = useState<{ room: string; name: string }>();
  show = (room, name = "Ada") => setAt(room === undefined ? undefined : { room, name });
  return at === undefined ? createElement("p", {}, "nothing") : createElement(Talk, at);
}

/** What the test calls. */
const app = {
  /** Shows a chat as somebody, or none. */
  show: (room: string | undefined, name?: string) => show(room, name),
  send: (text: string) => chat?.sendMessage(text),
  stop: () => chat?.stop(),
  renders: () => renders,
};
export type ChatPage = typeof app;

(globalThis as unknown as { chatPage: ChatPage }).chatPage = app;
createRoot(document.body.appendChild(document.createElement("main"))).render(
  createElement(StrictMode, null, createElement(Page)),
);
