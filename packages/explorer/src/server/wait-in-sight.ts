/** Waits, and for longer in a page that nobody sees: it would only take a connection from one that is seen. */
export async function waitInSight(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  while (document.hidden)
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}
