/** One tab plays a session: a tab that was duplicated remembers that it is the player, too, and two would write over each other. */

/** A page that is reloaded lets go of its sessions about when it asks for them, in ms. */
const PATIENCE_MS = 1_500;
const claimed = new Map<string, Promise<boolean>>();

/** Makes this tab a session's only player, until it is closed. @returns false if another tab of this browser is */
export function claim(name: string): Promise<boolean> {
  const known = claimed.get(name) ?? ask(name);
  claimed.set(name, known);
  return known;
}

async function ask(name: string): Promise<boolean> {
  // Pages without TLS have no locks, but those of this machine.
  if (navigator.locks === undefined) return true;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const isMine = await new Promise<boolean>((resolve) => {
    const hold = (): Promise<void> => {
      resolve(true);
      return new Promise(() => {});
    };
    navigator.locks.request(`doom ${name}`, { signal }, hold).catch(() => resolve(false));
  });
  // The other may be closed later.
  if (!isMine) claimed.delete(name);
  return isMine;
}
