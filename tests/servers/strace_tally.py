#!/usr/bin/env -S python3 -B
"""The second witness: turns a log of `strace -f -yy` into the same CSV that a workload's tally has.

In: the path of a log (`strace -f -yy -o LOG ...`). Out: on stdout the CSV of tally.h, counted by
the rules of iophase: read and write and their kin count on sockets, pipes, FIFOs, anonymous inodes
and terminals, not on regular files and other devices.
"""

import re
import sys

READ = {"read", "readv", "preadv", "preadv2", "recvfrom", "recvmsg", "recvmmsg", "splice", "tee"}
RECEIVE = {"mq_timedreceive", "msgrcv"}
SEND = {"mq_timedsend", "msgsnd"}
ACCEPT = {"accept", "accept4"}
WRITE = {"write", "writev", "pwritev2", "sendto", "sendmsg", "sendmmsg", "sendfile"}
MUX = {"select", "pselect6", "poll", "ppoll", "epoll_wait", "epoll_pwait", "epoll_pwait2"}
EVENTS = {"io_getevents", "io_pgetevents"}
CALLS = READ | ACCEPT | WRITE | MUX | EVENTS | {"epoll_ctl", "rt_sigtimedwait"}
CALLS |= {"io_submit", "io_uring_enter", "connect"} | RECEIVE | SEND
# These may be made on regular files; their first argument decides whether they count.
BY_FD = {"read", "readv", "preadv", "preadv2", "splice", "tee", "write", "writev", "pwritev2",
         "sendfile"}
RESTARTS = ("ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND", "ERESTART_RESTARTBLOCK")
AGAIN = {("connect", "EINPROGRESS"), ("msgrcv", "ENOMSG")}
# The length of the message, which stands after its text.
LENGTH = re.compile(r'(?:"|\.\.\.|\}), (\d+), ')
OUTCOMES = ("ok", "eof", "again", "timeout", "interrupted", "error")

LINE = re.compile(r"^(?P<pid>\d+) +(?P<rest>.*)$")
ENTER = re.compile(r"^(?P<call>\w+)\((?P<args>.*)$", re.S)
RESUMED = re.compile(r"^<\.\.\. (?P<call>\w+) resumed>(?P<args>.*)$", re.S)
RESULT = re.compile(r"^(?P<args>.*)\) += (?P<ret>-?\d+|\?)(?:<.*?>)*(?: (?P<err>E\w+))?.*$", re.S)
KIND = re.compile(r"^\d+<(?P<path>.*?)>")


def is_io(args):
    """Whether the fd that `args` starts with is one that iophase counts read and write on."""
    kind = KIND.match(args)
    if not kind:
        return False
    path = kind["path"]
    if not path.startswith("/"):
        return True  # socket:, pipe:, anon_inode:, TCP:, UDP:, UNIX...
    return path.startswith(("/dev/pts/", "/dev/ptmx", "/dev/tty")) or "fifo" in path


def outcome(call, ret, err):
    """The name of the outcome of one call."""
    if ret > 0:
        return "ok"
    if ret == 0:
        return "eof" if call in READ else "timeout" if call in MUX | EVENTS else "ok"
    if err == "ETIME" or (err == "ETIMEDOUT" and call in RECEIVE | SEND):
        return "timeout"
    if err in ("EAGAIN", "EALREADY") or (call, err) in AGAIN:
        return "again"
    return "interrupted" if err == "EINTR" or err in RESTARTS else "error"


def moved(call, args, ret):
    """The bytes that one successful call moved."""
    if call in ("recvmmsg", "sendmmsg"):
        return sum(int(n) for n in re.findall(r"msg_len=(\d+)", args))
    if call in SEND:
        return int(LENGTH.findall(args)[-1])
    return ret if call in READ | WRITE | RECEIVE else 0


def main(path):
    """Count the log at `path` and print the CSV."""
    table, begun = {}, {}
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            rest = LINE.match(line.rstrip("\n"))
            if not rest:
                continue
            pid, rest = rest["pid"], rest["rest"]
            if rest.endswith("<unfinished ...>"):
                begun[pid] = rest[: -len("<unfinished ...>")]
                continue
            resumed = RESUMED.match(rest)
            if resumed:
                rest = begun.pop(pid, resumed["call"] + "(") + resumed["args"]
            enter = ENTER.match(rest)
            if not enter or enter["call"] not in CALLS:
                continue
            call, result = enter["call"], RESULT.match(enter["args"])
            if not result or (call in BY_FD and not is_io(enter["args"])):
                continue
            ret, err = result["ret"], result["err"]
            if ret == "?" and err not in RESTARTS:
                continue
            ret = -1 if ret == "?" else int(ret)
            row = table.setdefault(call, dict.fromkeys(("calls",) + OUTCOMES + ("bytes",), 0))
            row["calls"] += 1
            row[outcome(call, ret, err)] += 1
            if ret > 0 or (ret == 0 and call in SEND):
                row["bytes"] += moved(call, result["args"], ret)
    print("call,calls," + ",".join(OUTCOMES) + ",bytes")
    for call in sorted(table):
        print(call + "," + ",".join(str(n) for n in table[call].values()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: strace_tally.py LOG")
    main(sys.argv[1])
