#!/usr/bin/env -S python3 -B
"""Families of processes whose workers are not seen to accept on one socket, or at all.

  prefork_edges.py MODE READY_FILE DONE_FILE

Writes its pid into READY_FILE when all is set up. Its clients, in a process of their own that is no
descendant, ask when DONE_FILE.go is there, and write DONE_FILE when they have had all answers. Ends by a
signal, with all that it has started.

  reuseport    two workers, each with a listener of its own on the same port
  lasting      three workers, who have accepted all their connections before
  lasting_unix the same of UNIX sockets
  forked       a process for each of three connections, who have all been accepted before
"""

import os
import signal
import socket
import sys
import time

MANY = 24  # connections, which the kernel divides among two workers by chance
WORKERS = 3


def listening(unix):
    """A listening socket, and its address."""
    listener = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
    listener.bind(sys.argv[2] + ".socket" if unix else ("127.0.0.1", 0))
    listener.listen(64)
    return listener


def echo(connection):
    """Answer each request until the client is gone."""
    while data := connection.recv(100):
        connection.send(data)
    connection.close()


def worker(serve, *args):
    """Start a child that serves."""
    if not os.fork():
        serve(*args)
        os._exit(0)


def accept_and_echo(listener):
    """Serve one connection after the other."""
    while True:
        echo(listener.accept()[0])


def ask(connection):
    """Some requests, and their answers."""
    for _ in range(5):
        connection.send(b"request")
        connection.recv(100)


def ask_anew(address):
    """The same of many connections, each for itself."""
    for _ in range(MANY):
        with socket.create_connection(address) as connection:
            ask(connection)


def ask_all(connections):
    """The same of connections that stay."""
    for connection in connections:
        ask(connection)


def clients(ask_them, arg):
    """In a process that is nobody's child here: wait for the word, ask, and say that it is done."""
    done = sys.argv[3]
    if child := os.fork():
        os.waitpid(child, 0)
        return
    if os.fork():
        os._exit(0)
    while not os.path.exists(done + ".go"):
        time.sleep(0.01)
    ask_them(arg)
    with open(done, "w", encoding="ascii"):
        pass
    signal.pause()


def rest():
    """Be a parent that does nothing more."""
    while True:
        signal.pause()


def reuseport():
    """Each worker has a listener of its own."""
    with socket.socket() as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        place.bind(("127.0.0.1", 0))
        for _ in range(2):
            own = socket.socket()
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            own.bind(place.getsockname())
            own.listen(64)
            worker(accept_and_echo, own)
            own.close()
        clients(ask_anew, place.getsockname())
    return rest


def connected(listener):
    """Connections to a listener."""
    made = [socket.socket(listener.family) for _ in range(WORKERS)]
    for connection in made:
        connection.connect(listener.getsockname())
    return made


def lasting(unix=False):
    """The workers have accepted before anybody looks."""
    listener = listening(unix)
    for _ in range(WORKERS):
        worker(accept_and_echo, listener)
    clients_of = connected(listener)
    # Each worker has one when it answers.
    ask_all(clients_of)
    clients(ask_all, clients_of)
    listener.close()
    return rest


def lasting_unix():
    """The same of UNIX sockets."""
    return lasting(True)


def forked():
    """A process per connection, none of which is new."""
    listener = listening(False)
    clients_of = connected(listener)
    for _ in range(WORKERS):
        connection, _ = listener.accept()
        worker(echo, connection)
        connection.close()
    clients(ask_all, clients_of)
    return listener.accept


def main():
    """Be the family of a mode."""
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    os.setpgid(0, 0)
    modes = (reuseport, lasting, lasting_unix, forked)
    go_on = {function.__name__: function for function in modes}[sys.argv[1]]()
    ready = sys.argv[2]
    with open(ready + ".tmp", "w", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    os.rename(ready + ".tmp", ready)
    go_on()


main()
