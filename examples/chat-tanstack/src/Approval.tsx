import type { PendingApproval } from "@perennial/tanstack-ai";
import { useState } from "react";
import { describeCall } from "./Message.tsx";

interface ApprovalProps {
  readonly approval: PendingApproval;
  readonly onDecide: (response: { readonly id: string; readonly approved: boolean }) => Promise<void>;
}

/** Asks whether the agent may call a tool. Whoever is first decides for all. */
export function Approval({ approval, onDecide }: ApprovalProps) {
  const [problem, setProblem] = useState<string>();
  const { id, toolName, input, actor, deciding } = approval;
  const decide = (approved: boolean) =>
    onDecide({ id, approved }).catch((error: unknown) =>
      setProblem(error instanceof Error ? error.message : String(error)),
    );
  return (
    <section className="approval" aria-label="Approval">
      <p>
        <strong>{actor?.name ?? "The agent"}</strong> wants to: {describeCall(toolName, input)}
      </p>
      <div className="choices">
        <button
          type="button"
          className="action send"
          disabled={deciding !== undefined}
          onClick={() => void decide(true)}
        >
          {deciding === true ? "Agreeing…" : "Agree"}
        </button>
        <button
          type="button"
          className="action stop"
          disabled={deciding !== undefined}
          onClick={() => void decide(false)}
        >
          {deciding === false ? "Refusing…" : "Refuse"}
        </button>
      </div>
      {problem && <p role="alert">{problem}</p>}
    </section>
  );
}
