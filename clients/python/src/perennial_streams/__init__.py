"""Durable streams: read from any offset and follow what comes, write so that every message is stored exactly once.

from perennial_streams import stream

with stream("http://localhost:4437/v1/stream/orders", live="sse") as response:
    for order in response.iter_json():
        print(order)
"""

from importlib.metadata import PackageNotFoundError, version

from .aio.handle import AsyncDurableStream
from .aio.producer import IdempotentProducer
from .aio.response import AsyncStreamResponse, AsyncStreamSession
from .errors import (
    DurableStreamError,
    FetchError,
    RetentionGoneError,
    SeqConflictError,
    SequenceGapError,
    SSEBytesIterationError,
    SSEEncodingError,
    SSENotSupportedError,
    SSEReadAllError,
    StaleEpochError,
    StreamClosedError,
    StreamConsumedError,
    StreamExistsError,
    StreamNotFoundError,
)
from .functions import astream, stream
from .sync.handle import DurableStream
from .sync.producer import SyncIdempotentProducer
from .sync.response import StreamResponse
from .types import (
    AppendResult,
    BackoffOptions,
    CloseResult,
    HeadersLike,
    HeadResult,
    IdempotentAppendResult,
    LiveMode,
    Offset,
    ParamsLike,
    SSEEncoding,
    SSEResilience,
    StreamEvent,
)

try:
    __version__ = version("perennial-streams")
except PackageNotFoundError:  # run from the sources
    __version__ = "0.1.0"

__all__ = [
    "AppendResult",
    "AsyncDurableStream",
    "AsyncStreamResponse",
    "AsyncStreamSession",
    "BackoffOptions",
    "CloseResult",
    "DurableStream",
    "DurableStreamError",
    "FetchError",
    "HeadResult",
    "HeadersLike",
    "IdempotentAppendResult",
    "IdempotentProducer",
    "LiveMode",
    "Offset",
    "ParamsLike",
    "RetentionGoneError",
    "SSEBytesIterationError",
    "SSEEncoding",
    "SSEEncodingError",
    "SSENotSupportedError",
    "SSEReadAllError",
    "SSEResilience",
    "SeqConflictError",
    "SequenceGapError",
    "StaleEpochError",
    "StreamClosedError",
    "StreamConsumedError",
    "StreamEvent",
    "StreamExistsError",
    "StreamNotFoundError",
    "StreamResponse",
    "SyncIdempotentProducer",
    "astream",
    "stream",
]
