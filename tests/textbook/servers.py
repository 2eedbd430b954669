"""The twelve servers of the textbook, and the two loads that they are compared under.

In: nothing. Out: ROWS, in the order in which the articles tell of the models; FAMILIES, the five
models that the rows belong to; table_load() and figure_load().
"""

import dataclasses

from measure import Load, Server


@dataclasses.dataclass(frozen=True)
class Row:
    """One column of the figure and one row of the table."""
    server: Server
    family: str  # which of the textbook's five models
    model: str  # what iophase must call it
    title: str  # short enough for the head of a column

    @property
    def name(self):
        """The server's name."""
        return self.server.name


FAMILIES = ("blocking", "non-blocking", "multiplexing", "signal-driven", "asynchronous")

POOL_THREADS = 8  # as many as the load of the table has connections

ROWS = (
    Row(Server("blocking", "server_blocking"), "blocking", "blocking", "blocking"),
    Row(Server("threads", "server_threads"), "blocking", "blocking", "thread per conn."),
    Row(Server("pool", "server_pool", ("--threads", str(POOL_THREADS))), "blocking", "blocking",
        "thread pool"),
    Row(Server("nonblocking", "server_nonblocking"), "non-blocking", "nonblocking",
        "non-blocking"),
    Row(Server("select", "server_select"), "multiplexing", "select", "select"),
    Row(Server("poll", "server_poll"), "multiplexing", "poll", "poll"),
    Row(Server("epoll-lt", "server_epoll"), "multiplexing", "epoll-lt", "epoll, level"),
    Row(Server("epoll-et", "server_epoll", ("--et",)), "multiplexing", "epoll-et", "epoll, edge"),
    Row(Server("signal", "server_signal"), "signal-driven", "signal-driven", "signal-driven"),
    Row(Server("posix-aio", "server_posix_aio"), "asynchronous", "posix-aio", "POSIX AIO"),
    Row(Server("linux-aio", "server_linux_aio"), "asynchronous", "linux-aio", "Linux AIO"),
    Row(Server("io_uring", "server_io_uring"), "asynchronous", "io_uring", "io_uring"),
)

TABLE_BYTES, FIGURE_BYTES = 1024, 16384
PAUSE_US = 1000


def table_load(quick):
    """Eight clients at the same time, who think between two requests. The number of requests is
    the same for all, so a server that takes one connection after the other takes longer."""
    return Load(connections=8, requests=40 if quick else 200, size=TABLE_BYTES, pause_us=PAUSE_US,
                seconds=60)


def figure_load(quick):
    """One client, who thinks between two requests: each read has a phase 1 that is worth drawing,
    and nobody else to be busy with. The message is large, so that phase 2 is, too."""
    return Load(connections=1, requests=300 if quick else 1000, size=FIGURE_BYTES,
                pause_us=PAUSE_US, seconds=60)
