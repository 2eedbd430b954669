#!/usr/bin/env -S python3 -B
"""The socketserver module with a thread per connection: its loop polls, its threads block."""

import socket
import socketserver
import threading

from common import Server

server = Server()
lock = threading.Lock()


class Echo(socketserver.BaseRequestHandler):
    """One connection, in its own thread, blocking."""

    def handle(self):
        """Echo until the client closes."""
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := self.request.recv(1024):
            self.request.sendall(data)


class Threaded(socketserver.ThreadingTCPServer):
    """Ends after the last of --connections."""

    daemon_threads = True
    request_queue_size = 128

    def shutdown_request(self, request):
        """Count a connection when it is closed, and stop the loop after the last."""
        super().shutdown_request(request)
        with lock:
            server.closed()
        if not server.wants_more():
            self.shutdown()


with Threaded(("127.0.0.1", 0), Echo) as echo:
    server.announce(echo.server_address[1])
    echo.serve_forever()
