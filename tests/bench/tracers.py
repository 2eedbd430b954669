"""The arms of the benchmark: what is attached while the workloads run.

In: the pids to trace. Out: a running tracer, its times and memory, and the certainty that its BPF
programs have left the kernel before the next arm begins. A tracer that cannot work here raises
Unavailable with the reason, which the report prints below its tables.
"""

import ctypes
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import workloads

ARMED_TIMEOUT = 30.0  # s
STOP_TIMEOUT = 20.0  # s
GONE_TIMEOUT_MS = 30000
SETTLE = 0.1  # s
PR_SET_CHILD_SUBREAPER = 36
# A line of its own: a log of the verifier may hold the word too.
ARMED = r"(?m)^\w+: armed\b"
POLL = 0.001  # s; the resolution of the times to armed and to the prompt

# The I/O calls of the echo server and of the recv loop, for a bpftrace script as users write it.
BPFTRACE_CALLS = ("recvfrom", "epoll_wait", "sendto")


class Unavailable(Exception):
    """This arm does not work on this machine; the text says why."""


def adopt_orphans():
    """Makes this process the parent of what a tracer leaves behind, to wait for its end."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "PR_SET_CHILD_SUBREAPER")


def children():
    """The pids of this process's children, those adopted included."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                # The comm, in brackets, may hold anything; state and parent follow the last one.
                if int(file.read().rpartition(")")[2].split()[1]) == os.getpid():
                    found.add(int(pid))
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended
    return found


class Tracer:
    """One way to trace: a row of ARMS below."""

    def __init__(self, name, command, armed=None, proof=None, settle=0.0, one_pid=False,
                 package=None, program=None):
        self.name = name
        self.command = command  # function of (build, pids) that returns argv
        self.armed = armed  # regex in the output that says it is attached; None: wait for `settle`
        self.proof = proof  # regex that its final output must hold, or it measured nothing
        self.settle = settle  # s to wait after `armed`
        self.one_pid = one_pid  # takes a single pid: attached to each target in its turn
        self.package = package  # of a peer: what to install; None: one of ours
        self.program = program  # what the package brings; None: the command's first word

    def start(self, build, pids, proof=None):
        """Starts the tracer on PIDS and returns a Running once it is attached."""
        argv = self.command(build, pids)
        program = self.program or argv[0]
        if not shutil.which(program):
            raise Unavailable(f"{os.path.relpath(program) if '/' in program else program}"
                              " is not there")
        return Running(self, build, argv, proof or self.proof)


