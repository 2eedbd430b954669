#!/usr/bin/env python3
"""What the tests of `iophase ps` need beside the shell.

usage: ps.py listen FILE TCP UDP     listens at so many ports, of TCP and UDP, and does nothing; writes
                                     them into the file, as `iophase ps` sorts them
       ps.py cell TABLE PID COLUMN   a cell of the table that `iophase ps` wrote, with 250 columns to
                                     do so; NAME instead of a pid for those that ended
       ps.py pids TABLE              the first cells of its rows, in order
       ps.py agrees TABLE RECORDING  each row that has a pid says what the recording of the same run
                                     does; prints how many
"""

import json
import os
import re
import socket
import sys
import time


def listen(path, tcp, udp):
    """Sockets that wait for clients, until somebody ends us."""
    sockets = [socket.socket() for _ in range(tcp)]
    sockets += [socket.socket(type=socket.SOCK_DGRAM) for _ in range(udp)]
    for one in sockets:
        one.bind(("0.0.0.0", 0))
        if one.type == socket.SOCK_STREAM:
            one.listen()
    ports = sorted((s.type == socket.SOCK_DGRAM, s.getsockname()[1]) for s in sockets)
    with open(path + ".new", "w", encoding="ascii") as file:
        print(",".join(f"{port}/udp" if is_udp else str(port) for is_udp, port in ports), file=file)
    os.rename(path + ".new", path)
    time.sleep(120)


def rows(path):
    """[{column: cell}] of a table whose columns are apart by two blanks at least."""
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n").strip() for line in file]
    columns = re.split(r"  +", lines[0])
    found = []
    for line in lines[1:]:
        cells = re.split(r"  +", line)
        if len(cells) != len(columns):
            break
        found.append(dict(zip(columns, cells)))
    return found


def cell(path, key, column):
    """Prints the cell of a process, or of those of a name that ended."""
    by = "PID" if key.isdigit() else "NAME"
    for row in rows(path):
        if row[by] == key and (by == "PID") == row["PID"].isdigit():
            print(row.get(column, "-"))
            return 0
    print(f"{key} is not in the table")
    return 1


def number(text):
    """A number with commas; nothing is 0."""
    return 0.0 if text == "-" else float(text.replace(",", ""))


def is_rate(text, count, lived_ns):
    """Whether a cell is that count by second, as far as it has digits."""
    rate = count * 1e9 / lived_ns
    return abs(number(text) - rate) <= (0.0501 if rate < 9.9 else 0.5001)


def is_duration(text, ns):
    """Whether a cell is that duration, None for nothing, as far as it has digits."""
    if text == "-" or ns is None:
        return text == "-" and ns is None
    amount, unit = text.split()
    factor = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[unit]
    digit = 0.1 ** len(amount.partition(".")[2])
    return abs(float(amount) - ns / factor) <= 0.501 * digit


def differences(row, process):
    """What a row says otherwise than the process's object in the recording."""
    reads = sum(process.get("model_counts", {}).values()) if process.get("model_basis") == "reads" else 0
    server = [e for e in process.get("exchanges", []) if e["role"] == "server"]
    requests = sum(e["exchanges"] for e in server)
    slowest = server[0]["response_p99_ns"] if server else None
    for column, count in (("READS/s", reads), ("REQ/s", requests)):
        if not is_rate(row.get(column, "-"), count, process["lived_ns"]):
            yield f"{count} in {process['lived_ns']} ns: {column} {row.get(column)}"
    if not is_duration(row.get("P99", "-"), slowest):
        yield f"p99 {slowest}: {row.get('P99')}"
    for column, field in (("NAME", "comm"), ("USER", "user"), ("MODEL", "model")):
        if row[column] != process[field]:
            yield f"{field} {process[field]}: {row[column]}"
    shape = process.get("shape") or "-"
    if row.get("SHAPE", "-").split(" ")[0] != shape:
        yield f"shape {shape}: {row.get('SHAPE')}"


def agrees(table, recording):
    """Holds the rows against the recording; prints how many agree."""
    with open(recording, encoding="utf-8") as file:
        objects = [json.loads(line) for line in file]
    processes = {o["pid"]: o for o in objects if o["type"] == "process"}
    failed = held = 0
    for row in rows(table):
        if not row["PID"].isdigit():
            continue
        for what in differences(row, processes[int(row["PID"])]):
            print(f"pid {row['PID']}: {what}")
            failed = 1
        held += 1
    print(held)
    return failed


def main(words):
    """Does what the first word says."""
    if words[0] == "listen":
        return listen(words[1], int(words[2]), int(words[3]))
    if words[0] == "cell":
        return cell(*words[1:])
    if words[0] == "pids":
        print(" ".join(row["PID"] for row in rows(words[1])))
        return 0
    return agrees(*words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
