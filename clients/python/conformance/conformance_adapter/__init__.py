"""The adapter by which the client conformance suite commands this client."""
