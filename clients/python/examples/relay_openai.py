"""Relays a model's answer to a stream, each piece exactly once. Readers may come late, reload and lose their network."""

from openai import AsyncOpenAI

from perennial_streams import AsyncDurableStream


async def relay(url: str, run: str, question: str, model: str = "gpt-5-mini") -> None:
    async with await AsyncDurableStream.create(url, content_type="text/plain") as stream:
        async with AsyncOpenAI() as openai, stream.producer(run, auto_claim=True, linger_ms=20) as producer:
            answer = await openai.chat.completions.create(
                model=model, messages=[{"role": "user", "content": question}], stream=True
            )
            async for chunk in answer:
                if chunk.choices and chunk.choices[0].delta.content:
                    producer.append(chunk.choices[0].delta.content)
            await producer.close_stream()
