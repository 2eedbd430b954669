#!/usr/bin/env bats
# exact.bats - what iophase counts is what the workload itself says it did, nothing more and nothing
# less: calls, each outcome, bytes. strace is the second witness.
#
# What goes in: iophase, the workloads, root. What comes out: equal tables, or the differences.
# Each workload waits at its gate until iophase is armed, so no call is outside the trace.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# Every call with every outcome, by ROUNDS and THREADS, through one kind of hooks.
check_exact() {
	start_gated exact --rounds "$2" --threads "$3"
	attach --hooks "$1" -p "$target"
	open_gate
	reap_target
	finish
	csvsum shape "$T/csv"
	csvsum same "$T/csv" "$T/tally.csv"
	grep -q '^Lost nothing' "$T/report"
}

@test "exact: every call and outcome, one thread" {
	check_exact syscalls 3 1
}

@test "exact: every call and outcome, one thread, raw hooks" {
	check_exact raw 3 1
}

@test "exact: every call and outcome, four threads" {
	check_exact syscalls 3 4
}

@test "exact: every call and outcome, four threads, raw hooks" {
	check_exact raw 3 4
}

@test "exact: strace, tracing at the same time, counts the same" {
	local strace

	command -v strace || skip "strace is not installed"
	start exact strace -f -yy -e trace=all -o "$T/log" "$SERVERS/exact" --gate "$T/gate" \
		--tally "$T/tally.csv" --rounds 1 --threads 2
	strace=$target
	# By its name: strace first tries things out on a child that ends at once.
	wait_for 60 pgrep -x -P "$strace" exact >"$T/child"
	target=$(<"$T/child")
	wait_for 60 runs "$target" "$SERVERS/exact"
	attach -p "$target"
	open_gate
	reap "$strace" 60
	[[ $code == 0 ]]
	finish
	python3 -B "$HERE/../servers/strace_tally.py" "$T/log" >"$T/strace.csv"
	csvsum same "$T/csv" "$T/strace.csv"
	csvsum same "$T/csv" "$T/tally.csv"
}

# 50 connections on an edge-triggered server, reported by intervals: per process by one iophase, per
# thread by a second. The sums over all intervals are the tally, in both.
check_intervals() {
	local first

	start_gated_server server_epoll --et --workers 2 --connections 50
	AS=process- attach --hooks "$1" -i 0.2 -p "$target"
	first=$tracer
	AS=thread- attach --hooks "$1" -i 0.2 -t -p "$target"
	open_gate
	client --connections 50 --requests 100 --size 300 --pause-us 5000
	reap_target
	finish
	reap "$first"
	[[ $code == 0 ]]
	csvsum shape "$T/process-csv"
	csvsum shape "$T/thread-csv"
	csvsum check "$T/process-csv" call=recvfrom -- 'intervals >= 3' 'tid == [""]'
	csvsum check "$T/thread-csv" call=recvfrom -- 'intervals >= 3'
	csvsum check "$T/thread-csv" class=mux -- 'len(tid) == 2'
	csvsum same "$T/process-csv" "$T/tally.csv"
	csvsum same "$T/thread-csv" "$T/tally.csv"
}

@test "exact: an epoll server's 5,000 requests, summed over intervals and threads" {
	check_intervals syscalls
}

@test "exact: the same through raw hooks" {
	check_intervals raw
}

@test "exact: a thread per connection, 2 MB messages, partial reads and writes" {
	start_gated_server server_threads --connections 10
	attach -t -i 0.2 -p "$target"
	open_gate
	client --connections 10 --requests 2 --size 2000000
	reap_target
	finish
	csvsum shape "$T/csv"
	csvsum same "$T/csv" "$T/tally.csv"
}

@test "exact: the report's table has the counts too" {
	start_gated rhythm --count 7 --period-ms 5
	attach -p "$target"
	open_gate
	reap_target
	finish
	# Columns: name, ... the number of calls that ended ok.
	grep -Eq '^ +recvfrom .* 7 ' "$T/report"
	grep -Eq '^ +sendto .* 7 ' "$T/report"
}
