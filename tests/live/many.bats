#!/usr/bin/env bats
# many.bats - thousands of threads, dead and alive, and of descriptors.
#
# What goes in: iophase, the workloads, root. What comes out: asserted counts; what it cost iophase is
# counted in system calls, not in time, which is another one on each machine.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

@test "-t: more threads have ended than are kept one by one" {
	start_gated churn --count 4500 --total "$T/total"
	attach -t -p "$target"
	open_gate
	reap_target
	finish
	# Nothing is missing in the sum, not of the process and not of its first thread.
	csvsum same "$T/csv" "$T/tally.csv"
	csvsum check "$T/csv" call=recvfrom -- 'ok == 4500' '3072 <= len(tid) <= 4097' "'' in tid"
	csvsum check "$T/csv" tid="$target" -- 'rows > 0'
	grep -q '^Threads that ended and are summed' "$T/report"
	grep -q '^Lost nothing' "$T/report"
}
