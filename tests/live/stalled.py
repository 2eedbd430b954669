#!/usr/bin/env -S python3 -B
"""iophase top at a terminal that takes nothing: signals end it, and it gives the terminal back.

In: the program iophase, the pid of a target. Out: nothing, or an AssertionError.

The terminal is stopped, as by Ctrl-S, and iophase is waited for until it sleeps in a write to it.
It is to end within a minute, which is no measure of how fast it is: without being told it never does.
"""

import os
import pty
import signal
import sys
import termios
import time

LIMIT = 60  # seconds


def wait_until(holds, what):
    """Waits for something to hold."""
    end = time.monotonic() + LIMIT
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.01)


class Top:
    """iophase top in a terminal of its own, whose other end we have."""

    def __init__(self, program, target):
        self.status = None
        self.fd, self.terminal = pty.openpty()
        self.before = termios.tcgetattr(self.terminal)
        self.pid = os.fork()
        if not self.pid:
            os.login_tty(self.terminal)
            os.environ["TERM"] = "xterm-256color"
            os.execv(program, (program, "top", "-i", "50ms", "-d", "5m", "-p", target))
        self.text = b""

    def await_text(self, text):
        """Reads until the text has come."""
        while text not in self.text:
            try:
                got = os.read(self.fd, 4096)
            except OSError:  # nobody has the terminal open any more
                got = b""
            assert got, f"no {text!r} in {self.text!r}"
            self.text += got
        self.text = self.text[self.text.index(text) + len(text):]

    def stalls(self):
        """Whether it sleeps in a write to stdout, whatever the number of that call is here."""
        with open(f"/proc/{self.pid}/syscall", encoding="ascii") as file:
            return file.read().split()[1:2] == ["0x1"]

    def heard(self):
        """Whether it has taken all signals."""
        with open(f"/proc/{self.pid}/status", encoding="utf-8", errors="replace") as file:
            return not any(
                int(line.split()[1], 16) for line in file if line.startswith(("SigPnd", "ShdPnd")))

    def ended(self):
        """Whether it has ended."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.status = os.waitstatus_to_exitcode(status)
        return bool(pid)

    def end(self, *signals):
        """Has it be ended by signals, one after the other, while it cannot write."""
        self.await_text(b"requests/s")
        os.write(self.fd, b"\x13")
        wait_until(self.stalls, "it does not write to the terminal")
        for number in signals:
            os.kill(self.pid, number)
            if number != signals[-1]:
                wait_until(self.heard, "a signal is not heard")
        wait_until(self.ended, "it does not end")
        assert self.status == 1, self.status
        assert termios.tcgetattr(self.terminal) == self.before
        os.close(self.terminal)
        self.terminal = None
        # What it said last: no mouse, the screen that was there before, and why.
        for text in (b"1000l", b"\x1b[?1049l", b"iophase: the terminal: given up"):
            self.await_text(text)

    def close(self):
        """Has it end, whatever it does."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self.terminal is not None:
            os.close(self.terminal)
        os.close(self.fd)


def main():
    """Ends it by one signal, and by two."""
    for signals in ((signal.SIGTERM,), (signal.SIGHUP, signal.SIGINT)):
        top = Top(*sys.argv[1:])
        try:
            top.end(*signals)
        finally:
            top.close()


if __name__ == "__main__":
    main()
