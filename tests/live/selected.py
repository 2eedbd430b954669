"""Processes that are started, become something else and end, for selectors.bats.

In: what to be, with its arguments; it waits for files to appear, and makes them. Out: what it did,
on stdout.

serve NAME FOLDER     answers bytes at a TCP port, under a name of its own; the port is in FOLDER/port
                      when it listens, which it does when FOLDER/listen is there; ends with FOLDER/end
ask PORT COUNT        connects to the port, and has so many bytes read and sent back, one by one; says so
ask_late PORT COUNT FOLDER  the same by a second thread, when FOLDER/go is there
datagrams PORT COUNT FOLDER takes so many datagrams at the port, which it binds when FOLDER/go is there
users COUNT UID FOLDER      is the user UID and root by turns, as `turn` has names
brief NAME COUNT      so many processes, one after the other, that bear a name for a moment
turn COUNT A B FOLDER with two threads that read and write a pair of sockets: bears the names A and B
                      by turns, COUNT times, when FOLDER/go is there; at each it waits until the tracer
                      has said so in FOLDER/err; says how often it read
"""

import os
import socket
import sys
import threading
import time

# The test ends us; this is for when it cannot. A test that attaches many
# times takes minutes on a slow machine.
DEADLINE = time.monotonic() + 600
MESSAGES = {}


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


def ask(port, count):
    """Is a client, for a moment, by its own socket calls and no others."""
    with socket.socket() as connection:
        connection.connect(("127.0.0.1", int(port)))
        for _ in range(int(count)):
            connection.send(b"x")
            connection.recv(1)
    print("asked", count)


def ask_late(port, count, folder):
    """The same by a thread that is not the first."""
    wait_for(f"{folder}/go")
    thread = threading.Thread(target=ask, args=(port, count))
    thread.start()
    thread.join()


def datagrams(port, count, folder):
    """Takes datagrams at a port."""
    wait_for(f"{folder}/go")
    with socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", int(port)))
        wait_until_said(folder, "joined", 1)
        with open(f"{folder}/bound", "w", encoding="ascii") as file:
            file.write("bound")
        for _ in range(int(count)):
            udp.recv(1)


def users(count, user, folder):
    """Is two users by turns."""
    wait_for(f"{folder}/go")
    wait_until_said(folder, "", 0)
    for times in range(1, int(count) + 1):
        os.setresuid(-1, int(user), -1)
        wait_until_said(folder, "joined", times)
        os.setresuid(-1, 0, -1)
        wait_until_said(folder, "matches no longer", times)


def talk(ends, done, tally):
    """Writes and reads until it is done, and counts the reads."""
    while not done.is_set():
        ends[0].send(b"x")
        ends[1].recv(1)
        tally.append(1)


def wait_until_said(folder, what, times):
    """Returns when the tracer's messages say of us so many times that."""
    if folder not in MESSAGES:
        # Another user may not open it.
        MESSAGES[folder] = open(f"{folder}/err", encoding="utf-8")
    while True:
        MESSAGES[folder].seek(0)
        if MESSAGES[folder].read().count(f"pid {os.getpid()}: {what}") >= times:
            return
        if time.monotonic() > DEADLINE:
            sys.exit(f"waited in vain for {what}")
        time.sleep(0.005)


def brief(name, count):
    """So many processes, one after the other, bear a name, write a byte to themselves, read it and end."""
    for _ in range(int(count)):
        child = os.fork()
        if not child:
            name_is(name)
            near, far = socket.socketpair()
            near.send(b"x")
            far.recv(1)
            os._exit(0)
        os.waitpid(child, 0)


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
    {"serve": serve, "turn": turn, "ask": ask, "ask_late": ask_late, "datagrams": datagrams,
     "users": users, "brief": brief}[sys.argv[1]](*sys.argv[2:])
