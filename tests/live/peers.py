#!/usr/bin/env -S python3 -B
"""A thread per connection, which asks an upstream for each request: over sockets of each kind.

  peers.py KIND READY DONE FOLDER

Whoever takes the upstream for a client, or the client for none, sees threads that go from one
connection to another one. Writes READY when it is ready. Its clients, in a process of their own,
begin when DONE.go is there, and write DONE when they have had all answers. Sockets with a path are
in FOLDER. Ends by a signal, with all that it has started.

  ipv6       both over IPv6
  mapped     clients by IPv4 of a listener of IPv6
  unix       both by a path; what connects has no address
  bound      the same; what connects has an address of its own
  abstract   the same by names without a file
  seqpacket  the same in packets
  unnamed    listeners that have never been bound: the kernel has chosen the port
  reuseport  two listeners on one port, each with a thread that accepts
  mptcp      clients and upstream by multipath TCP
  pair       the upstream is a pair of sockets, shared with a child
"""

import os
import signal
import socket
import sys
import threading
import time

CLIENTS = 4
REQUESTS = 12
MPTCP = 262

KIND, READY, DONE, FOLDER = sys.argv[1:5]
NAMES = {
    "unix": os.path.join(FOLDER, "{}"),
    "bound": os.path.join(FOLDER, "{}"),
    "abstract": "\0" + os.path.join(FOLDER, "{}"),
    "seqpacket": os.path.join(FOLDER, "{}"),
}


def new_socket():
    """A socket of the kind."""
    if KIND in NAMES:
        packets = KIND == "seqpacket"
        return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET if packets else socket.SOCK_STREAM)
    if KIND in ("ipv6", "mapped"):
        return socket.socket(socket.AF_INET6)
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM, MPTCP if KIND == "mptcp" else 0)


def listening(name):
    """A listening socket of the kind."""
    sock = new_socket()
    if KIND in NAMES:
        sock.bind(NAMES[KIND].format(name))
    elif KIND == "reuseport":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(("127.0.0.1", 0))
    elif KIND != "unnamed":
        sock.bind({"ipv6": ("::1", 0), "mapped": ("::", 0)}.get(KIND, ("127.0.0.1", 0)))
    sock.listen(64)
    return sock


def listening_beside(sock):
    """A second listener on the port of the first."""
    other = new_socket()
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    other.bind(sock.getsockname())
    other.listen(64)
    return other


def connected(address, name):
    """A socket that is connected to a listener of the kind."""
    if KIND == "mapped":
        return socket.create_connection(("127.0.0.1", address[1]))
    sock = new_socket()
    if KIND == "bound":
        sock.bind(NAMES[KIND].format(name))
    sock.connect(address)
    return sock


def echo(connection):
    """Answer each request until the client is gone."""
    while data := connection.recv(100):
        connection.send(data)
    connection.close()


def backend():
    """Start a process that answers whoever connects; return how to reach it."""
    listener = listening("backend")
    if not os.fork():
        while True:
            threading.Thread(target=echo, args=(listener.accept()[0],), daemon=True).start()
    address = listener.getsockname()
    listener.close()
    return lambda number: connected(address, f"upstream-{number}")


def children():
    """Start as many that answer as there are clients, each at the end of a pair; return the ends."""
    ends = []
    for _ in range(CLIENTS):
        here, there = socket.socketpair()
        if not os.fork():
            here.close()
            echo(there)
            os._exit(0)
        there.close()
        ends.append(here)
    return ends.__getitem__


def serve(client, server):
    """One connection, and its upstream."""
    while data := client.recv(100):
        server.send(data)
        client.send(server.recv(100))
    client.close()
    server.close()


def accept(listener, numbers, upstream):
    """Accept connections, and serve each in a thread of its own."""
    while True:
        client, _ = listener.accept()
        arguments = (client, upstream(next(numbers)))
        threading.Thread(target=serve, args=arguments, daemon=True).start()


def ask(address, number, together):
    """Ask, and wait for each answer; all clients are there before the first one goes."""
    with connected(address, f"client-{number}") as sock:
        for _ in range(REQUESTS):
            sock.send(b"request")
            sock.recv(100)
        together.wait()


def clients(address):
    """In a process of their own: wait for the word, ask all at once, say that it is done."""
    while not os.path.exists(DONE + ".go"):
        time.sleep(0.01)
    together = threading.Barrier(CLIENTS)
    threads = [threading.Thread(target=ask, args=(address, i, together)) for i in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open(DONE, "w", encoding="ascii"):
        pass


def main():
    """Be the server of the kind."""
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    os.setpgid(0, 0)
    listeners = [listening("front")]
    if KIND == "reuseport":
        listeners.append(listening_beside(listeners[0]))
    upstream = children() if KIND == "pair" else backend()
    address = listeners[0].getsockname()
    if not os.fork():
        for listener in listeners:
            listener.close()
        clients(address)
        os._exit(0)
    numbers = iter(range(CLIENTS + 1))
    for listener in listeners[1:]:
        arguments = (listener, numbers, upstream)
        threading.Thread(target=accept, args=arguments, daemon=True).start()
    with open(READY, "w", encoding="ascii") as file:
        file.write("ready\n")
    accept(listeners[0], numbers, upstream)


main()
