#!/usr/bin/env -S python3 -B
"""Servers whose threads have a shape that is easily taken for another one.

  shape_edges.py MODE PORT_FILE DONE_FILE

Writes its pid into PORT_FILE when it is ready. Its clients, in a process of their own, begin when
DONE_FILE.go is there, and write DONE_FILE when they have had all answers. Ends by a signal, with all
that it has started.

  upstream    a thread per connection, which asks a backend for each request
  proxy       a thread per connection, which polls its client and its backend
  sharing     eight threads for a connection, which take turns reading it
  acceptors   a poller with epoll, and workers that accept and read
  grandchild  a process per connection, whose child reads it
  session     the same, and who watches accepts a connection of its own, as of FTP's data
  passive     a process per connection, which reads it, and accepts one of its own
  datagrams   four threads that wait for datagrams of anybody on one socket
  transfers   a process for each datagram of anybody, which goes on from a socket of its own
  threaded    the same by threads
  one_set     four threads that take turns on one epoll set
  one_list    four threads that take turns on one list that they poll
  turns       the same with select, whose sets are made anew for each call
  apart       four threads that poll a list each
"""

import ctypes
import os
import queue
import select
import signal
import socket
import sys
import threading
import time

CLIENTS = 4
REQUESTS = 12


def listening(address="127.0.0.1"):
    """A listening socket."""
    return socket.create_server((address, 0), backlog=64)


def echo(connection):
    """Answer each request until the client is gone."""
    while data := connection.recv(100):
        connection.send(data)
    connection.close()


def backend():
    """Start a process that answers; return its address."""
    listener = listening()
    if not os.fork():
        while True:
            threading.Thread(target=echo, args=(listener.accept()[0],), daemon=True).start()
    return listener.getsockname()


def each_in_a_thread(listener, serve):
    """Accept connections, and serve each in a thread of its own."""
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def upstream(listener, behind):
    """A thread per connection, which asks a backend for each request."""

    def serve(client):
        server = socket.create_connection(behind)
        while data := client.recv(100):
            server.send(data)
            client.send(server.recv(100))
        client.close()
        server.close()

    each_in_a_thread(listener, serve)


def proxy(listener, behind):
    """A thread per connection, which polls both of its sockets."""

    def serve(client):
        server = socket.create_connection(behind)
        poll = select.poll()
        poll.register(client, select.POLLIN)
        poll.register(server, select.POLLIN)
        while True:
            for number, _ in poll.poll():
                source, sink = (client, server) if number == client.fileno() else (server, client)
                data = source.recv(100)
                if not data:
                    client.close()
                    server.close()
                    return
                sink.send(data)

    each_in_a_thread(listener, serve)


def sharing(listener, _behind):
    """Eight threads for each connection, which take turns reading it."""

    def take_turns(connection, mine, next_one):
        while True:
            mine.acquire()
            data = connection.recv(100)
            next_one.release()
            if not data:
                return
            connection.send(data)

    while True:
        connection, _ = listener.accept()
        turns = [threading.Semaphore(i == 0) for i in range(8)]
        for i in range(8):
            arguments = (connection, turns[i], turns[(i + 1) % 8])
            threading.Thread(target=take_turns, args=arguments, daemon=True).start()


def acceptors(listener, _behind):
    """A poller finds out what is ready; workers accept, and read."""
    epoll, work = select.epoll(), queue.Queue()
    connections = {listener.fileno(): listener}
    once = select.EPOLLIN | select.EPOLLONESHOT
    epoll.register(listener, once)

    each_has_one = threading.Barrier(3)

    def worker():
        first = True
        while True:
            number = work.get()
            if number == listener.fileno():
                connection, _ = listener.accept()
                connections[connection.fileno()] = connection
                epoll.register(connection, once)
            elif data := connections[number].recv(100):
                if first:
                    each_has_one.wait()
                first = False
                connections[number].send(data)
            else:
                connections.pop(number).close()
                continue
            epoll.modify(number, once)

    for _ in range(3):
        threading.Thread(target=worker, daemon=True).start()
    while True:
        for number, _ in epoll.poll():
            work.put(number)


def grandchild(listener, _behind):
    """A process per connection, which watches over the one that reads it."""
    while True:
        connection, _ = listener.accept()
        if os.fork():
            connection.close()
            continue
        monitor, child = socket.socketpair()
        if not os.fork():
            echo(connection)
            child.send(b"done")
            os._exit(0)
        connection.close()
        monitor.recv(10)
        os.wait()
        os._exit(0)


def session(listener, _behind):
    """A process per connection, whose child reads it, and which accepts another one for it."""
    while True:
        connection, _ = listener.accept()
        if os.fork():
            connection.close()
            continue
        data = listening()
        if not os.fork():
            with socket.create_connection(data.getsockname()):
                echo(connection)
            os._exit(0)
        connection.close()
        data.accept()
        os.wait()
        os._exit(0)


def passive(listener, _behind):
    """A process per connection, which reads it, and accepts another one for it."""
    while True:
        connection, _ = listener.accept()
        if os.fork():
            connection.close()
            continue
        connection.send(connection.recv(100))
        data = listening()
        with socket.create_connection(data.getsockname()):
            data.accept()
            echo(connection)
        os._exit(0)


def datagrams(sock, _behind):
    """Four threads that wait for datagrams on one socket."""

    each_has_one = threading.Barrier(4)

    def serve():
        first = True
        while True:
            data, address = sock.recvfrom(100)
            if first:
                each_has_one.wait()
            first = False
            sock.sendto(data, address)

    for _ in range(3):
        threading.Thread(target=serve, daemon=True).start()
    serve()


