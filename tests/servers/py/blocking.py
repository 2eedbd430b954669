#!/usr/bin/env -S python3 -B
"""Blocking I/O as in the textbook: one connection at a time, accept, recv, sendall."""

from common import Server

server = Server()
listener = server.listen()
while server.wants_more():
    connection, _ = listener.accept()
    with connection:
        while data := connection.recv(1024):
            connection.sendall(data)
    server.closed()
listener.close()
