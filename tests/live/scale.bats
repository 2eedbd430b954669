#!/usr/bin/env bats
# scale.bats - processes, threads, births and connections by the thousand: all known, all counted.
#
# What goes in: iophase, the workloads, root. What comes out: counts that are equal to the workload's
# own, on a machine of any speed. The full numbers are measured by `make bench SCALE=1`; births beside
# idle threads, steps and bursts of threads are in threads.bats, the dead that are summed in many.bats.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

@test "1,000 processes at once: each is known, each call counted" {
	start_gated_server server_fork --connections 1000
	BRIEF=1 attach -f -p "$target" -o "csv-processes:$T/processes" -o "csv-exchanges:$T/exchanges"
	open_gate
	client --connections 1000 --requests 3
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
	csvsum check "$T/csv" call=recvfrom -- 'ok == 3000' 'eof == 1000' 'len(pid) == 1000'
	same "processes" "$(($(wc -l <"$T/processes") - 1))" 1001
	! has_exchanges || same "exchanges" "$(exchange exchanges)" 3000
	grep -q '^Lost nothing' "$T/report"
}

# Whether the latest workload has so many threads.
has_threads() {
	grep -q "^Threads:\s*$1$" "/proc/$target/status"
}

@test "4,000 threads: a row of each, and each has the whole time" {
	start_gated churn --idle 4000 --count 1
	wait_for 60 has_threads 4001
	attach -t -i 1 -p "$target"
	grep -q 'armed: 4001 threads' "$T/err"
	wait_for 60 grep -q '^[^t]' "$T/csv"
	finish INT
	# Nobody was born yet: all of them, in each interval but the one that the signal ended.
	csvsum books "$T/csv" --but-last
	csvsum check "$T/csv" call=read -- 'len(tid) == 4000' 'calls == 0' 'inflight == 4000 * intervals'
	csvsum check "$T/csv" call=app -- 'len(tid) == 4001'
	grep -q '^Lost nothing' "$T/report"
	stop_target
}

# The numbers behind these words in the report's lines "Lost", added up: lost WORD[|WORD]...
lost() {
	sed -En "s/^Lost ($1): ([0-9,]+) .*/\2/p" "$T/report" | tr -d , | awk '{ s += $1 } END { print s + 0 }'
}

@test "2,000 processes and 1,000 threads as fast as can be: each call is counted, or lost by name" {
	local calls missed known

	start_gated churn --count 3000 --fork-after 1000
	BRIEF=1 attach -f -p "$target" -o "csv-processes:$T/processes"
	open_gate
	reap_target
	finish
	# Where iophase gets no CPU meanwhile, some are born before there is room for them: of these the calls
	# are lost, or, two of each, the threads.
	calls=$(awk -F, 'NR > 1 && $7 != "app" { sum += $9 } END { print sum + 0 }' "$T/csv")
	missed=$(($(lost calls) + 2 * $(lost 'threads|claims')))
	same "calls, and those that were lost" $((calls + missed)) 6000
	((missed > 0)) || csvsum same "$T/csv" "$T/tally.csv"
	known=$(awk -F, 'NR > 1 { print $3 }' "$T/processes" | sort -u | wc -l)
	((known <= 2001 && known >= 2001 - $(lost 'threads|claims')))
	csvsum shape "$T/csv"
}

@test "as many connections in one epoll set as there are descriptors: all known, each exchange counted" {
	local most

	most=$(($(ulimit -Hn) - 200))
	((most <= 15000)) || most=15000
	start_gated_server server_epoll --connections "$most"
	attach -p "$target" -o "csv-exchanges:$T/exchanges"
	open_gate
	client --connections "$most" --requests 2 --seconds 120
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
	csvsum check "$T/csv" call=recvfrom -- "ok == 2 * $most" "eof == $most"
	# An interrupt that brings connections in while a program of ours runs on that CPU: the kernel
	# skips it for them, and iophase says so. All that is counted is counted all the same.
	refute grep -E '^Lost ' <(grep -vE '^Lost (nothing|missed)' "$T/report")
	has_exchanges || return 0
	same "connections" "$(exchange connections)" "$most"
	same "exchanges" "$(exchange exchanges)" $((2 * most))
}
