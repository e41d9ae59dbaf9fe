"""A producer that may be killed at any moment: each life sends the same messages under the same numbers from the beginning."""

import sys

from perennial_streams import SyncIdempotentProducer

url, count = sys.argv[1], int(sys.argv[2])
with SyncIdempotentProducer(
    url, "mortal", epoch=0, replay=True, max_batch_bytes=1, linger_ms=0, content_type="application/json"
) as producer:
    for n in range(count):
        producer.append({"n": n})
        if n % 50 == 49:
            producer.flush()
            print(n, flush=True)
    producer.flush()
