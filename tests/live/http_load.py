"""A small HTTP client with exact counts: keep-alive or closing connections, one request at a time.

In: http_load.py PORT CONNECTIONS REQUESTS keep|slow|close PATH... - each of CONNECTIONS threads makes
REQUESTS requests, the paths in turn, by one connection (keep; slow: with a pause of 5 ms before each
request, so that the server awaits it) or by one each (close).
Out: "connections=N requests=N sent=BYTES received=BYTES", headers included; exit code 1 if an
answer is not 200 or is short. REQUESTS 0 goes on until it is killed, for 60 s at most.
"""

import socket
import sys
import threading
import time


class Client(threading.Thread):
    """One thread of the load."""

    def __init__(self, port, requests, manner, paths):
        super().__init__()
        self.port, self.requests, self.paths = port, requests, paths
        self.keep, self.pause = manner != "close", 0.005 if manner == "slow" else 0
        self.connections = self.done = self.sent = self.received = 0
        self.failure = None
        self.socket = None

    def connect(self):
        """Open a connection."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.connections += 1

    def read(self):
        """Read some bytes; the end of the connection is a failure here."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed too early")
        self.received += len(data)
        return data

    def answer(self):
        """Read one answer to its end by its Content-Length."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.read()
        head, body = data.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        if lines[0].split()[1] != "200":
            raise ConnectionError(lines[0])
        fields = dict(line.lower().split(": ", 1) for line in lines[1:])
        left = int(fields["content-length"]) - len(body)
        while left:
            left -= len(self.read())

    def request(self, path):
        """Make one request and read its answer."""
        if not self.socket:
            self.connect()
        time.sleep(self.pause)
        words = "keep-alive" if self.keep else "close"
        text = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: {words}\r\n\r\n"
        self.socket.sendall(text.encode("ascii"))
        self.sent += len(text)
        self.answer()
        self.done += 1
        if self.keep:
            return
        if self.socket.recv(1):
            raise ConnectionError("more than was announced")
        self.socket.close()
        self.socket = None

    def run(self):
        """Make all requests."""
        end = time.monotonic() + 180
        try:
            while not self.requests or self.done < self.requests:
                if not self.requests and time.monotonic() > end:
                    break
                self.request(self.paths[self.done % len(self.paths)])
            if self.socket:
                self.socket.close()
        except (OSError, KeyError, ValueError, IndexError) as error:
            self.failure = error


def main():
    """Run the load; the exit code."""
    port, connections, requests = (int(word) for word in sys.argv[1:4])
    manner, paths = sys.argv[4], sys.argv[5:]
    clients = [Client(port, requests, manner, paths) for _ in range(connections)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
        if client.failure:
            print(f"http_load: {client.failure}", file=sys.stderr)
    opened, done = sum(c.connections for c in clients), sum(c.done for c in clients)
    sent, received = sum(c.sent for c in clients), sum(c.received for c in clients)
    print(f"connections={opened} requests={done} sent={sent} received={received}")
    return 1 if any(client.failure for client in clients) else 0


sys.exit(main())
