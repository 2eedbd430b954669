"""An hour, or any time, of `iophase export`: whether memory and series stay flat, and counts exact.

In: the folder of the build, seconds, a file for the samples (CSV). nginx under 50 requests a second and
a process that forks five children a second are what it measures; a scrape each 15 s. Out: the first
and the last sample, the counts of both sides, and exit 1 if these differ.
"""

import csv
import encodings.idna  # connect() wants it, when the files of the interpreter are out of reach
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

RATE = 50  # requests a second
FORKS = int(os.environ.get("SOAK_FORKS", 5))  # children a second
RENEW = 200  # requests of a connection
SCRAPE = float(os.environ.get("SOAK_SCRAPE", 15))  # s from one to the next
READY = 120.0  # s
USER = 40000 + os.getpid() % 20000  # whose processes are measured: nobody else's
NGINX = """daemon off; master_process on; worker_processes 2; pid nginx.pid; error_log error.log;
events {{ worker_connections 256; }}
http {{
	access_log access.log; keepalive_requests 1000000; sendfile on;
	client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4;
	scgi_temp_path t5;
	server {{ listen 127.0.0.1:{port}; root html; }}
}}
"""


def as_user(user=USER):
    """Of a child, before it becomes its program: gives up root."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def ask(connection):
    """One request, read to the end of its answer of 6 bytes."""
    connection.sendall(b"GET /f HTTP/1.1\r\nHost: x\r\n\r\n")
    data = b""
    while not data.endswith(b"\r\n\r\nhello\n"):
        more = connection.recv(65536)
        if not more:
            raise ConnectionError("the server closed too early")
        data += more


def client(port, seconds, user):
    """The load: RATE requests a second; prints how many there were, and connections."""
    with open("/proc/self/comm", "w", encoding="ascii") as file:
        file.write("soak-client")
    as_user(user)  # the interpreter itself may be where only root can start it
    held = socket.socket()  # -a is who has one; it joins in before the first request
    time.sleep(1)
    done, opened, connection = 0, 0, None
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if done % RENEW == 0:
            if connection:
                connection.close()
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            opened += 1
        ask(connection)
        done += 1
        time.sleep(max(0.0, begin + done / RATE - time.monotonic()))
    held.close()
    print(done, opened)


def samples(text):
    """The lines of an exposition that are numbers: {name with labels: value}."""
    return {key: float(value) for key, value in (line.rsplit(" ", 1) for line in text.splitlines()
                                                 if line and line[0] != "#")}


def total(found, name, *labels):
    """The sum of the samples of a name with these labels."""
    return sum(value for key, value in found.items()
               if key.split("{")[0] == name and all(label in key for label in labels))


def of_file(path, word):
    """The number behind a word in a file of /proc."""
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith(word):
                return int(line.split()[1])
    return 0


def map_bytes(pid):
    """Memory of the BPF maps that a process holds, as the kernel tells it."""
    found = {}
    for fd in os.listdir(f"/proc/{pid}/fdinfo"):
        try:
            path = f"/proc/{pid}/fdinfo/{fd}"
            if of_file(path, "map_id:"):
                found[of_file(path, "map_id:")] = of_file(path, "memlock:")
        except FileNotFoundError:
            pass
    return sum(found.values())


def look(url, pid, begin):
    """One scrape, and what the process comes to: {name: number}, the samples."""
    asked = time.monotonic()
    with urllib.request.urlopen(url, timeout=30) as answer:
        text = answer.read().decode()
    took = time.monotonic() - asked
    found = samples(text)
    status = f"/proc/{pid}/status"
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        times = file.read().rsplit(")", 1)[1].split()
    return {
        "seconds": round(asked - begin), "rss_kb": of_file(status, "VmRSS:"),
        "hwm_kb": of_file(status, "VmHWM:"), "fds": len(os.listdir(f"/proc/{pid}/fd")),
        "series": int(total(found, "iophase_series")), "bytes": len(text),
        "scrape_ms": round(took * 1000, 1),
        "own_cpu_ms": round(1000 * total(found, "iophase_cpu_seconds_total")),
        "proc_cpu_ms": (int(times[11]) + int(times[12])) * 1000 // os.sysconf("SC_CLK_TCK"),
        "maps_kb": map_bytes(pid) // 1024, "sunreclaim_kb": of_file("/proc/meminfo", "SUnreclaim:"),
        "percpu_kb": of_file("/proc/meminfo", "Percpu:"),
        "answered": int(total(found, "iophase_exchanges_total", 'service="nginx"', '"server"')),
        "rounds": int(total(found, "iophase_calls_total", 'service="churn"', '"sendto"', '"ok"')),
        "lost": int(total(found, "iophase_lost_total")),
    }, found


def await_text(path, word):
    """The rest of the line behind a word, when a file has it."""
    end = time.monotonic() + READY
    while time.monotonic() < end:
        with open(path, encoding="utf-8") as file:
            for line in file:
                if word in line and line.endswith("\n"):
                    return line.split(word)[1].strip()
        time.sleep(0.1)
    raise TimeoutError(f"no {word} in {path}")


def free_port():
    """A port of 127.0.0.1 that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Soak:
    """The processes of one run, ended by their pids."""

    def __init__(self, build, folder):
        self.build, self.folder, self.started = build, folder, []

    def start(self, argv, **more):
        """Starts a program."""
        process = subprocess.Popen(argv, **{"stdin": subprocess.DEVNULL, **more})
        self.started.append(process)
        return process

    def nginx(self):
        """A server of its own; its port."""
        port = free_port()
        os.makedirs(f"{self.folder}/html")
        with open(f"{self.folder}/html/f", "w", encoding="ascii") as file:
            file.write("hello\n")
        with open(f"{self.folder}/nginx.conf", "w", encoding="ascii") as file:
            file.write(NGINX.format(port=port))
        self.start(["/usr/sbin/nginx", "-p", self.folder, "-c", "nginx.conf"], preexec_fn=as_user,
                   stderr=subprocess.DEVNULL)
        end = time.monotonic() + READY
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return port
            except ConnectionRefusedError:
                time.sleep(0.1)
        raise TimeoutError("nginx")

    def close(self):
        """Ends all that is left."""
        for process in reversed(self.started):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.started:
            process.wait(60)


