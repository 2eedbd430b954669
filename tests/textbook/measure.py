"""Runs a server under a bounded load, with iophase attached to it or not, and says what was seen.

In: a Server (a program of tests/servers and its options), a Load; BUILD in the environment (default
build/ beside tests/) is where both and iophase are. Out: a Run. Whatever fails raises MeasureError,
with one line that says what; whatever was started has ended when a function returns.

    run(Server("epoll", "server_epoll"), Load(connections=8, requests=500))   iophase attached
    speed(server, load)                                                       without iophase
    trace(["nginx", ...], work=function)                                      any program
    Traced(...)                                                               step by step
"""

import csv
import dataclasses
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

import table
from runs import Run

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("BUILD", os.path.join(ROOT, "build")))
START_S = 90.0  # within which a program is ready
STOP_S = 60.0  # within which it has ended after a signal
TICK_S = 0.02  # between two looks at /proc
LOAD_GRACE_S = 60.0  # beyond its own --seconds

# Waits for a file without any I/O call that counts, then becomes the program.
AT_GATE = ("import os, sys, time\n"
           "while not os.path.exists(sys.argv[1]): time.sleep(0.005)\n"
           "os.execvp(sys.argv[2], sys.argv[2:])\n")


class MeasureError(Exception):
    """A step of a measurement failed; says in one line which and why."""


class NotBuilt(MeasureError):
    """A program is not there: it was not built."""


@dataclasses.dataclass(frozen=True)
class Server:
    """A server: what it is called, its program in build/tests and its own options."""
    name: str
    program: str
    options: tuple = ()


@dataclasses.dataclass(frozen=True)
class Load:
    """What tests/servers/load does: `requests` round trips of `size` bytes on each connection."""
    connections: int = 1
    requests: int = 1
    size: int = 64
    pause_us: int = 0
    seconds: int = 30  # it fails if it takes longer
    threads: int = 1
    until_deadline: bool = False  # goes on until `seconds` are over; `requests` do not matter

    def argv(self, port):
        """The command line against a port."""
        argv = [built("load"), "--port", str(port), "--connections", str(self.connections),
                "--requests", str(self.requests), "--size", str(self.size), "--pause-us",
                str(self.pause_us), "--seconds", str(self.seconds), "--threads", str(self.threads)]
        return argv + (["--until-deadline"] if self.until_deadline else [])


def built(program):
    """The path of a program of build/tests; raises NotBuilt."""
    path = os.path.join(BUILD, "tests", program)
    if not os.access(path, os.X_OK):
        raise NotBuilt(f"{program} is not built")
    return path


def is_built(server):
    """Whether a server's program is there."""
    return os.access(os.path.join(BUILD, "tests", server.program), os.X_OK)


def wait_for(what, condition, seconds=START_S):
    """Polls until condition() is true; raises MeasureError, naming what was awaited."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise MeasureError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.005)


def read_file(path):
    """A file's text; "" if there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def last_line(path):
    """The last line of a log, for a message."""
    lines = read_file(path).strip().splitlines()
    return lines[-1] if lines else "it says nothing"


def cpu_clock_ns(pid):
    """CPU time (ns) of a process until now, dead threads included, by its POSIX clock; 0 if it is
    gone."""
    try:
        return time.clock_gettime_ns(~pid << 3 | 2)
    except OSError:
        return 0


