#!/usr/bin/env bats
# textbook.bats - `make textbook` in its quick mode: each of the twelve servers is measured, called
# by its model, its CPU time is what the kernel says it is; the figure is a whole SVG file that loads
# nothing; what is missing is named and costs the exit status.
#
# What goes in: scripts/textbook, tests/textbook, the workloads of tests/servers. Needs root and BTF.

load helpers

setup() {
	live_setup
	TEXTBOOK=$HERE/../../scripts/textbook
	export BUILD=${SERVERS%/tests}
}

teardown() {
	live_teardown
}

# Runs Python with the modules of the textbook: textbook_python CODE [ARGUMENT...]
textbook_python() {
	PYTHONPATH=$HERE/../textbook python3 -B -c "$@"
}

@test "the table has a row for each of the twelve servers, called by its model" {
	"$TEXTBOOK" --quick --only servers --output "$T/out" >"$T/text.out" 2>"$T/text.err"
	textbook_python '
import sys
import servers
lines = open(sys.argv[1]).read().splitlines()
assert len(servers.ROWS) == 12
for row in servers.ROWS:
    found = [line.removeprefix(row.title).split()[0] for line in lines
             if line.startswith(row.title + " ")]
    assert row.model in found, f"{row.title}: {found}"' "$T/text.out"
	# The same table is on the page.
	(($(grep -c '^| ' "$T/out/textbook.md") == 13))
}

@test "CPU time by the kernel's account and by iophase agree, row by row" {
	textbook_python '
import os
import measure
import servers
bad = []
def taken_ns():
    # What hypervisor and interrupts took from the CPUs: the kernel leaves it out where it can.
    ticks = [int(word) for word in open("/proc/stat").readline().split()[1:]]
    return sum(ticks[5:8]) * 1e9 / os.sysconf("SC_CLK_TCK")
for row in servers.ROWS:
    taken = taken_ns()
    run = measure.run(row.server, measure.Load(connections=4, requests=1500))
    taken = taken_ns() - taken
    print(row.name, run.cpu_ns, run.iophase_cpu_ns, run.switches, taken)
    if run.requests != 6000 or run.reads < 6000 or run.lost:
        bad.append(f"{row.name}: {run.requests} requests, {run.reads} reads, {run.lost}")
    if not 0.75 * run.cpu_ns <= run.iophase_cpu_ns <= 1.25 * run.cpu_ns + taken + 60e3 * run.switches:
        bad.append(f"{row.name}: by iophase {run.iophase_cpu_ns}, by the kernel {run.cpu_ns}")
    if run.cpu_ns < 5e6:
        bad.append(f"{row.name}: {run.cpu_ns} ns of CPU are too few to tell")
assert not bad, bad'
}

@test "the figure is one whole SVG file that loads nothing, with a column for each server" {
	"$TEXTBOOK" --quick --only figure --output "$T/out" >"$T/text.out" 2>"$T/text.err"
	textbook_python '
import re
import sys
import xml.etree.ElementTree as ET
import servers
text = open(sys.argv[1], encoding="utf-8").read()
root = ET.fromstring(text)
svg = "{http://www.w3.org/2000/svg}"
assert root.tag == svg + "svg", root.tag
assert re.findall(r"https?://[^\"\s]+", text) == ["http://www.w3.org/2000/svg"]
for element in root.iter():
    assert element.tag.removeprefix(svg) not in ("script", "style", "image", "use", "foreignObject")
    for name, value in element.attrib.items():
        assert "href" not in name and not re.search(r"url\((?!#)", value), (name, value)
words = [element.text for element in root.iter(svg + "text")]
missing = [row.title for row in servers.ROWS if row.title not in words]
assert not missing, missing' "$T/out/textbook.svg"
	(($(wc -L <"$T/text.out") <= 120))
}

@test "phases are what the models are known for" {
	# Directions only: who sleeps where, who burns CPU.
	textbook_python '
import measure
import servers
import turn
lanes = {}
for row in servers.ROWS:
    if row.name in ("blocking", "nonblocking", "poll", "epoll-et", "signal", "posix-aio"):
        run = measure.run(row.server, servers.figure_load(True), per_thread=True,
                          options=("-i", "200ms"))
        lanes[row.name] = turn.turn(run).lanes
def longest(lane):
    # A busy machine makes all of them wait for a CPU.
    return max((s for s in lane.phase1 if s.kind != turn.RUNQ), key=lambda s: s.ns)
def check(name, kind, calls=""):
    segment = longest(lanes[name][0])
    assert (segment.kind, segment.calls) == (kind, calls), (name, segment)
check("blocking", turn.BLOCKED, "recvfrom")
check("poll", turn.BLOCKED, "poll")
check("epoll-et", turn.BLOCKED, "epoll_wait")
check("signal", turn.FREE)
check("posix-aio", turn.FREE)
assert longest(lanes["nonblocking"][0]).kind == turn.POLLING
assert lanes["nonblocking"][0].cpu_ns > lanes["blocking"][0].cpu_ns
asks, helper = lanes["posix-aio"]
assert helper.helper and longest(helper).calls == "read", helper
assert helper.phase2_ns > 0 and asks.phase2_ns == 0, (asks, helper)
for name, found in lanes.items():
    assert all(la.phase2_ns < 0.5 * la.phase1_ns for la in found), (name, found)'
}

@test "a server that is not built is named, and costs the exit status" {
	mkdir -p "$T/build/tests"
	ln -s "$IOPHASE" "$T/build/iophase"
	for program in "$SERVERS"/server_* "$SERVERS/load"; do
		[[ ! -x $program || $program == */server_poll ]] || ln -s "$program" "$T/build/tests/"
	done
	code=0
	BUILD=$T/build "$TEXTBOOK" --quick --only servers --output "$T/out" >"$T/text.out" \
		2>"$T/text.err" || code=$?
	((code == 1))
	grep -q 'FAILED: poll: server_poll is not built' "$T/text.err"
	grep -qE '^poll +not built' "$T/text.out"
	grep -qE '^select +select' "$T/text.out"
}

@test "bad usage" {
	code=0
	"$TEXTBOOK" --docs --quick 2>"$T/err" || code=$?
	((code == 2))
	code=0
	"$TEXTBOOK" --only nothing 2>"$T/err" || code=$?
	((code == 2))
}
