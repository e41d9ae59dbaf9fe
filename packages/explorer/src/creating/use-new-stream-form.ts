import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { STREAM_PAGE } from "../app/stream-addresses.ts";
import { useCatalogStore } from "../catalog/use-catalog.ts";
import { reasonOf } from "../server/reason.ts";
import { createStream } from "./create-stream.ts";
import { type NewStreamDraft, parseNewStream, pathOfName } from "./new-stream.ts";

const HOUR_SECONDS = 3600;
const BLANK: NewStreamDraft = {
  contentType: "application/json",
  ttl: "",
  ttlUnit: HOUR_SECONDS,
  message: "",
};

/**
 * The form for a new stream.
 *
 * @param givenPath the path, if it is not to be chosen
 * @param onDone called when the stream is there and shown
 */
export function useNewStreamForm(givenPath: string | undefined, onDone: () => void) {
  const [name, setName] = useState("");
  const [draft, setDraft] = useState(BLANK);
  const [failure, setFailure] = useState<string>();
  const [isUnderWay, setUnderWay] = useState(false);
  const catalog = useCatalogStore();
  const navigate = useNavigate();
  const path = givenPath ?? pathOfName(name);
  const parsed = parseNewStream(draft);
  const submit = async (): Promise<void> => {
    if (path === undefined || parsed.kind === "rejected" || isUnderWay) return;
    setUnderWay(true);
    setFailure(undefined);
    try {
      await createStream(path, parsed);
      await catalog.refresh(path);
      if (givenPath === undefined) await navigate({ to: STREAM_PAGE, search: { path } });
      onDone();
    } catch (error) {
      setFailure(reasonOf(error));
      setUnderWay(false);
    }
  };
  const changed = (set: () => void): void => {
    set();
    setFailure(undefined);
  };
  return {
    name,
    path,
    draft,
    problem: parsed.kind === "rejected" ? parsed.rejection : undefined,
    failure,
    canSubmit: path !== undefined && parsed.kind === "stream",
    isUnderWay,
    submit,
    setName: (text: string) => changed(() => setName(text)),
    change: (part: Partial<NewStreamDraft>) => changed(() => setDraft({ ...draft, ...part })),
  };
}