def measure(soak, seconds, out):
    """One run; its first and last sample and what the workload says it did."""
    port = soak.nginx()
    gate, rounds, log = (f"{soak.folder}/{name}" for name in ("gate", "rounds", "log"))
    ours, theirs = socket.socketpair()  # -a is who has one
    churn = soak.start([f"{soak.build}/tests/churn", "--rate", str(FORKS), "--fork-after", "1",
                        "--gate", gate, "--seconds", str(seconds + 600), "--total", rounds],
                       preexec_fn=as_user, stdin=theirs, stdout=subprocess.DEVNULL)
    theirs.close()
    with open(log, "w", encoding="utf-8") as err:
        tracer = soak.start([f"{soak.build}/iophase", "export", "-a", "--user", str(USER),
                             "--listen", "127.0.0.1:0"], stderr=err)
    url = await_text(log, "metrics at ")
    load = soak.start([sys.executable, "-B", __file__, "client", str(port), str(seconds),
                       str(USER)],
                      stdout=subprocess.PIPE, text=True)
    with open(gate, "w", encoding="ascii"):
        pass
    begin, kept = time.monotonic(), []
    table = csv.writer(out)
    while load.poll() is None:
        row, found = look(url, tracer.pid, begin)
        if not kept:
            table.writerow(row)
        kept.append(row)
        table.writerow(row.values())
        out.flush()
        try:
            load.wait(max(0.0, begin + SCRAPE * len(kept) - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
    churn.send_signal(signal.SIGTERM)
    churn.wait(60)
    ours.close()
    time.sleep(2)  # metrics are made at most once a second
    row, found = look(url, tracer.pid, begin)
    table.writerow(row.values())
    tracer.send_signal(signal.SIGINT)
    tracer.wait(60)
    with open(rounds, encoding="ascii") as file:
        forked = int(file.read())
    asked, opened = (int(word) for word in load.stdout.read().split())
    expected = {"answered": asked, "rounds": forked, "lost": 0}
    with open(log, encoding="utf-8") as file:
        print(file.read(), end="")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"requests {asked}, connections {opened}, children {forked}; CPU of all children "
          f"{used.ru_utime + used.ru_stime:.1f} s; upstream answers of the client: "
          f"{total(found, 'iophase_exchanges_total', 'soak-client', 'client'):.0f}")
    return kept[0], row, expected


def main():
    """Runs it; the exit code."""
    if sys.argv[1] == "client":
        client(*(int(word) for word in sys.argv[2:5]))
        return 0
    build, seconds, path = os.path.abspath(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    with tempfile.TemporaryDirectory() as folder, open(path, "w", encoding="ascii") as out:
        os.chown(folder, USER, USER)
        soak = Soak(build, folder)
        try:
            first, last, expected = measure(soak, seconds, out)
        finally:
            soak.close()
    print("first", first)
    print("last ", last)
    wrong = {name: (last[name], value) for name, value in expected.items() if last[name] != value}
    print(f"WRONG: {wrong}" if wrong else "the counts are the workload's own")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
