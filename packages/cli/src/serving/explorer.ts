/** The Stream Explorer's files, which its package brings along as one module. */
import type { Asset, Logger } from "@perennial/server";

/** All files; none when they were not built, which the log tells. A server without its explorer is a server. */
export async function explorerAssets(logger: Logger): Promise<readonly Asset[]> {
  try {
    const { embeddedAssets } = await import("@perennial/explorer/embedded");
    return embeddedAssets();
  } catch (error) {
    logger.warn(
      { reason: (error as Error).message },
      "the Stream Explorer was not built: there is no page at /",
    );
    return [];
  }
}
