import { EMPTY_SESSION, followSession, type SessionMessage, type SessionView } from "@perennial/ai";
import { useEffect, useState } from "react";

/** A session as the page knows it; undefined until it was read once. */
export type Known<Message extends SessionMessage> = SessionView<Message> | undefined;

/** Follows a session below this origin. A connection that is lost is resumed where it broke. */
export function useSession<Message extends SessionMessage>(path: string): Known<Message> {
  const [known, setKnown] = useState<{ path: string; view: SessionView<Message> }>();
  useEffect(() => {
    const gone = new AbortController();
    const show = (view: SessionView<Message>) => setKnown({ path, view });
    const follow = async () => {
      const url = new URL(path, window.location.href);
      // An empty session brings nothing: that the stream answers is all there is to know.
      const timer = setTimeout(() => show(EMPTY_SESSION), 300);
      try {
        for await (const { view } of followSession<Message>({ url }, undefined, gone.signal)) {
          clearTimeout(timer);
          show(view);
        }
      } catch (error) {
        if (!gone.signal.aborted) console.error(error);
      }
      clearTimeout(timer);
    };
    void follow();
    return () => gone.abort();
  }, [path]);
  return known?.path === path ? known.view : undefined;
}
