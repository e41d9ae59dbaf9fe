import { DurableStream } from "@perennial/client";
import { ok, type Result, reject } from "@perennial/protocol";
import { useEffect, useState, useSyncExternalStore } from "react";
import { segmentOf, streamUrl } from "../server/address.ts";
import { Participant, type ParticipantSnapshot } from "./participant.ts";

/** A session ends a day after its last use. */
const TTL_SECONDS = 24 * 60 * 60;
/** Between two words of the agent, ms. */
const WORD_MS = 90;

/** The path of a session's stream. */
export function sessionPath(session: string): string {
  return `multiplayer/${segmentOf(session) ?? "unnamed"}`;
}

/** Makes sure that a session's stream is there. Tells why it is not, if so; undefined while it is not known. */
export function useSessionStream(session: string): Result<void, Error> | undefined {
  const [outcome, setOutcome] = useState<Result<void, Error>>();
  useEffect(() => {
    let isCurrent = true;
    const url = streamUrl(sessionPath(session));
    const options = { url, contentType: "application/json", ttlSeconds: TTL_SECONDS, warnOnHttp: false };
    DurableStream.create(options).then(
      () => isCurrent && setOutcome(ok(undefined)),
      (error: unknown) => isCurrent && setOutcome(reject(error as Error)),
    );
    return () => {
      isCurrent = false;
    };
  }, [session]);
  return outcome;
}

/** Somebody in the session, there for as long as the component is. The agent answers. */
export function useParticipant(
  name: string,
  session: string,
  isAgent: boolean,
): [Participant, ParticipantSnapshot] {
  const [participant] = useState(() => new Participant(name, streamUrl(sessionPath(session)), isAgent));
  useEffect(() => {
    participant.start();
    return () => participant.stop();
  }, [participant]);
  useEffect(() => {
    if (!isAgent) return;
    const controller = new AbortController();
    const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, WORD_MS));
    void alone(`agent of ${session}`, controller.signal, () => participant.answer(controller.signal, wait));
    return () => controller.abort();
  }, [participant, session, isAgent]);
  return [participant, useSyncExternalStore(participant.subscribe, participant.snapshot)];
}

/** Does something once nobody else of this origin does it: of several open pages, one has the agent. */
async function alone(name: string, signal: AbortSignal, action: () => Promise<void>): Promise<void> {
  // Pages whose origin is neither secure nor local have no locks.
  if (navigator.locks === undefined) return action();
  await navigator.locks.request(name, { signal }, action).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
