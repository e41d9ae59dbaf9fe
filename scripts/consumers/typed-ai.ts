import { createDurableChatTransport, toDurableStreamResponse } from "@perennial/ai-sdk";

export async function typedAnswer(writeUrl: string): Promise<boolean> {
  const transport = createDurableChatTransport({ api: "/api/chat", headers: () => ({ a: "b" }) });
  const source = (async function* () {})();
  const { status } = await toDurableStreamResponse({ source, stream: { writeUrl } });
  await transport.stop({ chatId: "c" });
  return transport.resumeStreamIsReplay && status === 201;
}