def transfer(address):
    """Send a client its data from a socket of its own, as TFTP does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.connect(address)
        for _ in range(REQUESTS):
            sock.send(b"data")
            sock.recv(100)


def transfers(sock, _behind):
    """A process for each client, which sends it its data."""
    while True:
        _, address = sock.recvfrom(100)
        if not os.fork():
            transfer(address)
            os._exit(0)


def threaded(sock, _behind):
    """A thread for each client, which sends it its data."""
    while True:
        _, address = sock.recvfrom(100)
        threading.Thread(target=transfer, args=(address,), daemon=True).start()


def one_set(listener, _behind):
    """Four threads that take turns on one epoll set."""
    epoll, connections = select.epoll(), {listener.fileno(): listener}
    once = select.EPOLLIN | select.EPOLLONESHOT
    epoll.register(listener, once)

    each_has_one = threading.Barrier(4)

    def serve():
        first = True
        while True:
            for number, _ in epoll.poll(maxevents=1):
                if number == listener.fileno():
                    connection, _ = listener.accept()
                    connections[connection.fileno()] = connection
                    epoll.register(connection, once)
                elif data := connections[number].recv(100):
                    if first:
                        each_has_one.wait()
                    first = False
                    connections[number].send(data)
                else:
                    connections.pop(number).close()
                    continue
                epoll.modify(number, once)

    for _ in range(3):
        threading.Thread(target=serve, daemon=True).start()
    serve()


def poll_list(files, count):
    """Return a function that polls so many files in one place of memory, and what is ready."""
    entries = (Pollfd * count)()
    libc = ctypes.CDLL(None)

    def ready():
        for i, file in enumerate(files):
            entries[i] = Pollfd(file.fileno(), select.POLLIN, 0)
        libc.poll(entries, len(files), -1)
        return [file for i, file in enumerate(files) if entries[i].revents]

    return ready


class Pollfd(ctypes.Structure):
    """An entry of poll(2)."""

    _fields_ = [("fd", ctypes.c_int), ("events", ctypes.c_short), ("revents", ctypes.c_short)]


def take_turns(listener, ready_of):
    """Four threads: whose turn it is waits, and reads; it answers when the next one has its turn."""
    files, turn, each_has_one = [listener], threading.Lock(), threading.Barrier(4)
    ready = ready_of(files)

    def serve():
        first = True
        while True:
            with turn:
                file = ready()[0]
                if file is listener:
                    files.append(listener.accept()[0])
                    continue
                data = file.recv(100)
                if not data:
                    files.remove(file)
                    file.close()
                    continue
            if first:
                each_has_one.wait()
            first = False
            file.send(data)

    for _ in range(3):
        threading.Thread(target=serve, daemon=True).start()
    serve()


def one_list(listener, _behind):
    """Four threads that take turns on one list that they poll."""
    take_turns(listener, lambda files: poll_list(files, CLIENTS + 1))


def turns(listener, _behind):
    """Four threads that take turns in select."""
    take_turns(listener, lambda files: lambda: select.select(files, [], [])[0])


def apart(listener, _behind):
    """Four threads, each of which polls a list of its own; each accepts one connection."""
    each_has_one = threading.Barrier(4)
    listener.setblocking(False)

    def serve():
        own, _keep = socket.socketpair()
        files, first = [own, listener], True
        ready = poll_list(files, CLIENTS + 1)
        while True:
            file = ready()[-1]
            if file is listener:
                try:
                    files[1] = listener.accept()[0]
                except BlockingIOError:
                    pass
                continue
            data = file.recv(100)
            if first:
                each_has_one.wait()
            first = False
            if not data:
                files.remove(file)
            file.send(data)

    for _ in range(3):
        threading.Thread(target=serve, daemon=True).start()
    serve()


def client(address, kind):
    """Ask, and wait for each answer."""
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.connect(address)
        for _ in range(REQUESTS):
            sock.send(b"request")
            sock.recv(100)


def fetch(address, _kind):
    """Ask once, and say of each of the data that it has come, to whoever sends them."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"request", address)
        for _ in range(REQUESTS):
            _, sender = sock.recvfrom(100)
            sock.sendto(b"have it", sender)


def clients(client_of, address, kind, go, done):
    """In a process of their own: wait for the word, ask all at once, say that it is done."""
    while not os.path.exists(go):
        time.sleep(0.01)
    threads = [threading.Thread(target=client_of, args=(address, kind)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open(done, "w", encoding="ascii"):
        pass


def main():
    """Be the server of a mode."""
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    os.setpgid(0, 0)
    mode, port_file, done = sys.argv[1:4]
    modes = (upstream, proxy, sharing, acceptors, grandchild, session, passive, datagrams)
    modes += (transfers, threaded, one_set, one_list, turns, apart)
    serve = {function.__name__: function for function in modes}[mode]
    from_anybody = mode in ("datagrams", "transfers", "threaded")
    kind = socket.SOCK_DGRAM if from_anybody else socket.SOCK_STREAM
    if kind == socket.SOCK_DGRAM:
        sock = socket.socket(socket.AF_INET, kind)
        sock.bind(("127.0.0.1", 0))
    else:
        sock = listening()
    behind = backend() if mode in ("upstream", "proxy") else None
    if not os.fork():
        address = sock.getsockname()
        sock.close()
        client_of = fetch if mode in ("transfers", "threaded") else client
        clients(client_of, address, kind, done + ".go", done)
        os._exit(0)
    with open(port_file + ".tmp", "w", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    os.rename(port_file + ".tmp", port_file)
    serve(sock, behind)


main()
