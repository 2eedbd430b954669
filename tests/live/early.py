"""Asks questions that are answered before they are wholly written, on one TCP connection of loopback.

In: how many, as argument. A child answers each by a byte as soon as its first bytes are there, and
then reads the rest. Out: how many were answered. Root, for a send buffer that holds a question.
"""

import os
import socket
import sys

COUNT, SIZE = int(sys.argv[1]), 1 << 20
SO_SNDBUFFORCE = 32

listener = socket.create_server(("127.0.0.1", 0))
if os.fork() == 0:
    peer, _ = listener.accept()
    left = 0
    while data := peer.recv(min(left or SIZE, 65536)):
        if left == 0:
            peer.send(b"!")
            left = SIZE
        left -= len(data)
    os._exit(0)
client = socket.create_connection(listener.getsockname())
client.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 16 * SIZE)
answered = 0
for _ in range(COUNT):
    client.sendall(bytes(SIZE))
    answered += len(client.recv(1))
client.close()
os.wait()
print(answered)
