"""A memcached client with exact counts: sets and gets by the text protocol, one at a time.

In: memcached_load.py PORT CONNECTIONS GETS - each of CONNECTIONS connections sets one key and gets it
GETS times; the next one is opened when the server has answered on the last. GETS 0 goes on until it is
killed, for 30 s at most. Or memcached_load.py PORT stats - prints the server's statistics.
Out: "connections=N sets=N gets=N sent=BYTES"; or a line "NAME VALUE" for each statistic.
"""

import socket
import sys
import time


class Connection:
    """One connection, and the bytes sent by all."""

    sent = 0

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, text, end):
        """Send a command; its answer, up to the given end."""
        request, answer = text.encode("ascii"), b""
        self.socket.sendall(request)
        Connection.sent += len(request)
        while not answer.endswith(end):
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("the server closed too early")
            answer += data
        return answer

    def get(self, key, value):
        """Get a key, which must have that value."""
        if value.encode("ascii") not in self.ask(f"get {key}\r\n", b"END\r\n"):
            raise ConnectionError(f"{key} is not what was set")


def main():
    """Run the load, or print the statistics."""
    port = int(sys.argv[1])
    if sys.argv[2] == "stats":
        answer = Connection(port).ask("stats\r\n", b"END\r\n")
        for line in answer.decode("ascii").split("\r\n")[:-2]:
            print(line.removeprefix("STAT "))
        return
    count, gets = int(sys.argv[2]), int(sys.argv[3])
    value, connections, done = "v" * 100, [], 0
    for i in range(count):
        connections.append(Connection(port))
        connections[i].ask(f"set key{i} 0 0 {len(value)}\r\n{value}\r\n", b"STORED\r\n")
    end = time.monotonic() + 30
    while done < gets or not gets and time.monotonic() < end:
        for i, connection in enumerate(connections):
            connection.get(f"key{i}", value)
        done += 1
    print(f"connections={count} sets={count} gets={count * done} sent={Connection.sent}")


main()
