#!/usr/bin/env -S python3 -B
"""iophase -- COMMAND at a terminal: Ctrl-C, and stopped and gone on with.

In: the program iophase. Out: nothing, or an AssertionError.

The terminal is the controlling one of iophase, which leads its session there, as a shell does that
was replaced by it. The command counts its SIGINTs. iophase is stopped while Ctrl-C is pressed, so
that what it would pass on of it comes when the command has taken its own, and before the SIGTERM
that is passed on later: signals are taken in the order of their numbers.
"""

import os
import pty
import signal
import sys

COMMAND = """
import os, signal, sys
heard = {signal.SIGINT, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, heard)
assert os.tcgetpgrp(0) == os.getpgrp() == os.getpgid(os.getppid())
print("ready", flush=True)
count = 0
while signal.sigwait(heard) == signal.SIGINT:
    count += 1
    print("interrupted", flush=True)
print("interrupts:", count, flush=True)
sys.exit(6)
"""


class Terminal:
    """iophase in a terminal of its own."""

    def __init__(self, *arguments):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.execv(arguments[0], arguments)
        self.text = ""

    def await_text(self, text):
        """Reads until the text has come; what is behind it stays to be read."""
        while text not in self.text:
            try:
                got = os.read(self.fd, 4096)
            except OSError:  # nobody has the terminal open any more
                got = b""
            assert got, f"no {text!r} in {self.text!r}"
            self.text += got.decode(errors="replace")
        self.text = self.text[self.text.index(text) + len(text):]

    def press(self, key):
        """Types a key."""
        os.write(self.fd, key)

    def status(self):
        """Waits for the end; its exit status."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def state_of(pid):
    """The state of a process, a letter."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return file.read().rpartition(")")[2].split()[0]


def child_of(pid):
    """The only child of a process."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
        return int(file.read())


def pending_interrupt(pid):
    """Whether a process has a SIGINT that it has not taken."""
    with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
        masks = [int(line.split()[1], 16) for line in file if line.startswith(("SigPnd", "ShdPnd"))]
    return any(mask & 1 << (signal.SIGINT - 1) for mask in masks)


def main():
    """Presses keys and looks at what comes of them."""
    t = Terminal(sys.argv[1], "--", sys.executable, "-c", COMMAND)
    t.await_text("ready")
    os.kill(t.pid, signal.SIGSTOP)
    while state_of(t.pid) != "T":
        os.sched_yield()
    t.press(b"\x03")
    t.await_text("interrupted")
    os.kill(t.pid, signal.SIGCONT)
    # iophase has taken its own.
    while pending_interrupt(t.pid):
        os.sched_yield()
    os.kill(t.pid, signal.SIGTERM)
    t.await_text("interrupts: 1")
    t.await_text("Where the time went")
    assert t.status() == 6

    t = Terminal(sys.argv[1], "--", sys.executable, "-c", COMMAND)
    t.await_text("ready")
    command = child_of(t.pid)
    # A session's leader is not stopped by its terminal if nobody is there to have it go on: the
    # command is stopped, as is told to its group, by hand.
    os.killpg(t.pid, signal.SIGSTOP)
    while state_of(t.pid) != "T" or state_of(command) != "T":
        os.sched_yield()
    os.killpg(t.pid, signal.SIGCONT)
    os.kill(t.pid, signal.SIGTERM)
    t.await_text("interrupts: 0")
    t.await_text("Where the time went")
    assert t.status() == 6


if __name__ == "__main__":
    main()
