import { useEffect, useState } from "react";
import { Icon, type IconName } from "./Icon.tsx";

/** How long a button says that it has copied, ms. */
const TOLD_MS = 1500;

interface Props {
  readonly label: string;
  /** A sign before the label. */
  readonly icon?: IconName;
  readonly text: () => string;
}

/** Copies a text to the clipboard, and says so for a moment. */
export function CopyButton({ label, icon, text }: Props) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), TOLD_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    await copyText(text());
    setCopied(true);
  };
  return (
    <button type="button" className="small" onClick={() => void copy()}>
      {icon !== undefined && <Icon name={isCopied ? "done" : icon} />}
      <span className="label">{isCopied ? "Copied" : label}</span>
    </button>
  );
}

/** Pages of an address that is neither secure nor local have no clipboard of their own; the old way still works. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
