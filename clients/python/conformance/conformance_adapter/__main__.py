"""Reads commands from standard input, a JSON object per line, and answers each with a line on standard output.

``python -m conformance_adapter`` uses the async API, ``python -m conformance_adapter sync`` the blocking one.
"""

import json
import sys

from .adapter import Adapter
from .apis import AsyncApi, SyncApi


def main() -> None:
    api = SyncApi() if sys.argv[1:] == ["sync"] else AsyncApi()
    adapter = Adapter(api)
    for line in sys.stdin:
        if not line.strip():
            continue
        command = json.loads(line)
        print(json.dumps(adapter.execute(command)), flush=True)
        if command["type"] == "shutdown":
            break
    api.stop()


main()
