"""Where a real server runs: a folder, a port, what stands behind it, and its processes.

In: the command of a row of real_servers.py. Out: processes, each ended by its own pid.
"""

import os
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time

PATIENCE = 20.0  # s until something is there; the machine may be busy


class Answer(socketserver.StreamRequestHandler):
    """Answers each request of HTTP by one byte."""

    def setup(self):
        super().setup()
        self.request.settimeout(60)

    def handle(self):
        while True:
            line = self.rfile.readline()
            if not line:
                return
            if line == b"\r\n":
                self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")


class Behind(socketserver.ThreadingTCPServer):
    """A server of HTTP that stands behind the one that is looked at."""
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        """Connections may be reset."""


def until(there, what):
    """Waits until there() is true."""
    end = time.monotonic() + PATIENCE
    while not there():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


def free_port():
    """A port that nobody has, of TCP."""
    with socket.socket() as end:
        end.bind(("127.0.0.1", 0))
        return end.getsockname()[1]


def listens(port):
    """Whether somebody waits at a port."""
    for name in ("tcp", "tcp6", "udp"):
        with open(f"/proc/net/{name}", encoding="ascii") as file:
            for fields in (line.split() for line in file):
                if fields[1].endswith(f":{port:04X}") and (name == "udp" or fields[3] == "0A"):
                    return True
    return False


def stop(process):
    """Ends a child and waits for it."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Place:
    """The folder, the ports and the processes of one server."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="iophase-both.")
        os.chmod(self.folder, 0o777)
        self.port, self.other, self.conf = free_port(), free_port(), ""
        self.process, self.beside = None, []
        self.behind = Behind(("127.0.0.1", 0), Answer)
        self.back = self.behind.server_address[1]
        threading.Thread(target=self.behind.serve_forever, daemon=True).start()
        self.write("index.html", "x" * 100)

    def write(self, name, text):
        """A file of that text; its path."""
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def words(self, words):
        """Words of a command with what they stand for."""
        for name, value in (("PORTFILE", self.folder + "/port"), ("PORT", str(self.port)),
                            ("OTHER", str(self.other)), ("BACK", str(self.back)),
                            ("FOLDER", self.folder), ("CONF", self.conf), ("''", "")):
            words = [word.replace(name, value) for word in words]
        return words

    def run(self, command):
        """Runs a command to its end, as a part of setting up."""
        with open(self.folder + "/log", "ab") as log:
            subprocess.run(self.words(command.split()), check=True, stdout=log, stderr=log,
                           cwd=self.folder, timeout=60)

    def start(self, command, gated=False):
        """Starts a command in a session of its own, as some end their whole process group; `gated`: once
        it gets a line."""
        words = self.words(command.split())
        if gated:
            words = ["sh", "-c", 'read go; exec "$@"', "sh", *words]
        with open(self.folder + "/log", "ab") as log:
            return subprocess.Popen(words, stdout=log, stderr=log, cwd=self.folder,
                                    stdin=subprocess.PIPE if gated else subprocess.DEVNULL,
                                    start_new_session=True)

    def put_behind(self, command):
        """Starts another server behind, at the port BACK."""
        self.behind.shutdown()
        self.behind.server_close()
        self.back = free_port()
        self.beside.append(self.start(command))
        until(lambda: listens(self.back), "what is behind does not listen")

    def log(self):
        """The last lines of what its processes said."""
        with open(self.folder + "/log", encoding="utf-8", errors="replace") as file:
            return " | ".join(file.read().split("\n")[-6:])

    def close(self):
        """Ends all that was started."""
        for process in (self.process, *self.beside):
            if process:
                stop(process)
        self.behind.shutdown()
        self.behind.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)
