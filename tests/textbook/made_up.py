"""Made-up CSV and runs for the unit tests: what iophase would say about servers that never ran.

In: numbers. Out: the text of a CSV; Runs; columns of a figure.
"""

import dataclasses

import servers
import table
import turn
from runs import Run

HEADER = ("time,interval_ns,pid,tid,comm,model,call,class,calls,ok,eof,again,timeout,interrupted,"
          "error,bytes,inflight,wait_ns,runq_ns,cpu_ns,copy_ns,wait_p50_ns,wait_max_ns,shape,"
          "signal_p50_ns")
CLASSES = {"recvfrom": "read", "read": "read", "sendto": "write", "poll": "mux", "accept": "accept",
           "io_uring_enter": "async", "iou-worker": "async", "uring_read": "request", "app": "app"}


def line(call, time="t1", pid=7, tid="", model="blocking", calls=0, ok=0, again=0, wait=0, runq=0,
         cpu=0, copy=0, signal="", comm="server", wait_max=""):
    """One row of the CSV; times are ns."""
    return (f"{time},1000000,{pid},{tid},{comm},{model},{call},{CLASSES[call]},{calls},{ok},0,"
            f"{again},0,0,0,{64 * ok},0,{wait},{runq},{cpu},{copy},,{wait_max},single,{signal}")


def csv(*lines):
    """The text of a CSV of these rows."""
    return "\n".join([HEADER, *lines, ""])


def run(*lines, name="made-up", **fields):
    """A Run whose CSV has these rows."""
    rows = table.rows_of(csv(*lines))
    made = Run(name, rows=rows, calls=table.add_up(rows), by_thread=table.by_thread(rows))
    return dataclasses.replace(made, **fields)


def blocked(wait=1_000_000, copy=1000, call="recvfrom"):
    """A Run of one thread and one read, asleep in the call, then copying."""
    return run(line(call, tid=7, calls=1, ok=1, wait=wait, cpu=2000, copy=copy),
               line("sendto", tid=7, calls=1, ok=1, cpu=3000),
               line("app", tid=7, cpu=1000))


def columns(*runs):
    """Columns of a figure, one per Run, under the first rows of the table of servers."""
    return [(row, turn.turn(one)) for row, one in zip(servers.ROWS, runs)]
