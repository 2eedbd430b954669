#!/usr/bin/env python3
"""What the live tests ask of a recording of -o json:FILE.

usage: jsonkit.py validate SCHEMA FILE...   each line is one of the schema; prints how many
       jsonkit.py cells FILE KIND CSV SCHEMA   what the CSV of that kind says, the JSON says; prints
                                           how many rows
       jsonkit.py comm FILE FILE_OF_COMM   the name of the process has the bytes of that file

Exit 1 with a line per difference. `validate` needs the module jsonschema, 4.0 or later.
"""

import csv
import json
import re
import sys

# Kind of CSV: the array that has its records in the object of a process (None: that is one itself),
# and their schema.
NESTED = {"csv": ("calls", "call"), "csv-processes": (None, None),
          "csv-exchanges": ("exchanges", "exchange"),
          "csv-connections": ("connections", "connection"),
          "csv-findings": ("findings", "finding")}


def read(path):
    """The objects of a recording."""
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def validate(schema_path, paths):
    """Holds each line against the schema of its type, and that against what a schema may be."""
    from jsonschema import Draft202012Validator
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    # One of its type: then what is wrong is said of that, and not that it is none of five.
    of_type = {one["properties"]["type"]["const"]:
               Draft202012Validator(dict(one, **{"$defs": schema["$defs"]}))
               for one in schema["oneOf"]}
    count, wrong = 0, 0
    for path in paths:
        for number, line in enumerate(read(path), 1):
            count += 1
            for error in of_type[line["type"]].iter_errors(line):
                wrong += 1
                print(f"{path}:{number}: {list(error.absolute_path)}: {error.message[:300]}")
    print(count)
    return 1 if wrong or not count else 0


def text_of(value):
    """A value as it stands in a cell."""
    if isinstance(value, dict):
        return " ".join(f"{name}={'' if n is None else n}" for name, n in value.items())
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(value)


def within(around, record, schema):
    """A record with what it leaves out, since the object around it says it."""
    own = schema["properties"]
    return {**{name: value for name, value in around.items() if name not in own}, **record}


def records(lines, kind, schema):
    """The records of a kind, whole."""
    array, definition = NESTED[kind]
    own = schema["$defs"].get(definition)
    for line in lines:
        if line["type"] == "interval" and array == "findings":
            for record in line.get("findings", []):
                yield within(line, record, own)
        if line["type"] != "process":
            continue
        if array is None:
            yield line
            continue
        whole = line.get("thread_list", [line]) if array == "calls" else [line]
        for around in whole:
            for record in around.get(array, []):
                yield within(around, record, own)


def cells(path, kind, csv_path, schema_path):
    """Compares all cells: the rows of the one are the records of the other."""
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    with open(csv_path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    columns, wanted = rows[0], sorted(map(tuple, rows[1:]))
    said = sorted(tuple(text_of(record[c]) if c in record else "" for c in columns)
                  for record in records(read(path), kind, schema))
    if said == wanted and columns:
        print(len(wanted))
        return 0
    for name, ours, theirs in (("CSV", wanted, said), ("JSON", said, wanted)):
        for row in [r for r in ours if r not in theirs][:3]:
            print(f"only in the {name}:", dict(zip(columns, row)))
    print(f"{len(wanted)} rows of CSV, {len(said)} records of JSON")
    return 1


def comm(path, comm_path):
    """Undoes \\xNN and \\\\ in the name of each process, and compares."""
    with open(comm_path, "rb") as file:
        wanted = file.read().removesuffix(b"\n")
    names = {line["comm"] for line in read(path) if line["type"] == "process"}
    said = [re.sub(rb"\\(x[0-9a-f]{2}|\\)",
                   lambda m: bytes([int(m[1][1:], 16)]) if len(m[1]) > 1 else m[1],
                   name.encode()) for name in names]
    print(said, wanted)
    return 0 if said == [wanted] else 1


def main(argv):
    """Runs what is asked for."""
    if argv[:1] == ["validate"]:
        return validate(argv[1], argv[2:])
    return comm(*argv[1:]) if argv[:1] == ["comm"] else cells(*argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
