"""Serves an event stream with a server's framing, one JSON message per event, as fast as the socket takes it. Prints its port."""

import socket
import sys

EVENT = (
    'event: data\ndata:[{{"n":{n},"text":"hello world, this is a message"}}]\nid:0000000000000000_{n:016}\n\n'
    'event: control\ndata:{{"streamNextOffset":"0000000000000000_{n:016}","streamCursor":"3364689","upToDate":true}}\n\n'
)
EMPTY = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
    b"Stream-Next-Offset: 0000000000000000_0000000000000000\r\nStream-Up-To-Date: true\r\n\r\n[]"
)
EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
PIECE_BYTES = 16_000

events = "".join(EVENT.format(n=n) for n in range(1, int(sys.argv[1]) + 1)).encode()
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    while request := connection.recv(65536):
        if b"live=sse" not in request.split(b"\r\n")[0]:
            connection.sendall(EMPTY)
            continue
        connection.sendall(EVENTS)
        for start in range(0, len(events), PIECE_BYTES):
            piece = events[start : start + PIECE_BYTES]
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
