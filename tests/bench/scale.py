"""The scenarios of `scripts/bench --scale`: many threads, processes, connections, births, calls.

In: the folder of the build, the scenarios' names. Out: a row per scenario (scale_rows.py). Each
starts its workload, which waits at its gate, attaches iophase, opens the gate, and holds what
iophase says against the workload's tally. All is bounded in time and ended by its pid.
"""

import contextlib
import csv
import datetime
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time

import scale_rows

READY = 120.0  # s, for a workload to be ready, and for iophase to be armed
LIMIT = 300  # s that a workload may take, beside what it is asked for
STEP = 0.05  # s between two looks at the CPU time
WANTED_CONNECTIONS = 50000
SPARE_FILES = 100  # descriptors that are not connections
CPUCLOCK_SCHED = 2
CALLS = 5000000  # of each of two processes


class Work:
    """The workload of one scenario: its processes, gated, and what they are expected to do."""

    def __init__(self, tests, folder, length):
        self.tests, self.folder, self.length = tests, folder, length
        self.gate = f"{folder}/gate"
        self.targets, self.tallies, self.clients, self.beside = [], [], [], []
        self.options = []  # of iophase; none: -p with the targets
        self.extra = {}  # what is done and not in the tally: call -> counts
        self.threads = (1, 1)  # that live all the time: at least, at most
        self.everybody = False  # iophase traces more than the targets
        self.answered = None  # lines of clients tell how many requests were answered
        self.cpu = 0.0  # s of CPU that all of it has used
        self.say = lambda elapsed: ""  # what was done, in words

    def start(self, name, *argv):
        """Starts a program; its output goes to a file of this number."""
        out = open(f"{self.folder}/{name}.{time.monotonic_ns()}.out", "w+", encoding="utf-8")
        process = subprocess.Popen([f"{self.tests}/{name}", *map(str, argv)],
                                   stdin=subprocess.DEVNULL, stdout=out)
        process.out = out
        return process

    def target(self, name, *options, tally=True):
        """Starts a workload that waits at the gate."""
        path = f"{self.folder}/tally{len(self.targets)}"
        process = self.start(name, "--gate", self.gate, "--seconds", self.length + LIMIT,
                              *(["--tally", path] if tally else []), *options)
        self.targets.append(process)
        if tally:
            self.tallies.append(path)
        return process

    def server(self, name, *options):
        """Starts a server at the gate; returns its port."""
        path = f"{self.folder}/port{len(self.targets)}"
        self.target(name, "--port-file", path, *options)
        until(lambda: os.path.exists(path), f"{name} is not ready")
        with open(path, encoding="ascii") as file:
            return int(file.read())

    def client(self, port, *options):
        """Remembers a load that starts when the gate opens."""
        self.clients.append(("load", "--port", port, "--seconds", self.length + LIMIT, *options))

    def open(self):
        """Opens the gate and starts the clients."""
        with open(self.gate, "w", encoding="ascii"):
            pass
        self.clients = [self.start(*client) for client in self.clients]

    def all_there(self):
        """Whether no target has ended, or is about to: the tally is the last that it writes."""
        return (all(process.poll() is None for process in self.targets)
                and not any(map(os.path.exists, self.tallies)))

    def running(self):
        """Whether somebody has still something to do; a failure ends the bench."""
        codes = [process.poll() for process in self.targets + self.clients]
        for process, code in zip(self.targets + self.clients, codes):
            if code:
                raise RuntimeError(f"{process.args[0]} ended with {code}")
        return None in codes

    def outputs(self, processes):
        """What these have printed."""
        texts = []
        for process in processes:
            process.out.seek(0)
            texts.append(process.out.read())
        return texts

    def requests(self):
        """How many requests the clients say were answered."""
        return sum(int(re.search(r"requests=(\d+)", text)[1]) for text in self.outputs(self.clients))

    def done(self):
        """{call: counts} of what was done."""
        table = {}
        for path in self.tallies:
            with open(path, encoding="ascii", newline="") as file:
                for call, counts in scale_rows.by_call(csv.DictReader(file)).items():
                    scale_rows.add(table, call, counts)
        for call, counts in self.extra.items():
            scale_rows.add(table, call, counts)
        return table

    def close(self):
        """Ends all that is left, by its pid."""
        left = self.targets + [p for p in self.clients if hasattr(p, "pid")] + self.beside
        for process in left:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.out.close()


