import { memo } from "react";
import { type AnswerMessage, textOf } from "./use-shared-chat.ts";

const ENDS: Readonly<Record<string, string>> = {
  stopped: "Stopped",
  failed: "Broke off: the model failed. What was written is kept.",
  vanished: "Broke off: the process that wrote it is gone. What was written is kept.",
};

interface MessageProps {
  readonly message: AnswerMessage;
  readonly isGrowing: boolean;
  /** Who says it, where it is not the person who asks. */
  readonly who?: string;
}

export const Message = memo(function Message({ message, isGrowing, who }: MessageProps) {
  const text = textOf(message);
  const end = ENDS[message.metadata?.end ?? ""];
  const paragraphs = text.split("\n\n");
  return (
    <li className={isGrowing ? `${message.role} growing` : message.role}>
      <h3 className="who">{message.role === "user" ? "You" : (who ?? "Answer")}</h3>
      {paragraphs.map((paragraph, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs only grow at the end
        <p key={n} dir="auto">
          {paragraph}
        </p>
      ))}
      {end && <p className="end">{end}</p>}
    </li>
  );
});
