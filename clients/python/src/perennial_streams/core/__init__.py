"""The client without I/O: events in, requests and items out. Sync and async drive the same machines."""
