"""What was seen of one server under one load.

In: numbers of the load, of the kernel's accounts and of iophase's CSV, filled in by measure.py.
Out: a Run, and what follows from it: rates, sums, ratios.
"""

import dataclasses

import table


@dataclasses.dataclass
class Run:
    """What was seen of one server under one load. Times are ns unless they say otherwise; what was
    not measured (without iophase: the calls) is empty or None."""
    name: str
    model: str = ""  # as iophase's CSV calls it
    shape: str = ""
    seconds: float = 0.0  # the load's
    requests: int = 0
    p50_us: float = 0.0  # latency, as the load saw it
    p99_us: float = 0.0
    cpu_ns: int = 0  # user and system time by the kernel's account of the process: second witness
    wall_ns: int = 0  # of iophase's interval
    threads: int = 0  # the most that were seen in /proc/PID/task
    rss_kb: int = 0  # the most memory it had (VmHWM)
    switches: int = 0  # context switches of the threads that are alive at the end
    calls: dict = dataclasses.field(default_factory=dict)  # call -> CSV column -> sum; and class
    by_thread: dict = dataclasses.field(default_factory=dict)  # tid -> calls, with per_thread=True
    by_pid: dict = dataclasses.field(default_factory=dict)  # pid -> calls
    rows: list = dataclasses.field(default_factory=list)  # of the CSV, as they are
    exchanges: list = dataclasses.field(default_factory=list)  # the same of csv-exchanges
    lost: list = dataclasses.field(default_factory=list)  # the report's lines on losses
    report: str = ""  # iophase's text report
    pid: int = 0

    @property
    def rps(self):
        """Requests per second."""
        return self.requests / self.seconds if self.seconds else 0.0

    @property
    def cpu_per_request_ns(self):
        """CPU time of the server per request, by the kernel's account."""
        return self.cpu_ns / self.requests if self.requests else 0.0

    @property
    def iophase_cpu_ns(self):
        """CPU time of the server as iophase saw it: cpu and copy of all rows, app too."""
        return sum(c["cpu_ns"] + c["copy_ns"] for c in self.calls.values())

    @property
    def io_calls(self):
        """All I/O system calls that were seen."""
        return table.total(self.calls, "calls")

    @property
    def calls_per_request(self):
        """I/O system calls per request."""
        return self.io_calls / self.requests if self.requests else 0.0

    @property
    def reads(self):
        """Reads that got something: calls, and asynchronous requests that were completed."""
        return table.reads(self.calls)

    @property
    def again_ratio(self):
        """Share of the read calls that found nothing, 0 to 1; None without reads."""
        calls = table.total(self.calls, "calls", "read")
        return table.total(self.calls, "again", "read") / calls if calls else None

    @property
    def phases(self):
        """Phase -> ns in I/O calls, under "io"; outside of them, under "app"."""
        return {"io": {p: table.total(self.calls, p) for p in table.PHASES},
                "app": {p: table.total(self.calls, p, table.APP) for p in table.PHASES}}

    def sum(self, column, *names):
        """A column summed over the calls of these names, 0 for calls that were not made."""
        return sum(self.calls[name][column] for name in names if name in self.calls)

    def sum_class(self, column, *classes):
        """A column summed over the calls of these classes (read, accept, write, mux ...)."""
        return table.total(self.calls, column, *classes)