def threads_of(pid):
    """Number of threads of a process; 0 if it is gone."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0


def switches_of(pid):
    """Context switches of the living threads of a process."""
    try:
        tids = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return 0
    found = (re.findall(r"ctxt_switches:\s*(\d+)", read_file(f"/proc/{pid}/task/{tid}/status"))
             for tid in tids)
    return sum(int(n) for numbers in found for n in numbers)


def stop(process, sig=signal.SIGTERM, seconds=STOP_S):
    """Ends a child by its pid and waits for it, by SIGKILL if need be; returns its exit status."""
    if process.poll() is None:
        process.send_signal(sig)
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def parse_load(line):
    """The numbers of the line that load prints; raises MeasureError."""
    values = dict(re.findall(r"(\w+)=([0-9.]+)", line))
    try:
        return {"requests": int(values["requests"]), "seconds": float(values["seconds"]),
                "p50_us": float(values["p50_us"]), "p99_us": float(values["p99_us"])}
    except KeyError as missing:
        raise MeasureError(f"load printed no {missing}") from None


class Traced:
    """A program, with iophase attached to it unless trace=False: started on entry, at its gate;
    `go()` opens the gate; `finish()` ends both, in that order, and returns the Run. Leaving the
    context ends what is left.

    argv: the program. "{gate}", "{port_file}" and "{folder}" in it become paths; a program that
    does not know --gate (no "{gate}" in argv) is kept from its beginning until go().
    """

    def __init__(self, name, argv, *, trace=True, per_thread=False, follow=False, options=(),
                 environment=None):
        self.folder = tempfile.TemporaryDirectory(prefix="iophase-textbook.")
        self.gate, self.port_file = self.path("gate"), self.path("port")
        self.has_port = any("{port_file}" in a for a in argv)
        replaced = [a.replace("{gate}", self.gate).replace("{port_file}", self.port_file)
                    .replace("{folder}", self.folder.name) for a in argv]
        if not any("{gate}" in a for a in argv):
            replaced = [sys.executable, "-B", "-c", AT_GATE, self.gate, *replaced]
        self.argv = replaced
        self.options = [*options, *(["-t"] if per_thread else []), *(["-f"] if follow else [])]
        self.environment = dict(os.environ, **(environment or {}))
        self.trace = trace
        self.run = Run(name)
        self.process = self.iophase = None
        self.cpu_before = self.threads_seen = 0

    def path(self, name):
        """The path of a file of this measurement."""
        return os.path.join(self.folder.name, name)

    def __enter__(self):
        try:
            self.start()
            if self.trace:
                self.attach()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends what still runs and removes the files."""
        for process in (self.iophase, self.process):
            if process:
                stop(process)
        self.folder.cleanup()

    def spawn(self, name, argv):
        """Starts a program whose output goes to NAME.out and NAME.err."""
        streams = [self.path(f"{name}.{stream}") for stream in ("out", "err")]
        with open(streams[0], "wb") as out, open(streams[1], "wb") as err:
            try:
                return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                        env=self.environment, cwd=self.folder.name)
            except OSError as error:
                raise MeasureError(f"{name}: {argv[0]}: {error.strerror}") from None

    def start(self):
        """Starts the program and waits until it is ready at its gate."""
        self.process = self.spawn("program", self.argv)
        self.run.pid = self.process.pid

        # Without a gate of its own the program writes that file only after go().
        if "--gate" in self.argv and self.has_port:
            wait_for(f"{self.run.name} ready", self.ready)

    def ready(self):
        """Whether the program has written its port file; raises if it has ended instead."""
        if self.process.poll() is not None:
            raise MeasureError(f"{self.run.name} did not start: "
                               f"{last_line(self.path('program.err'))}")
        return os.path.exists(self.port_file)

    def attach(self):
        """Attaches iophase and waits until it is armed."""
        self.iophase = self.spawn("iophase", [
            os.path.join(BUILD, "iophase"), "-v", *self.options, "--csv", self.path("csv"),
            "-o", f"csv-exchanges:{self.path('exchanges')}", "-p", str(self.process.pid)])

        def armed():
            if "armed: " in read_file(self.path("iophase.err")):
                return True
            if self.iophase.poll() is not None:
                raise MeasureError(f"iophase: {last_line(self.path('iophase.err'))}")
            return False

        wait_for("iophase armed", armed)

    @property
    def pid(self):
        """The program's."""
        return self.process.pid

    @property
    def port(self):
        """The port that the program has written to its port file."""
        wait_for(f"port of {self.run.name}", self.ready)
        return int(read_file(self.port_file))

    def ended(self):
        """Whether the program has ended by itself; it is not waited for, so its CPU clock stays."""
        self.look()
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def go(self):
        """Opens the gate."""
        self.cpu_before = cpu_clock_ns(self.pid)
        with open(self.gate, "wb"):
            pass

    def look(self):
        """One look at /proc: the threads that there are."""
        self.threads_seen = max(self.threads_seen, threads_of(self.pid))

    def wait(self, process, what, seconds):
        """Waits for the end of a child, looking at the program meanwhile; raises if it takes
        longer or its exit status is not 0."""
        deadline = time.monotonic() + seconds
        while True:
            self.look()
            try:
                status = process.wait(timeout=TICK_S)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() > deadline:
                    stop(process)
                    raise MeasureError(f"{what}: not done within {seconds:.0f} s") from None
        if status:
            raise MeasureError(f"{what} on {self.run.name} ended with exit status {status}: "
                               f"{last_line(self.path(what + '.err'))}")

    def load(self, load):
        """Runs a load to its end against the port and notes what it says; returns its numbers."""
        process = self.spawn("load", load.argv(self.port))
        try:
            self.wait(process, "load", load.seconds + LOAD_GRACE_S)
        finally:
            stop(process)
        said = parse_load(read_file(self.path("load.out")))
        for name, value in said.items():
            setattr(self.run, name, value)
        return said

    def finish(self, stop_program=True):
        """Notes the second witness, ends iophase and then the program (or waits for its own end
        if stop_program is False), reads what was measured; returns the Run."""
        run = self.run
        self.look()
        if stop_program:
            run.cpu_ns = cpu_clock_ns(self.pid) - self.cpu_before
            run.switches = switches_of(self.pid)
        run.threads = self.threads_seen
        peak = re.search(r"VmHWM:\s*(\d+)", read_file(f"/proc/{self.pid}/status"))
        run.rss_kb = int(peak[1]) if peak else 0
        if not stop_program:
            wait_for(f"end of {run.name}", self.ended)
            run.cpu_ns = cpu_clock_ns(self.pid) - self.cpu_before
            self.wait(self.process, "program", STOP_S)
        if self.iophase:
            self.read_iophase()
        if stop_program:
            status = stop(self.process)
            if status not in (0, -signal.SIGTERM):
                raise MeasureError(f"{run.name} ended with exit status {status}: "
                                   f"{last_line(self.path('program.err'))}")
        return run

    def read_iophase(self):
        """Ends iophase and reads its CSV and report into the Run."""
        run = self.run
        status = stop(self.iophase, signal.SIGINT)
        if status:
            raise MeasureError(f"iophase ended with exit status {status}: "
                               f"{last_line(self.path('iophase.err'))}")
        run.report = read_file(self.path("iophase.out"))
        run.lost = [line.strip() for line in run.report.splitlines()
                    if re.match(r"\s*Lost (?!nothing)", line)]
        try:
            rows = table.rows_of(read_file(self.path("csv")))
        except table.CsvError as error:
            raise MeasureError(f"iophase on {run.name}: {error}") from None
        if not rows:
            raise MeasureError(f"iophase said nothing about {run.name}")
        run.rows = rows
        run.exchanges = list(csv.DictReader(read_file(self.path("exchanges")).splitlines()))
        run.calls, run.by_thread = table.add_up(rows), table.by_thread(rows)
        run.by_pid = {int(pid): table.add_up([r for r in rows if r["pid"] == pid])
                      for pid in sorted({r["pid"] for r in rows})}
        run.model, run.shape = table.model_of(rows, run.pid), table.only(rows, "shape", run.pid)
        run.wall_ns = max(int(r["interval_ns"]) for r in rows)


