#!/usr/bin/env bats
# family.bats - processes that belong together, threads that do nothing, lives shorter than the
# window, masters that leave I/O to their children, and the width of the report.
#
# What goes in: the workloads of tests/servers. Needs root and BTF.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

@test "family: a process per connection is one block, and a line for each" {
	start_gated_server server_fork --connections 40
	BRIEF=1 attach -f -p "$target"
	open_gate
	for ((i = 0; i < 40; i++)); do
		client --connections 1 --requests 5
	done
	reap_target
	finish
	# The first line is that of who was asked for, with the sum over all.
	grep -Fq "\"server_fork\" (pid $target) and 40 more processes" <(head -1 "$T/report")
	grep -Eq 'blocking \(100.0 % of 240 reads\)' <(head -2 "$T/report" | tr '\n' ' ')
	grep -Eq '^  shape: one process per connection, 40 seen' "$T/report"
	grep -q '^41 members of the family' "$T/report"
	same "blocks" "$(grep -c '^Where the time went' "$T/report")" 1
	same "lines" "$(grep -c '^  "server_fork" (pid [0-9]*) ' "$T/report")" 20
	same "its line is the first" "$(grep -m 1 '^  "server_fork"' "$T/report" | grep -c "(pid $target)")" 1
	grep -q '21 more, less active; the CSV has them all' "$T/report"
	(($(wc -l <"$T/report") < 60))
	# Each child lived for a part of the time.
	(($(grep -c ' lived .* exited ' "$T/report") >= 19))
	same "families" "$(csvsum values "$T/csv" family)" "$target"
	csvsum same "$T/csv" "$T/tally.csv"
}

@test "family: it stays that of who was asked for, also when that has ended" {
	# The shell makes a child that goes on without it.
	start shell bash -c 'python3 -B -c "
import os, time
open(\"$0\", \"w\").write(str(os.getpid()))
r, w = os.pipe()
end = time.monotonic() + 60
while time.monotonic() < end and not os.path.exists(\"$1\"):
    os.write(w, b\"x\")
    os.read(r, 1)
    time.sleep(0.01)" & sleep 0.05; while [[ ! -e $2 ]]; do sleep 0.05; done' "$T/child" "$T/stop" "$T/leave"
	wait_file "$T/child"
	BRIEF=1 attach -f -i 100ms -p "$target"
	: >"$T/leave"
	reap "$target"
	sleep 0.5
	: >"$T/stop"
	reap "$tracer"
	same "families" "$(csvsum values "$T/csv" family "pid=$(<"$T/child")")" "$target"
	grep -q "^pid $target, ended before, and its 1 process\|(pid $target)" "$T/report"
}

@test "family: blocks of members on demand" {
	start_gated_server server_fork --connections 2
	BRIEF=1 attach -f --members -p "$target"
	open_gate
	client --connections 2 --requests 5
	reap_target
	finish
	same "blocks" "$(grep -c '^Where the time went' "$T/report")" 4
}

@test "threads that do nothing are named and left out of the bars" {
	start threads python3 -B -c '
import os, sys, threading, time
never = threading.Event()
for i in range(4):
    threading.Thread(target=never.wait, daemon=True).start()
r, w = os.pipe()
open(sys.argv[1], "w").write("ready")
end = time.monotonic() + 60
while time.monotonic() < end and not os.path.exists(sys.argv[2]):
    os.write(w, b"x")
    os.read(r, 1)' "$T/ready" "$T/stop"
	wait_file "$T/ready"
	attach -p "$target" -d 500ms
	finish
	: >"$T/stop"
	grep -Eq '^  4 threads did nothing, left out here: ' "$T/report"
	# The one that works is seen: its time is all of what is shown.
	awk -F, -v shown="$(sed -nE 's/^Where the time went +([0-9.]+) m?s of .*/\1/p' "$T/report")" '
		NR == 2 { ms = shown < 100 ? shown * 1000 : shown
			  exit !(ms * 1000000 < 1.01 * $2 && ms * 1000000 > 0.99 * $2) }' "$T/csv"
	# The CSV has all five.
	csvsum books "$T/csv" --threads 5 pid="$target"
}

@test "a process without I/O whose child does it: -f is named" {
	start parent bash -c 'python3 -B -c "
import socket, sys
s = socket.socket()
s.bind((\"127.0.0.1\", 0))
s.listen()
open(sys.argv[1], \"w\").write(\"ready\")
s.settimeout(60)
s.accept()" "$0" & wait' "$T/ready"
	wait_file "$T/ready"
	attach -p "$target" -d 100ms
	finish
	grep -q '^No I/O calls of its own, but 1 descendant: -f traces it too.' "$T/report"
	kill -TERM "$(pgrep -P "$target")"
}

@test "the report is as wide as the terminal, from 80 to 100" {
	command -v script >/dev/null || skip "script is not installed"
	start_server server_epoll
	endless_load
	for columns in 60 80 90 120; do
		script -qec "stty cols $columns; '$IOPHASE' -d 200ms -p $target" /dev/null \
			</dev/null >"$T/terminal.out"
		python3 -B - "$T/terminal.out" "$columns" <<-'END'
			import re, sys
			text = open(sys.argv[1], encoding="utf-8", errors="replace").read()
			lines = re.sub(r"\x1b\[[0-9]*m", "", text).replace("\r", "").split("\n")
			assert any(line.startswith("Where the time went") for line in lines), text
			limit = min(100, max(80, int(sys.argv[2])))
			assert max(map(len, lines)) <= limit, (limit, max(lines, key=len))
		END
	done
}
