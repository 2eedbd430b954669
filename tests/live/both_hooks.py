#!/usr/bin/env -S python3 -B
"""Real servers under a small load, seen by the full hooks and by --hooks light at once: whether their
models and shapes are the same, and what they counted.

In: IOPHASE (default build/iophase), root; names of servers as arguments (default: all that are
installed); --times N runs each so often. Out: a row of Markdown for each process of each server, and
behind them whether both say the same; exit 1 if one server did not. Not a test of `make test`: it takes
minutes.
"""

import argparse
import collections
import csv
import os
import shutil
import signal
import subprocess
import sys
import time

from real_place import PATIENCE, Place, listens, until
from real_servers import SERVERS

HERE = os.path.dirname(os.path.abspath(__file__))
IOPHASE = os.environ.get("IOPHASE", os.path.join(HERE, "..", "..", "build", "iophase"))
HOOKS = ("syscalls", "light")
# Calls of sockets only: of the others the full hooks see those of pipes, too.
COUNTED = ("recvfrom", "recvmsg", "sendto", "sendmsg")
BYTES_ONLY = ("recvmmsg", "sendmmsg")
OUTCOMES = ("ok", "eof", "again", "timeout", "interrupted", "error", "peeks", "bytes")
MIXED = ("read", "readv", "write", "writev")

os.environ["PATH"] += ":/usr/sbin:/usr/games:/usr/lib/postgresql/15/bin"


class Seen:
    """A run of iophase on a process and its children."""

    def __init__(self, hooks, pid, folder):
        self.hooks, self.files, self.log = hooks, f"{folder}/{hooks}", f"{folder}/{hooks}.err"
        outputs = []
        for kind in ("csv", "csv-processes", "csv-exchanges"):
            outputs += ["-o", f"{kind}:{self.files}.{kind}"]
        with open(self.log, "wb") as err:
            self.process = subprocess.Popen([IOPHASE, "-v", "-q", "-f", "--hooks", hooks, *outputs, "-p",
                                             str(pid)], stderr=err, stdout=subprocess.DEVNULL)

    def is_armed(self):
        """Whether it measures; an end is a failure."""
        if self.process.poll() is not None:
            raise RuntimeError(f"iophase ended with {self.process.returncode}")
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "iophase: armed:" in file.read()

    def rows(self, kind):
        """The rows of one of its files."""
        with open(f"{self.files}.{kind}", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def said(self):
        """{pid: (comm, model, shape, votes)} of all processes."""
        return {int(row["pid"]): (row["comm"], row["model"], row["shape"], row["model_counts"])
                for row in self.rows("csv-processes")}

    def counted(self):
        """What it has counted, summed over all processes: {what: number}."""
        sums = collections.Counter()
        for row in self.rows("csv-exchanges"):
            for column in ("exchanges", "reads", "writes", "untimed"):
                sums[f"{row['role']} {column}"] += int(row[column] or 0)
        for row in self.rows("csv"):
            columns = (OUTCOMES if row["call"] in COUNTED + MIXED else
                       ("bytes",) if row["call"] in BYTES_ONLY else ())
            for column in columns:
                sums[f"{row['call']} {column}"] += int(row[column] or 0)
        for row in self.rows("csv-processes"):
            for column in ("upstream_reads", "upstream_writes", "lost"):
                sums[column] += int(row[column] or 0)
        return sums


def run(server, keep):
    """Runs one server; what both have said and counted, and what the load has."""
    place, seen = Place(), []
    try:
        place.conf = (server.setup(place) if server.setup else None) or ""
        place.process = place.start(server.command, server.gated)
        if server.port_file:
            path = place.folder + "/port"
            until(lambda: os.path.exists(path) and os.path.getsize(path), "no port")
            with open(path, encoding="ascii") as file:
                place.port = int(file.read())
        if not server.gated:
            until(lambda: listens(place.port), "it does not listen")
        time.sleep(0.5)
        seen = [Seen(hooks, place.process.pid, place.folder) for hooks in HOOKS]
        until(lambda: all(one.is_armed() for one in seen), "armed")
        load = server.load(place)
        time.sleep(0.3)
        for one in seen:
            if one.process.poll() is None:
                one.process.send_signal(signal.SIGINT)
        for one in seen:
            one.process.wait(PATIENCE)
        if keep:
            shutil.copytree(place.folder, keep, dirs_exist_ok=True)
        return [one.said() for one in seen], [one.counted() for one in seen], load
    except (OSError, RuntimeError, subprocess.SubprocessError, ValueError) as why:
        raise RuntimeError(f"{why!r}; it said: {place.log()}") from why
    finally:
        for one in seen:
            if one.process.poll() is None:
                one.process.kill()
                one.process.wait()
        place.close()


def models(server, full, light):
    """The rows of its processes; whether all are the same."""
    merged = collections.Counter()
    for pid in sorted(full):
        other = light.get(pid, ("", "not seen", "", ""))
        same = full[pid][1:3] == other[1:3]
        merged[(full[pid][:3], other[1:3], same, "" if same else f"{full[pid][3]} / {other[3]}")] += 1
    for (one, other, same, why), count in merged.items():
        print(f"| {server.name} | {one[0]} x {count} | {one[1]}, {one[2]} | {other[0]}, {other[1]} |"
              f" {'same' if same else 'DIFFERS ' + why} |", flush=True)
    return all(row[2] for row in merged) and set(full) == set(light)


def counts(server, full, light, load):
    """A row of its counts; whether they are the same, and the load's."""
    differ, beside, lost = [], [], max(full["lost"], light["lost"])
    for what in sorted(set(full) | set(light)):
        if full[what] == light[what]:
            continue
        words = f"{what} {full[what]} / {light[what]}"
        # Threads that use one connection at a time may lose an exchange; that is said.
        if lost and (what == "lost" or abs(full[what] - light[what]) <= lost):
            beside.append(words)
            continue
        # Of pipes light knows nothing; it never has more than the full hooks.
        mixed = what.split()[0] in MIXED and light[what] < full[what]
        (beside if mixed else differ).append(words)
    exchanges = full["server exchanges"], light["server exchanges"]
    if "exchanges" in load and exchanges != (load["exchanges"],) * 2:
        differ.append(f"exchanges of the load {load['exchanges']}")
    print(f"| {server.name} | counts | load {load.get('exchanges', '')}: {exchanges[0]} exchanges |"
          f" {exchanges[1]} | {'same' if not differ else 'COUNTS ' + '; '.join(differ)}"
          f"{'; beside: ' + '; '.join(beside) if beside else ''} |", flush=True)
    return not differ


def main():
    """Runs them all, prints the rows."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--keep", help="a folder that gets the files of the latest run")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    failed = 0
    print("| server | process | syscalls: model, shape | light | |\n|---|---|---|---|---|", flush=True)
    for server in SERVERS:
        if args.names and server.name not in args.names:
            continue
        words = server.needs or (server.command.split()[0],)
        lacks = [word for word in words if not shutil.which(word)]
        if lacks:
            print(f"both_hooks: {server.name}: {lacks[0]} is not installed", file=sys.stderr)
            continue
        for _ in range(args.times):
            try:
                said, counted, load = run(server, args.keep)
            except RuntimeError as why:
                print(f"both_hooks: {server.name}: {why}", file=sys.stderr)
                failed += 1
                continue
            same = models(server, *said)
            failed += not (counts(server, *counted, load) and same)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
