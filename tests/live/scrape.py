"""Reads metrics of iophase export, by HTTP or from a file, and looks at them; or is a client that
means no good.

In: a command with its arguments, see the functions at the end. Out: what was found, or one line and
exit 1.
"""

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
import urllib.request

SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\]|\\.)*",?)*)\})? ([0-9.]+)$')
LABEL = re.compile(r'([a-z]+)="((?:[^"\\]|\\.)*)"')


def parse(text):
    """The samples of an exposition: {(name, labels): value}."""
    samples = {}
    for line in text.splitlines():
        if line.startswith("#") or not line:
            continue
        match = SAMPLE.match(line)
        assert match, f"no sample: {line}"
        key = match[1], tuple(sorted(LABEL.findall(match[2] or "")))
        assert key not in samples, f"twice: {line}"
        samples[key] = float(match[3])
    return samples


def get(url, accept=None):
    """The text at an address."""
    request = urllib.request.Request(url, headers={"Accept": accept} if accept else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


def read(source):
    """The samples at an address, or in a file."""
    if source.startswith("http"):
        return parse(get(source))
    with open(source, encoding="utf-8") as file:
        return parse(file.read())


def total(samples, name, **labels):
    """The sum of the samples of a name that have these labels."""
    wanted = set(labels.items())
    return sum(value for (got, has), value in samples.items()
               if got == name and wanted <= set(has))


def parse_words(words):
    """NAME LABEL=VALUE... as a name and labels."""
    return words[0], dict(word.split("=", 1) for word in words[1:])


def command_sum(source, *words):
    """sum SOURCE NAME LABEL=VALUE...: prints the sum of these samples."""
    name, labels = parse_words(words)
    print(f"{total(read(source), name, **labels):.9f}".rstrip("0").rstrip("."))


def command_await(source, seconds, value, *words):
    """await SOURCE SECONDS VALUE NAME LABEL=VALUE...: until the sum is that; never above it."""
    name, labels = parse_words(words)
    end = time.monotonic() + float(seconds)
    while (got := total(read(source), name, **labels)) != float(value):
        assert got < float(value), f"{words}: {got}, more than {value}"
        assert time.monotonic() < end, f"{words}: {got}, not {value}"
        time.sleep(0.2)


def command_whole(source):
    """whole SOURCE: buckets only grow, the last one is the count, exchanges are the same twice."""
    samples = read(source)
    series = {}
    for (name, labels), value in samples.items():
        if name.endswith("_bucket"):
            bound = float(dict(labels)["le"].replace("+Inf", "inf"))
            rest = tuple(pair for pair in labels if pair[0] != "le")
            series.setdefault((name, rest), []).append((bound, value))
    assert series, "no histogram"
    for (name, rest), buckets in series.items():
        values = [value for _, value in sorted(buckets)]
        assert values == sorted(values), f"{name} {rest}: {values}"
        count = samples.get((name.replace("_bucket", "_count"), rest))
        assert count in (None, values[-1]), f"{name} {rest}: {count}, {values[-1]}"
        if name == "iophase_response_seconds_bucket":
            assert samples["iophase_exchanges_total", rest] == values[-1], rest


def command_apart(source, services, most):
    """apart SOURCE SERVICES MOST: who is told apart lacks no metric, the others are counted, there
    are at most so many series, and as many as are said; prints who is told apart."""
    samples = read(source)
    has = {}
    for name, labels in samples:
        if service := dict(labels).get("service"):
            has.setdefault(service, set()).add(name)
    told = sum("service" in dict(labels) for _, labels in samples)
    assert total(samples, "iophase_series") == told, f"{told} series of services"
    assert len(samples) <= int(most), f"{len(samples)} series"
    apart = sorted(set(has) - {"(others)"})
    refused = total(samples, "iophase_services_refused_total", part="all")
    assert len(apart) + refused == int(services), f"{apart} and {refused}"
    assert ("(others)" in has) == (refused > 0), f"{sorted(has)}, {refused} refused"
    served = [has[service] for service in apart if service.startswith("served")]
    for metric in ("exchanges_total", "response_seconds_bucket", "service_seconds_count",
                   "queueing_cause_seconds_total", "calls_total", "bytes_total", "reads_total"):
        assert all(f"iophase_{metric}" in metrics for metrics in served), f"{metric}: {has}"
    print("\n".join(apart))


def kernel_times(pid):
    """ns that the BPF programs of a process have run, as bpftool tells: {begin of the name: ns}."""
    ids = set()
    for fd in os.listdir(f"/proc/{pid}/fdinfo"):
        try:
            with open(f"/proc/{pid}/fdinfo/{fd}", encoding="ascii") as file:
                ids.update(re.findall(r"^prog_id:\t(\d+)$", file.read(), re.M))
        except FileNotFoundError:
            pass  # a connection, or a file that was looked into
    told = json.loads(subprocess.run(["bpftool", "-j", "prog", "show"], check=True,
                                     capture_output=True).stdout)
    return {program["name"][:15]: program.get("run_time_ns", 0)
            for program in told if str(program["id"]) in ids}


def own_times(source):
    """The same as iophase tells it."""
    return {dict(labels)["program"][:15]: value * 1e9
            for (name, labels), value in read(source).items() if name == "iophase_bpf_seconds_total"}


def command_programs(url, pid):
    """programs URL PID: the time of each of its programs is between two of ours; prints the sum, ns."""
    before = own_times(url)
    kernel = kernel_times(pid)
    time.sleep(1.1)  # metrics may be those of a second ago
    after = own_times(url)
    assert before and set(after) <= set(kernel), f"{sorted(after)}, not {sorted(kernel)}"
    for name, ns in kernel.items():
        # A double has room for ns, but not for all of their digits.
        assert before.get(name, 0) - 1 <= ns <= after.get(name, 0) + 1, f"{name}: {ns}"
    print(sum(kernel.values()))


def on_cpu(pid):
    """s that a process has been on a CPU, threads that ended too; up to two ticks too little."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        times = file.read().rsplit(")", 1)[1].split()[11:13]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def command_cpu(url, pid):
    """cpu URL PID: its time on a CPU, as the kernel tells it, is between two of ours."""
    before = total(read(url), "iophase_cpu_seconds_total")
    kernel = on_cpu(pid)
    time.sleep(1.1)
    after = total(read(url), "iophase_cpu_seconds_total")
    least = kernel + 2 / os.sysconf("SC_CLK_TCK")
    assert 0 < before <= least and kernel <= after, f"{before} {kernel} {after}"


def address_of(url):
    """Host and port of an address."""
    host, port = re.match(r"https?://([^/]*):(\d+)/", url).groups()
    return host, int(port)


def command_besieged(url, count):
    """besieged URL COUNT: holds so many connections with half a request; who asks is answered."""
    held = []
    for _ in range(int(count)):
        connection = socket.create_connection(address_of(url), timeout=10)
        connection.sendall(b"GET /metrics HTTP/1.1\r\nX: ")
        held.append(connection)
    assert "iophase_build_info" in get(url)
    for connection in held:
        connection.close()


def command_dribble(url):
    """dribble URL: a request of a byte a second is ended within 45 s."""
    with socket.create_connection(address_of(url), timeout=5) as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\r\nX: ")
        begin = time.monotonic()
        while time.monotonic() - begin < 45:
            try:
                connection.sendall(b"x")
            except OSError:
                return
            time.sleep(1)
    sys.exit("still there after 45 s")


def command_rubbish(url):
    """rubbish URL: bytes that are no request, headers without end; who asks is answered after."""
    for data in (b"\0" * 4096, b"GET", b"\r\n" * 1000, b"GET / HTTP/9.9\r\n\r\n",
                 b"GET /" + b"x" * 100000 + b" HTTP/1.1\r\n\r\n",
                 b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20000,
                 b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nabc",
                 b"GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"):
        with socket.create_connection(address_of(url), timeout=10) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
            except OSError:
                pass
    assert "iophase_build_info" in get(url)


def main():
    """Runs the command that the arguments name."""
    globals()["command_" + sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
