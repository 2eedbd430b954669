#!/usr/bin/env bats
# looks.bats - what a person sees while iophase goes on: a line on a terminal, reports by SIGUSR1.
#
# What goes in: iophase, a server, a terminal, root. What comes out: asserted text and counts.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

@test "a line on a terminal says how far it is; SIGUSR1 shows the time so far; pipes see no line" {
	timeout 120 python3 -B "$HERE/looks.py" "$IOPHASE"
}

@test "SIGUSR1 leaves the outputs and their intervals as they are" {
	start_gated churn --count 5 --total "$T/total"
	attach -i 1 -p "$target"
	kill -USR1 "$tracer"
	wait_for 60 grep -q '^Lost nothing' "$T/err"
	open_gate
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
}