class Iophase:
    """iophase on a workload, with all that it can write in files."""

    def __init__(self, build, work):
        out = f"{work.folder}/"
        self.files = {kind: f"{out}{kind}" for kind in ("csv", "csv-processes", "csv-exchanges", "json")}
        argv = [f"{build}/iophase", "-v", *work.options]
        for kind, path in self.files.items():
            argv += ["-o", f"{kind}:{path}"]
        if not work.everybody:
            argv += ["-p", ",".join(str(process.pid) for process in work.targets)]
        self.began, self.armed_at, self.armed_cpu = time.monotonic(), 0.0, 0.0
        self.memory = 0
        self.err = open(f"{out}err", "w+", encoding="utf-8")
        self.out = open(f"{out}report", "w", encoding="utf-8")
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self.out,
                                        stderr=self.err)
        self.pid, self.status, self.usage = self.process.pid, None, None

    def said(self):
        """Its messages so far."""
        return os.pread(self.err.fileno(), 1 << 20, 0).decode(errors="replace")

    def wait_armed(self):
        """Returns when it is armed; notes what that took."""
        until(lambda: "armed: " in self.said() or self.ended(), "iophase is not armed")
        if self.status is not None:
            raise RuntimeError("iophase ended: " + self.said())
        self.armed_at, self.armed_cpu = time.monotonic(), self.cpu()

    def look(self):
        """Notes the most memory that it has held; not ru_maxrss, in which ours before the exec is."""
        # It may end meanwhile, as its targets have.
        with contextlib.suppress(OSError, TypeError):
            with open(f"/proc/{self.pid}/status", encoding="ascii", errors="replace") as file:
                self.memory = int(re.search(r"^VmHWM:\s*(\d+)", file.read(), re.MULTILINE)[1]) * 1024

    def ended(self):
        """Whether it has ended; then status and usage are known."""
        if self.status is None:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.status, self.usage = os.waitstatus_to_exitcode(status), usage
                self.process.returncode = self.status
        return self.status is not None

    def cpu(self):
        """The CPU time in s that it has used."""
        # Its clock of CPU time, by the pid (clock_getcpuclockid(3)): dead threads are in it too.
        return time.clock_gettime((~self.pid << 3) | CPUCLOCK_SCHED)

    def close(self):
        """Ends it if it has not ended."""
        if not self.ended():
            self.process.kill()
            self.process.wait()
        self.out.close()
        self.err.close()


def until(condition, failure):
    """Polls until a condition holds; raises when it takes too long."""
    deadline = time.monotonic() + READY
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(failure)
        time.sleep(0.005)


def has_threads(pid, number):
    """Whether a process has so many threads."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return int(re.search(r"^Threads:\s*(\d+)", file.read(), re.MULTILINE)[1]) == number


def interrupted(number):
    """Reads that the end of the process interrupts."""
    return {"read": {"calls": number, "interrupted": number}}


def per_second(number, what):
    """Says how many there were, and how fast."""
    return lambda elapsed: f"{number:,} {what}, {number / elapsed:,.0f} a second"


def threads(work):
    """10,000 idle threads, and births beside them."""
    process = work.target("churn", "--idle", 10000, "--count", 2000)
    until(lambda: has_threads(process.pid, 10001), "the threads do not start")
    work.extra, work.threads = interrupted(10000), (10001, 10002)
    work.say = per_second(2000, "births beside 10,000 idle threads")


def births(work):
    """5,000 threads at once."""
    work.target("churn", "--burst", 5000, "--count", 1)
    work.extra, work.threads = interrupted(5000), (1, 5002)
    work.say = lambda elapsed: "5,000 threads as fast as they can be made"


def processes(work):
    """5,000 processes, each with a connection."""
    port = work.server("server_fork", "--connections", 5000)
    work.client(port, "--connections", 5000, "--requests", 4)
    work.options, work.threads, work.answered = ["-f"], (1, 5001), True
    work.say = lambda elapsed: f"5,000 processes at once, {work.requests():,} requests"


def connections(work):
    """As many connections in one epoll set as there are descriptors, at most 50,000."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    number = min(WANTED_CONNECTIONS, most - SPARE_FILES)
    port = work.server("server_epoll", "--connections", number)
    work.client(port, "--connections", number, "--requests", 2)
    work.answered = True
    work.say = lambda elapsed: (f"{number:,} connections ({most:,} descriptors are allowed),"
                                f" {work.requests():,} requests")


