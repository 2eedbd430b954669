"""What the textbook servers share: the command line, the listening socket, and the end.

In: --port-file FILE --connections N (0: no bound) --seconds S (60). Out: the port file, by rename.
At the end of --seconds the kernel ends the process by SIGALRM; nothing is printed.
"""

import argparse
import os
import signal
import socket


class Server:
    """The options, and how many connections were closed."""

    def __init__(self):
        parser = argparse.ArgumentParser()
        parser.add_argument("--port-file", required=True)
        parser.add_argument("--connections", type=int, default=0)
        parser.add_argument("--seconds", type=int, default=60)
        self.options = parser.parse_args()
        self.count = 0
        signal.alarm(self.options.seconds)

    def announce(self, port):
        """Write the port to the port file, so that a reader sees all of it or nothing."""
        temporary = self.options.port_file + ".tmp"
        with open(temporary, "w", encoding="ascii") as file:
            file.write(f"{port}\n")
        os.rename(temporary, self.options.port_file)

    def listen(self):
        """Make the listening socket, on a port that the kernel picks, and announce it."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Inherited by the connections: a small echo shall not wait for the client's delayed ACK.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        self.announce(listener.getsockname()[1])
        return listener

    def closed(self):
        """Count one connection as served and closed."""
        self.count += 1

    def wants_more(self):
        """Whether there are connections still to be served."""
        return not self.options.connections or self.count < self.options.connections
