#!/usr/bin/env -S python3 -B
"""The second witness: turns a log of `strace -f -yy` into the same CSV that a workload's tally has.

In: the path of a log (`strace -f -yy -o LOG ...`). Out: on stdout the CSV of tally.h, counted by
the rules of iophase: read and write and their kin count on sockets, pipes, FIFOs, anonymous inodes
and terminals, not on regular files and other devices.
"""

import re
import sys

READ = {"read", "readv", "preadv", "preadv2", "recvfrom", "recvmsg", "recvmmsg", "splice"}
RECEIVE = {"mq_timedreceive", "msgrcv"}
SEND = {"mq_timedsend", "msgsnd"}
ACCEPT = {"accept", "accept4"}
WRITE = {"write", "writev", "pwritev2", "sendto", "sendmsg", "sendmmsg", "sendfile", "tee",
         "splice_write"}
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
KIND = re.compile(r"^\d+<(?P<path>.*?)>(?=,|$|[()])")
# The end that a splice writes to, and how long a read's buffers are.
OUTLET = re.compile(r", (?:NULL|\[\d+\]), (?P<fd>-?\d+(?:<.*?>)?), ")
ROOM = re.compile(r"iov_len=(\d+)")
LAST_NUMBER = re.compile(r"(?:\"|\.\.\.|NULL|0x\w+), (\d+)")
LIMIT = re.compile(r"SO_(RCV|SND)TIMEO")


def is_io(args):
    """Whether the fd that `args` starts with is one that iophase counts read and write on."""
    kind = KIND.match(args)
    if not kind:
        return False
    path = kind["path"]
    if not path.startswith("/"):
        return True  # socket:, pipe:, anon_inode:, TCP:, UDP:, UNIX...
    return path.startswith(("/dev/pts/", "/dev/ptmx", "/dev/tty")) or "fifo" in path


def path_of(args):
    """What the fd that `args` starts with is."""
    kind = KIND.match(args)
    return kind["path"] if kind else ""


def flags_of(args):
    """The flags of a call on a socket: what stands behind its buffers."""
    return set(re.findall(r"MSG_\w+", re.split(r'["\]}]', args)[-1]))


def room_of(call, args):
    """The bytes that a read has room for."""
    if call in ("recvmsg", "readv", "preadv", "preadv2"):
        return sum(int(n) for n in ROOM.findall(args))
    lengths = LAST_NUMBER.findall(args)
    return int(lengths[0]) if lengths else 0


def name_of(call, args):
    """The row of a call; a splice out of a pipe writes. (Here each pipe that is spliced is the
    process's own.) None if it is not counted."""
    if call in BY_FD and not is_io(args):
        return None
    if call != "splice" or not path_of(args).startswith("pipe:"):
        return call
    outlet = OUTLET.search(args)
    return "splice_write" if outlet and is_io(outlet["fd"]) else None


def of_nothing(call, args):
    """The outcome of a read that returned 0."""
    if call == "recvmmsg" or "MSG_ERRQUEUE" in flags_of(args) or path_of(args).startswith("UDP"):
        return "ok"
    return "eof" if call == "splice" or room_of(call, args) else "ok"


def outcome(call, args, ret, err, limits):
    """The name of the outcome of one call; `limits` are the sockets that have a time limit."""
    if ret > 0:
        return "ok"
    if ret == 0:
        if call in READ:
            return of_nothing(call, args)
        return "timeout" if call in MUX | EVENTS else "ok"
    if err == "ETIME" or (err == "ETIMEDOUT" and call in RECEIVE | SEND):
        return "timeout"
    limit = (path_of(args), "SND" if call in WRITE else "RCV")
    if err == "EAGAIN" and limit in limits and "MSG_DONTWAIT" not in flags_of(args):
        return "timeout"
    if err in ("EAGAIN", "EALREADY") or (call, err) in AGAIN:
        return "again"
    return "interrupted" if err == "EINTR" or err in RESTARTS else "error"


def moved(call, args, ret):
    """The bytes that one successful call moved; of a read, into memory and for good."""
    flags = flags_of(args) if call in READ else set()
    if flags & {"MSG_PEEK", "MSG_ERRQUEUE"} or (
            "MSG_TRUNC" in flags and path_of(args).startswith("TCP")):
        return 0
    if call in ("recvmmsg", "sendmmsg"):
        parts = re.split(r"msg_len=(\d+)", args)
        return sum(min(int(n), sum(map(int, ROOM.findall(part))))
                   for part, n in zip(parts[::2], parts[1::2]))
    if call in SEND:
        return int(LENGTH.findall(args)[-1])
    if "MSG_TRUNC" in flags:
        return min(ret, room_of(call, args))
    return ret if call in READ | WRITE | RECEIVE else 0


def main(path):
    """Count the log at `path` and print the CSV."""
    table, begun, limits = {}, {}, set()
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
            if enter and enter["call"] == "setsockopt" and LIMIT.search(enter["args"]):
                limits.add((path_of(enter["args"]), LIMIT.search(enter["args"])[1]))
            if not enter or enter["call"] not in CALLS:
                continue
            call, result = name_of(enter["call"], enter["args"]), RESULT.match(enter["args"])
            if not result or not call:
                continue
            ret, err = result["ret"], result["err"]
            if ret == "?" and err not in RESTARTS:
                continue
            ret = -1 if ret == "?" else int(ret)
            row = table.setdefault(call, dict.fromkeys(("calls",) + OUTCOMES + ("bytes",), 0))
            row["calls"] += 1
            row[outcome(call, result["args"], ret, err, limits)] += 1
            if ret > 0 or (ret == 0 and call in SEND):
                row["bytes"] += moved(call, result["args"], ret)
    print("call,calls," + ",".join(OUTCOMES) + ",bytes")
    for call in sorted(table):
        print(call + "," + ",".join(str(n) for n in table[call].values()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: strace_tally.py LOG")
    main(sys.argv[1])
