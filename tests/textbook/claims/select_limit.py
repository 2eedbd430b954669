"""Claim 4: select stops at 1024 descriptors; poll and epoll do not.

The articles: one process can watch 1024 descriptors by select, a limit that may be raised by
changing the macro, or by compiling the kernel anew (another article has 2048 on 64-bit machines);
poll and epoll have none but the number of open files.
"""

import fcntl
import os
import select
import signal
import socket
import struct
import subprocess

import measure as bench

from . import lab

CLIENTS = 1100
LIMIT = 1024
SERVERS = (bench.Server("select", "server_select"), bench.Server("poll", "server_poll"),
           bench.Server("epoll", "server_epoll"))


def python_refuses():
    """Whether Python's select refuses a descriptor of LIMIT, and its poll and epoll take it."""
    lab.many_files()
    near, far = os.pipe()
    high = fcntl.fcntl(near, fcntl.F_DUPFD_CLOEXEC, LIMIT)
    try:
        select.poll().register(high)
        with select.epoll() as epoll:
            epoll.register(high)
        select.select([high], [], [], 0)
        return 0
    except ValueError:
        return 1
    finally:
        for fd in (near, far, high):
            os.close(fd)


def answered(traced):
    """How many of CLIENTS connections are answered that are open at the same time."""
    clients = []
    try:
        for _ in range(CLIENTS):
            clients.append(socket.create_connection(("127.0.0.1", traced.port), timeout=60))
            try:
                clients[-1].sendall(b"x")
            except ConnectionError:
                continue  # closed by the server already: its recv says so below
        return sum(1 for client in clients if lab.received(client))
    finally:
        for client in clients:
            client.close()


def measure(quick):
    """The facts of the probe, Python's answer, and three servers with more connections than fit."""
    del quick  # it is short
    lab.many_files()
    probe = subprocess.run([bench.built("select_limit")], capture_output=True, text=True,
                           timeout=90, check=False)
    if probe.returncode:
        raise bench.MeasureError(f"select_limit: {probe.stderr.strip()}")
    numbers = lab.numbers_of(probe.stdout) | {
        "word_bits": 8 * struct.calcsize("P"), "python_refuses": python_refuses(),
        "clients": CLIENTS}
    for server in SERVERS:
        seen = {}
        run = bench.trace(bench.server_argv(server), name=server.name,
                          work=lambda traced, seen=seen: seen.update(n=answered(traced)))
        numbers[f"{server.name}_answered"] = seen["n"]
        numbers[f"{server.name}_reads"] = run.reads
    return numbers


def judge(numbers):
    """fd_set ends there, and so do its users; the kernel, poll and epoll go on."""
    n = numbers
    sentence = (f"fd_set has room for {n['fd_setsize']} on this machine of {n['word_bits']} bits;"
                f" FD_SET({n['fd_setsize']}) writes {n['overflow_word']} into the word behind it,"
                f" and a checked build is ended by signal {n['overflow_signal']}; Python raises"
                f" ValueError; of {n['clients']} clients at once {n['select_answered']} were"
                f" answered with select, {n['poll_answered']} with poll, {n['epoll_answered']} with"
                " epoll; but with a larger bitmap glibc's select() and the system call both found"
                f" descriptor 1500 ready ({n['big_select_ready']}, {n['big_syscall_ready']}).")
    others = (n["poll_high"] == n["epoll_high"] == 1
              and n["poll_answered"] == n["epoll_answered"] == n["clients"])
    stops = (n["fd_setsize"] == LIMIT and n["overflow_word"] and n["python_refuses"]
             and n["overflow_signal"] == signal.SIGABRT and n["select_answered"] < LIMIT)
    if not others or not stops:
        return lab.FAILS, sentence
    if n["big_select_ready"] == n["big_select_bit"] == n["big_syscall_ready"] == 1:
        return lab.only_when("one uses fd_set: neither the kernel nor select() has the"
                             " limit"), sentence
    return lab.HOLDS, sentence
