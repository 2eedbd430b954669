"""A client and a backend that keep a clock of their own, for what witnesses.bats asks of real servers.

  witnesses.py client KIND PORT PID REQUESTS PLACE GO RESULT
      connects by one connection, writes PLACE, waits for the file GO, asks so many times, and writes to
      RESULT for how long it has waited in all (ns): from before each request to the first byte of its
      answer. Before each it waits until the server's process PID (0: whichever) is asleep, so that the
      server, whose clock may stand still while it works, looks at it after that. KIND: http, redis or
      postgresql, which are asked for the computing that they measure themselves.
  witnesses.py backend PLACE RESULT
      answers HTTP requests after the delay; PLACE has its port. RESULT has, after each answer, for how
      long it has had requests in all (ns): from their end to the begin of the answer.
"""

import os
import socket
import struct
import sys
import threading
import time

DELAY = 0.02  # s
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
SCRIPT = b"local n = 0 for i = 1, 300000 do n = n + i end return 1"
QUERY = b"SELECT pg_sleep(0.02)\0"


def write(path, text):
    """Write a file so that a reader sees all of it or nothing."""
    with open(path + ".tmp", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(path + ".tmp", path)


def asleep(pid):
    """Wait until a process is asleep."""
    while pid:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "S":
                return
        time.sleep(0.001)


class Http:
    """What is said in HTTP."""

    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

    def __init__(self, sock):
        self.sock = sock

    def greet(self):
        """What comes before the first request."""

    def is_whole(self, answer):
        """Whether that is a whole answer."""
        return b"\r\n\r\n" in answer and answer.endswith(b"hello")


class Redis(Http):
    """A script that computes, and says so in one word."""

    request = b"*3\r\n$4\r\nEVAL\r\n$%d\r\n%s\r\n$1\r\n0\r\n" % (len(SCRIPT), SCRIPT)

    def is_whole(self, answer):
        return answer == b":1\r\n"


class Postgresql(Http):
    """A query that sleeps; messages of version 3.0 of the protocol."""

    request = b"Q" + struct.pack("!i", len(QUERY) + 4) + QUERY

    def greet(self):
        words = b"user\0iophase\0database\0postgres\0\0"
        self.sock.sendall(struct.pack("!ii", len(words) + 8, 3 << 16) + words)
        self.take()
        setting = b"SET log_min_duration_statement = 0\0"
        self.sock.sendall(b"Q" + struct.pack("!i", len(setting) + 4) + setting)
        self.take()

    def take(self):
        """Take a whole answer."""
        answer = b""
        while not self.is_whole(answer):
            answer += self.sock.recv(65536)

    def is_whole(self, answer):
        return answer.endswith(b"Z" + struct.pack("!i", 5) + b"I")


def client(kind, port, pid, requests, place, go, result):
    """See above."""
    waited = 0
    with socket.create_connection(("127.0.0.1", int(port))) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        talk = {"http": Http, "redis": Redis, "postgresql": Postgresql}[kind](sock)
        talk.greet()
        write(place, "connected\n")
        while not os.path.exists(go):
            time.sleep(0.01)
        for _ in range(int(requests)):
            asleep(int(pid))
            since = time.monotonic_ns()
            sock.sendall(talk.request)
            answer = sock.recv(1)
            waited += time.monotonic_ns() - since
            while not talk.is_whole(answer):
                data = sock.recv(65536)
                assert data, answer
                answer += data
    write(result, f"{waited}\n")


class Backend:
    """All connections of the backend."""

    def __init__(self, result):
        self.result, self.lock, self.had = result, threading.Lock(), 0

    def serve(self, connection):
        """Answer what comes by a connection."""
        request = b""
        while data := connection.recv(65536):
            request += data
            if not request.endswith(b"\r\n\r\n"):
                continue
            since = time.monotonic_ns()
            time.sleep(DELAY)
            with self.lock:
                self.had += time.monotonic_ns() - since
                # It is there before anybody has the answer.
                write(self.result, f"{self.had}\n")
            connection.sendall(ANSWER)
            request = b""
        connection.close()


def backend(place, result):
    """See above."""
    serving = Backend(result)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        write(place, f"{listener.getsockname()[1]}\n")
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serving.serve, args=(connection,), daemon=True).start()


def main():
    """See above."""
    if sys.argv[1] == "client":
        client(*sys.argv[2:9])
    else:
        backend(*sys.argv[2:4])


main()
