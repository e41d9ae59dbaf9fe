import { useEffect, useState } from "react";

interface Status {
  readonly model: string;
  readonly calls: number;
  readonly writer: number;
}

/** Which model answers, and how often it was asked: a reload must not raise that. */
export function ModelStatus({ moment }: { readonly moment: string }) {
  const [status, setStatus] = useState<Status>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when an answer begins, says its first word, or ends
  useEffect(() => {
    const gone = new AbortController();
    fetch("/api/model", { signal: gone.signal })
      .then(async (response) => setStatus((await response.json()) as Status))
      .catch(() => {
        // Without a network the line stays as it was.
      });
    return () => gone.abort();
  }, [moment]);
  if (status === undefined) return <p className="status">&nbsp;</p>;
  const { model, calls, writer } = status;
  return (
    <p className="status">
      {model} · asked {calls} {calls === 1 ? "time" : "times"} · writer process {writer}
    </p>
  );
}
