import type { Config } from "../../config.ts";

/**
 * Waits until what clients have sent by now has come in and is answered: resolves when all connections are closed, or when
 * those that are left had the time for it.
 */
export async function stopGrace({ stopGraceMs, drainMs }: Config, closed: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(stopGraceMs, drainMs));
  });
  await Promise.race([closed, over]);
  clearTimeout(timer);
}