def forks(work):
    """20,000 processes, one after the other."""
    work.target("churn", "--count", 20001, "--fork-after", 1)
    work.options, work.threads = ["-f"], (1, 2)
    work.say = per_second(20000, "processes, one after the other")


def short(work):
    """Threads that live as shortly as can be."""
    work.target("churn", "--count", 50000)
    work.threads = (1, 2)
    work.say = lambda elapsed: (f"50,000 threads, one after the other, {elapsed / 50000 * 1e6:,.0f} us"
                                " each with start and end")


def calls(work):
    """Two processes that do nothing but look whether there is an event."""
    spin(work, "epoll_wait", "timeout")


def refused(work):
    """Two processes that do nothing but read where there is nothing."""
    spin(work, "recvfrom", "again")


def spin(work, call, outcome):
    """Two processes that do nothing but one call, which ends in one way."""
    for _ in range(2):
        work.target("again", "--call", call, "--count", CALLS, tally=False)
    work.extra = {call: {"calls": 2 * CALLS, outcome: 2 * CALLS}}
    work.threads = (0, 2)

    def say(elapsed):
        rate = sum(1e9 / float(text) for text in work.outputs(work.targets))
        return (f"{2 * CALLS:,} calls in {elapsed:.1f} s, {rate:,.0f} a second;"
                f" {work.cpu / CALLS / 2 * 1e9:,.0f} ns of CPU each, so"
                f" {2 * 2 * CALLS / work.cpu:,.0f} a second of two CPUs")
    work.say = say


def minutes(work):
    """A server under load, with a report every second."""
    port = work.server("server_epoll", "--connections", 50)
    work.client(port, "--connections", 50, "--pause-us", 2000, "--until-deadline",
                "--seconds", work.length)
    work.options, work.answered = ["-i", "1"], True
    work.say = lambda elapsed: f"{work.requests():,} requests in {elapsed:,.0f} s"


def everything(work):
    """Servers, births and CPU hogs, everything on the machine traced."""
    for name, number, each in (("server_epoll", 200, 100), ("server_poll", 50, 100),
                               ("server_threads", 2000, 5)):
        port = work.server(name, "--connections", number)
        work.client(port, "--connections", number, "--requests", each)
    for _ in range(2):
        work.beside.append(work.start("burn", "--seconds", LIMIT))
    work.options, work.everybody = ["-a", "-i", "1"], True
    work.threads = (3, 2003)
    work.say = lambda elapsed: (f"{work.requests():,} requests to three servers, one of them with"
                                " 2,000 threads, beside two CPU hogs")


# Name, what is wanted, what prepares its workload.
SCENARIOS = (
    ("threads", "10,000 threads in one process", threads),
    ("births", "5,000 threads at once", births),
    ("processes", "5,000 processes", processes),
    ("connections", "50,000 connections in one epoll set", connections),
    ("forks", "2,000 forks a second for 10 s", forks),
    ("short", "threads that live 100 us", short),
    ("calls", "1,000,000 I/O calls a second over both CPUs, epoll_wait", calls),
    ("refused", "the same, recvfrom that gets EAGAIN", refused),
    ("minutes", "ten minutes at -i 1", minutes),
    ("all", "-a on a busy machine", everything),
)

NAMES = tuple(name for name, _, _ in SCENARIOS)
BUILT = ("again", "burn", "churn", "load", "server_epoll", "server_fork", "server_poll",
         "server_threads")


