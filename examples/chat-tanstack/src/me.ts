import type { ChatActor } from "@perennial/tanstack-ai";
import { useState } from "react";

const KEY = "perennial-room-me";
const FIRST = ["Amber", "Clear", "Early", "Green", "Quiet", "River", "Silver", "Summer"];
const SECOND = ["Fern", "Heron", "Maple", "Otter", "Robin", "Sedge", "Swift", "Willow"];

const oneOf = (words: readonly string[]) => words[Math.floor(Math.random() * words.length)];

/** Who this browser is: the same person after a reload, under a name that can be changed. */
export function useMe(): [ChatActor, (name: string) => void] {
  const [me, setMe] = useState(remembered);
  const rename = (name: string) => {
    const line = name.trim().slice(0, 40);
    if (line !== "") setMe(remember({ ...me, name: line }));
  };
  return [me, rename];
}

function remembered(): ChatActor {
  try {
    const { id, name } = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (typeof id === "string" && typeof name === "string") return { id, name };
  } catch {
    // Nobody yet.
  }
  const id = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(36)).join("");
  return remember({ id, name: `${oneOf(FIRST)} ${oneOf(SECOND)}` });
}

function remember(me: ChatActor): ChatActor {
  localStorage.setItem(KEY, JSON.stringify(me));
  return me;
}
