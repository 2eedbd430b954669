"""The processes that the benchmark measures, each waiting at its gate until it is asked.

In: the folder with the built programs. Out: one number per question: ns per call, per request of
io_uring or per context switch, requests per second. Every process is bounded in time and ends with
its stdin or by its pid.
"""

import os
import re
import resource
import signal
import subprocess
import tempfile
import time

CONNECTIONS = 50
ECHO_SECONDS = 1
START_TIMEOUT = 10.0  # s
SERVER_SECONDS = 600
PROGRAM_NAME = 15  # bytes of a name that the kernel keeps


def cpu_ns(pid):
    """The CPU time in ns that all living threads of a process have used, user and system."""
    total = 0
    for tid in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{tid}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total


def children_cpu_ns():
    """The CPU time in ns of all children that have been waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1e9


class Gated:
    """A measuring program that prints one number for each line that it is sent."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)
        self.pids = [self.process.pid]

    def ask(self, gate):
        """Opens the gate once and returns the number (ns)."""
        self.process.stdin.write(gate + "\n")
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.process.args[0]} ended with {self.process.wait()}")
        return float(answer)

    def close(self):
        """Ends the process and checks that it ended well."""
        self.process.communicate(timeout=START_TIMEOUT)
        if self.process.returncode:
            raise RuntimeError(f"{self.process.args[0]} ended with {self.process.returncode}")


class Timed:
    """What BPF programs take per run, as the kernel counts it while this is there."""

    def __init__(self, tests):
        self.process = subprocess.Popen([f"{tests}/progs", "times"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, bufsize=1)

    def look(self):
        """name -> (runs, ns) of all programs; of those with one name the sums."""
        self.process.stdin.write("\n")
        sums = {}
        for word in self.process.stdout.readline().split()[:-1]:
            _, name, runs, ns = word.split(":")
            known = sums.get(name, (0, 0))
            sums[name] = (known[0] + int(runs), known[1] + int(ns))
        return sums

    def close(self):
        """Ends the timing."""
        self.process.communicate(timeout=START_TIMEOUT)


def per_run(before, after, names):
    """The ns that one run of each of the programs NAMES takes, summed; None: one did not run."""
    total = 0.0
    for name in names:
        kept = name[:PROGRAM_NAME]
        was, now = before.get(kept, (0, 0)), after.get(kept, (0, 0))
        if now[0] <= was[0]:
            return None
        total += (now[1] - was[1]) / (now[0] - was[0])
    return total


class Echo:
    """An echo server and the load on it."""

    def __init__(self, tests):
        self.tests = tests
        self.folder = tempfile.TemporaryDirectory(prefix="iophase-bench.")
        port_file = os.path.join(self.folder.name, "port")
        self.process = subprocess.Popen([f"{tests}/server_epoll", "--port-file", port_file,
                                         "--seconds", str(SERVER_SECONDS)])
        self.pids = [self.process.pid]
        self.cpu = {}
        deadline = time.monotonic() + START_TIMEOUT
        while not os.path.exists(port_file):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("server_epoll did not start")
            time.sleep(0.01)
        with open(port_file, encoding="ascii") as file:
            self.port = file.read().strip()

    def ask(self, _gate):
        """Loads the server and returns the requests per second that it answered.

        The CPU time of both sides per request (ns) is in self.cpu then: it does not depend on who
        else wants the CPUs, as the rate does.
        """
        server, client = cpu_ns(self.process.pid), children_cpu_ns()
        done = subprocess.run([f"{self.tests}/load", "--port", self.port,
                               "--connections", str(CONNECTIONS), "--seconds", str(ECHO_SECONDS),
                               "--until-deadline"],
                              stdout=subprocess.PIPE, text=True, check=True)
        requests = int(re.search(r"\brequests=(\d+)", done.stdout)[1])
        self.cpu = {"echo_server": (cpu_ns(self.process.pid) - server) / requests,
                    "echo_client": (children_cpu_ns() - client) / requests}
        return float(re.search(r"\brate=([\d.]+)", done.stdout)[1])

    def close(self):
        """Stops the server, which answers SIGTERM with exit 0."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=START_TIMEOUT)
        self.folder.cleanup()


class Threads:
    """A target with many threads for the memory and the CPU use of the tracer."""

    def __init__(self, tests, number):
        self.process = subprocess.Popen([f"{tests}/threads", str(number)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.pids = [self.process.pid]
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("threads did not start")

    def close(self):
        """Ends the process."""
        self.process.communicate(timeout=START_TIMEOUT)


class Workloads:
    """All of them: the targets, by name, and two processes that nobody traces."""

    def __init__(self, tests):
        self.targets = {
            "calls": Gated(f"{tests}/calls"),
            "switches": Gated(f"{tests}/switches"),
            "echo": Echo(tests),
            "uring": Gated(f"{tests}/rings"),
        }
        self.others = {
            "calls": Gated(f"{tests}/calls"),
            "switches": Gated(f"{tests}/switches"),
        }

    def pids(self, names):
        """The pids of the targets called NAMES."""
        return [pid for name in names for pid in self.targets[name].pids]

    def close(self):
        """Ends every process."""
        for workload in (*self.targets.values(), *self.others.values()):
            workload.close()
