#!/usr/bin/env bats
# backlog.bats - connections that wait to be accepted, and those for which there was no room: what the
# records and the finding say is what the kernel counts in a network that nobody else uses.
#
# What goes in: backlog.py. Needs root, BTF and Linux 6.3.

load helpers
load servers

setup() {
	live_setup
	need_exchanges
}

teardown() {
	live_teardown
}

# Fills the queue of a socket that listens since before the attach, or after it.
fill_queue() {
	start backlog python3 -B "$HERE/backlog.py" "$1" "$T/gate" "$T/done" "$T/end"
	wait_for 20 test -s "$T/gate.ready" || skip "there is no network of its own here"
	attach -p "$target" -o "csv-processes:$T/processes"
	open_gate
	wait_file "$T/done"
	finish INT
	: >"$T/end"
}

# Asserts that the record says what the kernel said, of which so many still wait at the end.
check_records() {
	local said

	said=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ printf "room=%d most=%d waiting=%d dropped=%d\n", $at["backlog_room"], $at["backlog_most"],
			$at["backlog_waiting"], $at["backlog_dropped"] }' "$T/processes")
	echo "record: $said; kernel: $(<"$T/backlog.out")"
	[[ $said == "$(sed "s/waiting=[0-9]*/waiting=$1/" "$T/backlog.out")" ]]
	[[ $said == "room=5 most=5 "* ]]
}

@test "backlog: a queue that overflows, of a socket from before the attach" {
	fill_queue before
	check_records 3
	grep -q ',backlog-overflows,problem,' "$T/findings"
	grep -q '^Backlog     3 connections wait to be accepted, at most 5 where there is room for 5' "$T/report"
	grep -Eq ' [0-9]+ packets of handshakes dropped$' "$T/report"
}

@test "backlog: the same of one that listens later, and is closed in the end" {
	fill_queue after
	check_records 0
	grep -q ',backlog-overflows,problem,' "$T/findings"
}

@test "backlog: a full queue that overflows not, of deferred accepts" {
	fill_queue deferred
	check_records 3
	refute grep -q ',backlog-overflows,' "$T/findings"
}
