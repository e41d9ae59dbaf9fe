/** Tokens at about the speed of a real model, which thinks first and rests after a sentence. Throws what the signal is aborted with. */
export async function* pacedTokens(
  tokens: readonly string[],
  tokenMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  await pause(tokenMs * 10, signal);
  for (const [n, token] of tokens.entries()) {
    yield token;
    await pause(tokenMs * (/[.!?]$/.test(token) ? 4 : 0.5 + ((n * 7) % 10) / 10), signal);
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
