#!/usr/bin/env -S python3 -B
"""What a person sees while iophase goes on: a line on a terminal, and reports by SIGUSR1.

In: the program iophase. Out: nothing, or an AssertionError.

The server answers datagrams in a process of its own; it is asked when iophase is armed, and each
answer is waited for, so that what is to be seen is known.
"""

import os
import signal
import socket
import subprocess
import sys

from terminal import Terminal

ASKED = 20


def serve():
    """Start a server in a process of its own; return its pid and its address."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    pid = os.fork()
    while not pid:
        data, peer = server.recvfrom(100)
        server.sendto(data, peer)
    address = server.getsockname()
    server.close()
    return pid, address


def ask(address):
    """Ask, and wait for each answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(address)
        for _ in range(ASKED):
            client.send(b"question")
            client.recv(100)


def at_a_terminal(iophase, pid, address):
    """A line tells what was counted; a report by SIGUSR1 takes its place, so does the last one."""
    os.environ["TERM"] = "xterm"
    t = Terminal(iophase, "-v", "-p", str(pid))
    t.await_text("armed")
    ask(address)
    t.await_text(f"{ASKED} requests answered; Ctrl-C reports")
    os.kill(t.pid, signal.SIGUSR1)
    t.await_text(f"{ASKED} requests answered, ")
    t.await_text("Lost nothing")
    t.await_text(f"{ASKED} requests answered; Ctrl-C reports")
    ask(address)
    t.await_text(f"{2 * ASKED} requests answered; Ctrl-C reports")
    t.press(b"\x03")
    t.await_text("\r")
    t.await_text(f"{2 * ASKED} requests answered, ")
    assert t.status() == 0


def in_pipes(iophase, pid, address, *options):
    """No line; a report by SIGUSR1 on stderr, and data as if it had not been asked for."""
    argv = [iophase, "-v", *options, "-o", "csv-exchanges:-", "-p", str(pid)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        said = ""
        while "armed" not in said:
            line = run.stderr.readline()
            assert line, said
            said += line
        ask(address)
        run.send_signal(signal.SIGUSR1)
        while "Lost nothing" not in said:
            line = run.stderr.readline()
            assert line, said
            said += line
        run.send_signal(signal.SIGINT)
        out, rest = run.communicate(timeout=60)
        assert run.returncode == 0
    assert f"{ASKED} requests answered, " in said, said
    assert "Ctrl-C reports" not in said + rest and "\r" not in said + rest
    header, *rows = out.splitlines()
    at = header.split(",").index("exchanges")
    assert sum(int(row.split(",")[at]) for row in rows) == ASKED, out
    return len(rows)


def main():
    """Looks."""
    pid, address = serve()
    try:
        at_a_terminal(sys.argv[1], pid, address)
        assert in_pipes(sys.argv[1], pid, address) == 1
        assert in_pipes(sys.argv[1], pid, address, "-i", "1") >= 1
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
