import { useState } from "react";

/** Whoever has the address reads along. */
export function CopyLink() {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(window.location.href);
    setCopied(true);
  };
  return (
    <button type="button" className="quiet" onClick={() => void copy()}>
      {isCopied ? "Copied" : "Copy link"}
    </button>
  );
}
