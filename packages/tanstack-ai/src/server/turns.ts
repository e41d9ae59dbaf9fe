/** Of each session, the answer that is to end before the next one begins. */
const last = new Map<string, Promise<unknown>>();

/** Does work of a session once all that was begun here before is over, however it ended. */
export function inTurn<T>(session: string, work: () => Promise<T>): Promise<T> {
  const before = last.get(session) ?? Promise.resolve();
  const done = before.then(work, work);
  last.set(session, done);
  const forget = () => {
    if (last.get(session) === done) last.delete(session);
  };
  done.then(forget, forget);
  return done;
}
