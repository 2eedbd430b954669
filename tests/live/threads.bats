#!/usr/bin/env bats
# threads.bats - thousands of threads that wait, and others that are born and die beside them.
#
# What goes in: iophase, the workloads, root. What comes out: asserted counts and losses. What is
# added up over all threads for each of them takes minutes here, and attach() waits for 20 s.
# Births wait for the room that the tracer says there is, so that no count depends on who is quicker.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# How many threads the latest tracer has lost.
lost_threads() {
	sed -n 's/^Lost \(threads\|claims\): \([0-9,]*\) .*/\2/p' "$T/report" | tr -d , |
		awk '{ s += $1 } END { print s + 0 }'
}

# How many threads the target had, by its csv-processes.
threads_ever() {
	python3 -c 'import csv, sys
print(next(csv.DictReader(open(sys.argv[1])))["threads_ever"])' "$T/processes"
}

# Whether the latest workload has so many threads.
has_threads() {
	[[ $(find "/proc/$target/task" -mindepth 1 -maxdepth 1 | wc -l) -ge $1 ]]
}

@test "births beside 6,000 idle threads: all counted, nothing lost" {
	start_gated churn --idle 6000 --count 2000 --total "$T/total"
	wait_for 60 has_threads 6001
	attach -i 1 -p "$target"
	grep -q 'armed: 6001 threads' "$T/err"
	open_gate
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv" read:interrupted=6000
	grep -q "^Lost nothing" "$T/report"
	[[ $(<"$T/total") == 2000 ]]
}

# Whether the latest tracer has room for so many threads.
has_room() {
	(($(sed -En 's/^iophase: room for ([0-9]+) threads.*/\1/p' "$T/err" | tail -n 1) >= $1))
}

# Opens the gate and waits until the workload has closed it again.
pass_gate() {
	open_gate
	wait_for 60 test ! -e "$T/gate"
}

@test "more threads than there was room for: more is made while it runs, all counted, nothing lost" {
	local i

	start_gated churn --burst 700 --steps 5 --count 3 --total "$T/total"
	attach -t -p "$target"
	refute has_room 3000
	for i in 1 2 3 4; do
		wait_for 60 has_room $((700 * i + 4))
		pass_gate
	done
	wait_for 60 has_room 3504
	open_gate
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv" read:interrupted=3500
	csvsum check "$T/csv" -- 'len(tid) == 3504'
	grep -q "^Lost nothing" "$T/report"
}

@test "more threads than --max-threads: exactly the others are lost, and the option is named" {
	start_gated churn --burst 100 --count 5 --total "$T/total"
	attach -t --max-threads 60 -o "json:$T/json" -p "$target"
	open_gate
	reap_target
	finish
	csvsum check "$T/csv" -- 'len(tid) == 60'
	csvsum shape "$T/csv"
	# 1 that was there, 100 at once and 5 one after the other, less those 60.
	grep -q '^Lost threads: 46 (not traced: no books were free when they began)' "$T/report"
	grep -q 'threads-lost,warning,.*--max-threads.*lost_threads=46$' "$T/findings"
	grep -q '"threads":46' "$T/json"
}

@test "thousands of threads at once: each is traced, or lost by name" {
	local ever lost

	start_gated churn --burst 5000 --count 1 --total "$T/total"
	attach -p "$target" -o "csv-processes:$T/processes"
	open_gate
	reap_target
	finish
	lost=$(lost_threads)
	ever=$(threads_ever)
	echo "$ever threads, $lost lost"
	((ever + lost == 5002))
	csvsum shape "$T/csv"
}

@test "where books are few, those of threads that have ended are asked for at once" {
	start_gated churn --count 100 --total "$T/total"
	attach -v --max-threads 4 -p "$target"
	open_gate
	reap_target
	finish
	grep -q 'asked for the books of threads that have ended' "$T/err"
}

@test "thousands of threads one after the other share a few books; who finds none is counted" {
	# How many find none depends on how soon iophase gets a CPU; none is lost without being counted.
	start_gated churn --count 3000 --total "$T/total"
	attach -t --max-threads 40 -p "$target" -o "csv-processes:$T/processes"
	open_gate
	reap_target
	finish
	lost=$(lost_threads)
	echo "$(threads_ever) threads, $lost lost"
	(($(threads_ever) + lost == 3001))
	csvsum shape "$T/csv"
}

# Lets iophase open one file more than it has open.
allow_one_file() {
	local most

	most=$(python3 -c 'import os, sys
taken = {int(fd) for fd in os.listdir(f"/proc/{sys.argv[1]}/fd")}
print([fd for fd in range(4096) if fd not in taken][1])' "$tracer")
	prlimit --pid "$tracer" --nofile="$most:"
}

@test "threads that cannot be looked at, as no more files can be opened, are lost by name" {
	attach -w --exe "$SERVERS/churn" -o "json:$T/json"
	allow_one_file
	start_gated churn --count 1
	wait_for 60 grep -q "pid $target: cannot look at all its threads: Too many open files" "$T/err"
	prlimit --pid "$tracer" --nofile=1024:
	open_gate
	reap_target
	kill -INT "$tracer"
	reap "$tracer"
	[[ $code == 1 ]] # nobody else was asked for
	grep -q '^Lost claims: 1 (threads not traced: they could not be registered)' "$T/report"
	grep -q '"claims":1' "$T/json"
}
