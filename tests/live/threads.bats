#!/usr/bin/env bats
# threads.bats - thousands of threads that wait, and others that are born and die beside them.
#
# What goes in: iophase, the workloads, root. What comes out: asserted counts and losses. What is
# added up over all threads for each of them takes minutes here, and attach() waits for 20 s.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# Whether the latest workload has so many threads.
has_threads() {
	[[ $(find "/proc/$target/task" -mindepth 1 -maxdepth 1 | wc -l) -ge $1 ]]
}

@test "births beside 6,000 idle threads: all counted, nothing lost" {
	start_gated churn --idle 6000 --count 2000 --total "$T/total"
	wait_for 20 has_threads 6001
	attach -i 1 -p "$target"
	grep -q 'armed: 6001 threads' "$T/err"
	open_gate
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv" read:interrupted=6000
	grep -q "^Lost nothing" "$T/report"
	[[ $(<"$T/total") == 2000 ]]
}
