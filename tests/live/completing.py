#!/usr/bin/env python3
"""Types a line at a terminal of bash, and a tab: what does a command get as its words?

In: a file with the completions of iophase in bash, and what stands behind `iophase`. Out: the words,
a line each. Exit 1 if bash has run no such command within a minute.
"""

import os
import pty
import select
import shlex
import sys
import time


def main(script, line):
    """Prints what bash makes of the line."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["PS1"] = "$ "
        os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
    seen = b""
    end = time.monotonic() + 60

    def until(mark):
        """Reads until the mark has come behind what was read before."""
        nonlocal seen
        while mark not in seen:
            if time.monotonic() > end or not select.select([terminal], [], [], 1)[0]:
                if time.monotonic() > end:
                    sys.exit(f"{mark!r} does not come: {seen!r}")
                continue
            seen += os.read(terminal, 4096)
        seen = seen.split(mark, 1)[1]

    until(b"$ ")
    # In the output there are marks that what is typed, which the terminal echoes, does not have.
    os.write(terminal, f"source {shlex.quote(script)}; "
             "iophase() { echo be''gins; printf '%s\\n' \"$@\"; echo e''nds; }; echo re''ady\n".encode())
    until(b"ready")
    os.write(terminal, f"iophase {line}\t\n".encode())
    until(b"begins\r\n")
    words = seen
    while b"ends\r\n" not in words:
        words += os.read(terminal, 4096)
    print(words.split(b"ends\r\n")[0].decode().replace("\r", ""), end="")
    os.write(terminal, b"exit\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