def server_argv(server, seconds=180):
    """The command line of a program of tests/servers, bounded in time."""
    return [built(server.program), *server.options, "--seconds", str(seconds), "--gate", "{gate}",
            "--port-file", "{port_file}"]


def run(server, load, *, trace=True, per_thread=False, follow=False, options=(), during=None):
    """Measures a server of tests/servers under a load; returns a Run.

    per_thread: -t, rows per thread in Run.by_thread (dead ones too). options: more options of
    iophase. during: called with the Traced before the load starts, after the gate was opened.
    """
    with Traced(server.name, server_argv(server), trace=trace, per_thread=per_thread,
                follow=follow, options=options) as traced:
        traced.go()
        if during:
            during(traced)
        traced.load(load)
        return traced.finish()


def speed(server, load):
    """The same without iophase: requests, seconds, latency, CPU, threads and memory only."""
    return run(server, load, trace=False)


def trace(argv, *, name=None, work=None, per_thread=False, follow=False, options=(),
          environment=None, with_iophase=True):
    """Runs any program under iophase, from its first instruction on; returns a Run.

    work(traced): what to do with it while it runs (traced.pid, traced.port, traced.load(...),
    traced.run); the program is then ended by SIGTERM. Without work its own end is waited for.
    """
    with Traced(name or os.path.basename(argv[0]), argv, trace=with_iophase, per_thread=per_thread,
                follow=follow, options=options, environment=environment) as traced:
        traced.go()
        if work:
            work(traced)
        return traced.finish(stop_program=work is not None)