class Running:
    """A tracer that is attached; stop() ends it and waits until the kernel is clean again."""

    def __init__(self, tracer, build, argv, proof):
        self.tracer, self.build, self.proof = tracer, build, proof
        # Files and not pipes: a pipe may fill up, and the child that detaches would hold it open.
        self.out, self.err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        env = dict(os.environ, PYTHONUNBUFFERED="1", LC_ALL="C")
        self.before = children()
        began = time.monotonic()
        # A session of its own, so that it can be signalled as Ctrl-C does.
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self.out,
                                        stderr=self.err, env=env, start_new_session=True)
        try:
            self._wait_armed(began)
            self.armed_s = time.monotonic() - began
            time.sleep(tracer.settle)
            if self.process.poll() is not None:
                raise Unavailable(self._reason())
        except BaseException:  # Ctrl-C too: nothing may stay attached
            self._kill()
            raise
        self.programs = self._program_ids()

    def _output(self):
        """All that it printed so far; pread leaves alone the offset, which the child shares."""
        return "\n".join(os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
                         .decode(errors="replace") for file in (self.out, self.err))

    def _wait_armed(self, began):
        """Returns when the output says that the tracer is attached."""
        pattern = self.tracer.armed
        while pattern:
            ended = self.process.poll() is not None
            if re.search(pattern, self._output()):
                return
            if ended:
                raise Unavailable(self._reason())
            if time.monotonic() - began > ARMED_TIMEOUT:
                raise Unavailable(f"not attached after {ARMED_TIMEOUT:.0f} s")
            time.sleep(POLL)

    def _reason(self):
        """What the tracer said when it failed: the line that tells most."""
        lines = [line.strip() for line in self._output().splitlines() if line.strip()]
        words = re.compile(r"unable|cannot|can't|denied|no such", re.IGNORECASE)
        telling = [line for line in lines if words.search(line)]
        why = (telling or lines[-1:] or ["no message"])[0]
        return f"exit status {self.process.returncode}: {why}"

    def _kill(self):
        """Ends a tracer that did not come up."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        time.sleep(SETTLE)

    def _program_ids(self):
        """The ids of the BPF programs that the tracer holds, by itself or through a link."""
        folder = f"/proc/{self.process.pid}/fdinfo"
        ids = set()
        for fd in os.listdir(folder):
            try:
                with open(f"{folder}/{fd}", encoding="ascii") as file:
                    ids.update(re.findall(r"^prog_id:\s*(\d+)", file.read(), re.MULTILINE))
            except FileNotFoundError:
                continue  # closed in between
        return ids

    def peak_memory(self):
        """VmHWM in bytes: the most user-space memory that the tracer has held."""
        if self.process.poll() is not None:
            raise Unavailable("it ended while it was measured, " + self._reason())
        with open(f"/proc/{self.process.pid}/status", encoding="ascii", errors="replace") as file:
            return int(re.search(r"^VmHWM:\s*(\d+) kB", file.read(), re.MULTILINE)[1]) * 1024

    def cpu_ns(self):
        """The CPU time in ns that all threads of the tracer have used, user and system."""
        if self.process.poll() is not None:
            raise Unavailable("it ended while it was measured, " + self._reason())
        return workloads.cpu_ns(self.process.pid)

    def stop(self):
        """Interrupts it like Ctrl-C; returns the s to its exit and the s until all is detached."""
        died = self.process.poll() is not None
        began = time.monotonic()
        if not died:
            self.programs |= self._program_ids()
            began = time.monotonic()
            os.killpg(self.process.pid, signal.SIGINT)
        while self.process.poll() is None:
            time.sleep(POLL)
            if time.monotonic() - began > STOP_TIMEOUT:
                self._kill()
                raise Unavailable(f"did not end within {STOP_TIMEOUT:.0f} s of Ctrl-C")
        prompt_s = time.monotonic() - began
        self._wait_gone()
        gone_s = time.monotonic() - began
        time.sleep(SETTLE)
        self._judge(died)
        return prompt_s, gone_s

    def _wait_gone(self):
        """Waits for the child that detaches, then makes sure that the programs are gone.

        The programs alone would not do: the kernel frees them seconds before it has switched off
        the last of their tracepoints.
        """
        deadline = time.monotonic() + GONE_TIMEOUT_MS / 1000
        for pid in children() - self.before - {self.process.pid}:
            while os.waitpid(pid, os.WNOHANG)[0] == 0:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{self.tracer.name}: process {pid} is still detaching")
                time.sleep(10 * POLL)
        gone = subprocess.run([f"{self.build}/tests/progs", str(GONE_TIMEOUT_MS), *self.programs],
                              check=False)
        if gone.returncode:
            raise RuntimeError(f"{self.tracer.name}: its BPF programs are still in the kernel")

    def _judge(self, died):
        """Raises Unavailable if it ended early, failed (ours only), or saw nothing."""
        if died:
            raise Unavailable("it ended while it was measured, " + self._reason())
        # Peers have their own ideas of the exit status after Ctrl-C.
        if self.process.returncode and not self.tracer.package:
            raise Unavailable("after Ctrl-C: " + self._reason())
        if self.proof and not re.search(self.proof, self._output()):
            raise Unavailable(f"it ran, but its output does not mention {self.proof}")


def bpftrace_script(pids):
    """A latency histogram per call: the time at entry kept per thread, the difference at exit."""
    of_target = " || ".join(f"pid == {pid}" for pid in pids)
    text = ""
    for call in BPFTRACE_CALLS:
        text += (f"tracepoint:syscalls:sys_enter_{call} /{of_target}/ {{ @start[tid] = nsecs; }}\n"
                 f"tracepoint:syscalls:sys_exit_{call} /@start[tid]/ {{"
                 f" @{call} = hist(nsecs - @start[tid]); delete(@start[tid]); }}\n")
    return text + 'interval:s:1 { printf("armed\\n"); }\n'


def comma(pids):
    """The pids as one word."""
    return ",".join(str(pid) for pid in pids)


def iophase(*options):
    """The command of an iophase arm with OPTIONS; -i 1 as a user watches it."""
    return lambda build, pids: [f"{build}/iophase", "-v", "-i", "1", *options, "-p", comma(pids)]


ARMS = (
    Tracer("floor", lambda build, pids: [f"{build}/tests/floor"], ARMED),
    Tracer("floor-sockets", lambda build, pids: [f"{build}/tests/floor", "--sockets"], ARMED),
    Tracer("floor-clock", lambda build, pids: [f"{build}/tests/floor", "--clock"], ARMED),
    Tracer("floor-raw", lambda build, pids: [f"{build}/tests/floor", "--raw"], ARMED),
    Tracer("floor-light", lambda build, pids: [f"{build}/tests/floor", "--light"], ARMED),
    Tracer("floor-switches", lambda build, pids: [f"{build}/tests/floor", "--switches"], ARMED),
    Tracer("iophase", iophase(), ARMED, "recvfrom"),
    Tracer("iophase-no-connections", iophase("--no-connections"), ARMED, "recvfrom"),
    Tracer("iophase-raw", iophase("--hooks", "raw"), ARMED, "recvfrom"),
    Tracer("iophase-light", iophase("--hooks", "light"), ARMED, "recvfrom"),
    # Without connections it sees no read of a socket that does not sleep.
    Tracer("iophase-light-no-connections", iophase("--hooks", "light", "--no-connections"), ARMED,
           "without hooks on system calls"),
    Tracer("bpftrace", lambda build, pids: ["bpftrace", "-B", "line", "-e", bpftrace_script(pids)],
           r"(?m)^armed$", "@recvfrom", settle=0.2, package="bpftrace"),
    # Not bcc's, in Python: that compiles where it runs, against headers of the running kernel.
    # Its message would stay in stdio's buffer: stdout is a file.
    Tracer("syscount", lambda build, pids: ["stdbuf", "-oL", "syscount", "-L", "-p", str(pids[0])],
           r"Tracing syscalls", "recvfrom", settle=0.2, one_pid=True,
           package="libbpf-tools", program="syscount"),
    Tracer("perf-trace", lambda build, pids: ["perf", "trace", "-s", "-p", comma(pids)],
           None, "recvfrom", settle=1.0, package="linux-perf"),
    Tracer("strace", lambda build, pids: ["strace", "-c", "-f", *(f"--attach={p}" for p in pids)],
           r"Process \d+ attached", "recvfrom", settle=0.2, package="strace"),
)
