"""Processes that are started, become something else and end, for selectors.bats.

In: what to be, with its arguments; it waits for files to appear, and makes them. Out: what it did,
on stdout.

serve NAME FOLDER     answers bytes at a TCP port, under a name of its own; the port is in FOLDER/port
                      when it listens, which it does when FOLDER/listen is there; ends with FOLDER/end
turn COUNT A B FOLDER with two threads that read and write a pair of sockets: bears the names A and B
                      by turns, COUNT times, when FOLDER/go is there; at each it waits until the tracer
                      has said so in FOLDER/err; says how often it read
"""

import os
import socket
import sys
import threading
import time

DEADLINE = time.monotonic() + 60


def wait_for(path):
    """Returns when the file is there."""
    while not os.path.exists(path):
        if time.monotonic() > DEADLINE:
            sys.exit(f"waited in vain for {path}")
        time.sleep(0.005)


def name_is(name):
    """Takes a name, as prctl(PR_SET_NAME) does."""
    with open("/proc/self/comm", "w", encoding="utf-8") as file:
        file.write(name)


def serve(name, folder):
    """Answers whoever connects, one after the other."""
    name_is(name)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    udp = socket.socket(type=socket.SOCK_DGRAM)
    udp.bind(listener.getsockname())
    wait_for(f"{folder}/listen")
    udp.close()
    listener.listen()
    listener.settimeout(0.02)
    with open(f"{folder}/port.new", "w", encoding="ascii") as file:
        file.write(str(listener.getsockname()[1]))
    os.rename(f"{folder}/port.new", f"{folder}/port")
    while not os.path.exists(f"{folder}/end") and time.monotonic() < DEADLINE:
        try:
            connection = listener.accept()[0]
        except TimeoutError:
            continue
        with connection:
            connection.settimeout(None)
            while data := connection.recv(1):
                connection.sendall(data)


def talk(ends, done, tally):
    """Writes and reads until it is done, and counts the reads."""
    while not done.is_set():
        ends[0].send(b"x")
        ends[1].recv(1)
        tally.append(1)


def wait_until_said(folder, what, times):
    """Returns when the tracer's messages say of us so many times that."""
    while True:
        with open(f"{folder}/err", encoding="utf-8") as file:
            if file.read().count(f"pid {os.getpid()}: {what}") >= times:
                return
        if time.monotonic() > DEADLINE:
            sys.exit(f"waited in vain for {what}")
        time.sleep(0.005)


def turn(count, first, second, folder):
    """Bears two names by turns."""
    done, tally = threading.Event(), []
    pairs = [socket.socketpair() for _ in range(2)]
    threads = [threading.Thread(target=talk, args=(pair, done, tally)) for pair in pairs]
    name_is(second)
    for thread in threads:
        thread.start()
    wait_for(f"{folder}/go")
    for times in range(1, int(count) + 1):
        name_is(first)
        wait_until_said(folder, "joined", times)
        name_is(second)
        wait_until_said(folder, "matches no longer", times)
    name_is(first)
    wait_until_said(folder, "joined", int(count) + 1)
    done.set()
    for thread in threads:
        thread.join()
    print("reads", len(tally))


if __name__ == "__main__":
    {"serve": serve, "turn": turn}[sys.argv[1]](*sys.argv[2:])