def follow(work, iophase):
    """Waits until the workload has ended, and then iophase; returns what that took."""
    began, cpu = time.monotonic(), iophase.armed_cpu
    deadline = began + work.length + 2 * LIMIT
    alive = began
    while work.running():
        now = time.monotonic()
        if work.all_there():
            alive = now
        if time.monotonic() > deadline:
            raise RuntimeError("the workload does not end")
        if not iophase.ended():
            # Between the two looks it may have ended, as its targets have.
            with contextlib.suppress(OSError):
                cpu = iophase.cpu()
            iophase.look()
        time.sleep(STEP)
    ended = time.monotonic()
    if work.everybody:
        iophase.process.send_signal(signal.SIGINT)
    until(lambda: iophase.look() or iophase.ended(), "iophase does not end")
    if iophase.status:
        raise RuntimeError(f"iophase ended with {iophase.status}: {iophase.said()}")
    total = iophase.usage.ru_utime + iophase.usage.ru_stime
    return {"own_cpu": total, "run_wall": ended - began, "alive": alive - began,
            "run_cpu": cpu - iophase.armed_cpu,
            "report_wall": time.monotonic() - ended, "report_cpu": max(0.0, total - cpu),
            "arm_wall": iophase.armed_at - iophase.began, "arm_cpu": iophase.armed_cpu,
            "memory": iophase.memory}


def compare(work, iophase, row):
    """Holds what iophase says against the workload; completes the row."""
    pids = {process.pid for process in work.targets} if work.everybody else None
    files = {}
    for kind in ("csv", "csv-processes", "csv-exchanges"):
        with open(iophase.files[kind], encoding="utf-8", newline="") as file:
            files[kind] = scale_rows.read_csv(file, pids)
    with open(iophase.files["json"], encoding="utf-8") as file:
        row["lost"] = scale_rows.losses(file)
    got = scale_rows.by_call(files["csv"])
    more, less = scale_rows.differences(got, work.done())
    if work.answered and files["csv-exchanges"]:
        answered = sum(int(r["exchanges"]) for r in files["csv-exchanges"] if r["role"] == "server")
        if answered != work.requests():
            (more if answered > work.requests() else less).append(
                f"exchanges: {answered} of {work.requests()}")
    charged, wall = scale_rows.balance(files["csv"], files["csv-processes"])
    least = work.threads[0] * row["alive"] * 1e9
    most = work.threads[1] * (time.monotonic() - iophase.began) * 1e9
    books = scale_rows.unbalanced(charged, wall, least, most)
    row["verdict"], row["why"] = scale_rows.judge(more, less, row["lost"], books)
    row.update(charged=charged, wall=wall, calls=sum(sums["calls"] for sums in got.values()))


def run(build, name, wanted, prepare, length):
    """One scenario; returns its row."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    before = used.ru_utime + used.ru_stime
    with tempfile.TemporaryDirectory() as folder:
        work = Work(f"{build}/tests", folder, length)
        iophase = None
        try:
            prepare(work)
            iophase = Iophase(build, work)
            iophase.wait_armed()
            work.open()
            row = follow(work, iophase)
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            work.cpu = used.ru_utime + used.ru_stime - before - row.pop("own_cpu")
            now = datetime.datetime.now(datetime.timezone.utc)
            row.update(name=name, wanted=wanted, did=work.say(row["run_wall"]),
                       when=f"{now:%Y-%m-%d}, load {os.getloadavg()[0]:.0f}")
            compare(work, iophase, row)
        finally:
            if iophase:
                iophase.close()
            work.close()
    return row


def measure(build, only, length, markdown):
    """Runs the scenarios, all or ONLY these; prints the table, and puts it into the page MARKDOWN.

    Returns 1 if a number is wrong, or a scenario could not be run.
    """
    rows, failed = [], False
    for name, wanted, prepare in SCENARIOS:
        if only and name not in only:
            continue
        print(f"bench: {name}: {wanted}", file=sys.stderr, flush=True)
        try:
            rows.append(run(build, name, wanted, prepare, length))
            print("bench: " + " | ".join(scale_rows.line_of(rows[-1])), file=sys.stderr, flush=True)
        except (OSError, RuntimeError) as why:
            print(f"bench: {name}: not measured: {why}", file=sys.stderr)
            failed = True
    print(scale_rows.table(rows))
    if markdown:
        with open(markdown, encoding="utf-8") as file:
            text = scale_rows.put(file.read(), rows, NAMES)
        with open(markdown, "w", encoding="utf-8") as file:
            file.write(text)
    return int(failed or any(row["verdict"] == scale_rows.WRONG for row in rows))
