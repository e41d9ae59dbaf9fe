import { useState } from "react";

interface Props {
  readonly text: string;
  /** Whether a change has just happened, and was not travelled to. */
  readonly isLive: boolean;
}

/** A cell that lights up for a moment when what it shows changes. */
export function FlashingCell({ text, isLive }: Props) {
  const [shown, setShown] = useState({ text, changes: 0 });
  if (shown.text !== text) setShown({ text, changes: isLive ? shown.changes + 1 : 0 });
  return (
    <td className="mono">
      <span key={shown.changes} className={shown.changes > 0 ? "flash" : undefined}>
        {text}
      </span>
    </td>
  );
}
