"""Relays a model's answer to a stream, each piece exactly once. Readers may come late, reload and lose their network."""

from anthropic import AsyncAnthropic

from perennial_streams import AsyncDurableStream


async def relay(url: str, run: str, question: str, model: str = "claude-sonnet-5-5") -> None:
    async with await AsyncDurableStream.create(url, content_type="text/plain") as stream:
        async with AsyncAnthropic() as anthropic, stream.producer(run, auto_claim=True, linger_ms=20) as producer:
            async with anthropic.messages.stream(
                model=model, max_tokens=1024, messages=[{"role": "user", "content": question}]
            ) as answer:
                async for text in answer.text_stream:
                    producer.append(text)
            await producer.close_stream()
