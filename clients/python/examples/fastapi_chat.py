"""A FastAPI endpoint that starts an answer and hands its URL to the browser, which reads from the stream server directly.

    STREAMS=http://localhost:4437/v1/stream uvicorn fastapi_chat:app

In the browser: `new EventSource(url + "?offset=-1&live=sse")` and its "data" events; it resumes by itself.
"""

import asyncio
import os
from uuid import uuid4

from fastapi import FastAPI
from pydantic import BaseModel
from relay_openai import relay

from perennial_streams import DurableStreamError, FetchError

app = FastAPI()
running: set[asyncio.Task[None]] = set()


class Question(BaseModel):
    text: str


class Chat(BaseModel):
    url: str


@app.post("/chats", status_code=202)
async def start_chat(question: Question) -> Chat:
    run = str(uuid4())
    url = f"{os.environ['STREAMS']}/chats/{run}"
    task = asyncio.create_task(relay(url, run, question.text))
    running.add(task)  # the loop itself keeps no task alive
    task.add_done_callback(finished)
    return Chat(url=url)


def finished(task: asyncio.Task[None]) -> None:
    running.discard(task)
    if not task.cancelled() and isinstance(error := task.exception(), (DurableStreamError, FetchError)):
        print("the answer was not stored:", error)
