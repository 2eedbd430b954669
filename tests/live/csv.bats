#!/usr/bin/env bats
# csv.bats - the CSV is as the contract has it, is there while iophase runs, and goes through pipes.
#
# What goes in: iophase, the workloads, root. What comes out: asserted files.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# The number of complete lines of a file.
lines_of() {
	wc -l <"$1"
}

# Whether a file has at least so many lines.
has_lines() {
	(($(lines_of "$1") >= $2))
}

@test "csv: the header is the contract's, byte for byte" {
	local header="time,interval_ns,pid,tid,comm,model,call,class,calls,ok,eof,again,timeout"

	header+=",interrupted,error,bytes,inflight,wait_ns,runq_ns,cpu_ns,copy_ns,wait_p50_ns"
	header+=",wait_p90_ns,wait_p99_ns,wait_max_ns,busy_p50_ns,busy_p90_ns,busy_p99_ns"
	header+=",busy_max_ns,shape,signal_p50_ns,signal_p99_ns,latency_p50_ns,latency_p90_ns"
	header+=",latency_p99_ns,latency_max_ns,model_counts,peeks,errors,family,samples"
	start_server idle accept
	attach -d 100ms -p "$target"
	finish
	[[ $(head -1 "$T/csv") == "$header" ]]
}

@test "csv: rows per process, and per thread with -t" {
	start_server server_pool --threads 3 --connections 20
	AS=t- attach -t -i 0.2 -p "$target"
	attach -i 0.2 -p "$target"
	client --connections 20 --requests 50 --pause-us 5000
	reap_target
	finish
	csvsum shape "$T/csv"
	csvsum check "$T/csv" -- 'tid == [""]' "pid == [\"$target\"]" 'comm == ["server_pool"]' \
		'intervals >= 2' 'abs(sum(interval_ns) - 0.2e9 * intervals) < 0.25e9'
	wait_for 60 grep -q '^Lost' "$T/t-report"
	csvsum shape "$T/t-csv"
	csvsum check "$T/t-csv" -- '"" not in tid' 'len(tid) >= 3' "\"$target\" in tid"
}

@test "csv: time is the interval's end in UTC" {
	local before now

	start_server idle accept
	before=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
	attach -d 300ms -p "$target"
	finish
	now=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
	csvsum check "$T/csv" -- "'$before' < time[0] <= '$now'"
}

@test "csv: each interval's rows are there when it ends, whole" {
	local lines

	start_workload rhythm
	attach -i 0.2 -p "$target"
	wait_for 60 has_lines "$T/csv" 4
	lines=$(lines_of "$T/csv")
	refute has_ended "$tracer"
	csvsum shape "$T/csv"
	wait_for 60 has_lines "$T/csv" $((lines + 3))
	finish INT
	csvsum shape "$T/csv"
}

@test "csv: kill -9 loses at most the interval it was in" {
	start_workload rhythm
	attach -i 0.2 -p "$target"
	wait_for 60 has_lines "$T/csv" 10
	kill -KILL "$tracer"
	reap "$tracer"
	[[ $code == 137 ]]
	has_lines "$T/csv" 10
	[[ -z $(tail -c 1 "$T/csv") ]]
	csvsum shape "$T/csv"
	csvsum check "$T/csv" -- 'intervals >= 3'
}

@test "csv: --csv - is on stdout, alone" {
	start_server idle accept
	attach_only --csv - -i 0.1 -d 400ms -p "$target"
	finish
	csvsum shape "$T/report"
	csvsum check "$T/report" call=accept -- 'intervals >= 3'
}

@test "csv: to a file, with the text beside it; -q takes the text away" {
	start_server idle accept
	attach -d 100ms -p "$target"
	finish
	grep -q "^\"idle\" (pid $target) " "$T/report"
	csvsum shape "$T/csv"
	attach -q -d 100ms -p "$target"
	finish
	[[ ! -s $T/report ]]
	csvsum shape "$T/csv"
}

@test "csv: without -i one interval, which is the whole time" {
	start_workload rhythm
	attach -d 600ms -p "$target"
	finish
	csvsum check "$T/csv" -- 'intervals == 1' '0.59e9 <= interval_ns[0] <= 0.8e9'
	csvsum books "$T/csv" --threads 2
}

@test "csv: a pipe that its reader closes ends iophase quietly, with 0" {
	local started=${EPOCHREALTIME/./}

	start_workload rhythm
	bash -c '"$0" -i 0.1 -d 20 --csv - -p "$1" 2>"$2" | head -1 >"$3"
		echo "${PIPESTATUS[0]}" >"$4"' \
		"$IOPHASE" "$target" "$T/err" "$T/head" "$T/code" 3>&-
	[[ $(<"$T/code") == 0 ]]
	[[ ! -s $T/err ]]
	grep -q '^time,interval_ns,' "$T/head"
	((${EPOCHREALTIME/./} - started < 5000000))
}

@test "csv: the same for the text" {
	start_workload rhythm
	bash -c '"$0" -i 0.1 -d 20 -p "$1" 2>"$2" | head -1 >"$3"
		echo "${PIPESTATUS[0]}" >"$4"' \
		"$IOPHASE" "$target" "$T/err" "$T/head" "$T/code" 3>&-
	[[ $(<"$T/code") == 0 ]]
	[[ ! -s $T/err ]]
}

@test "csv: a full disk is an error that is said once, exit code 1" {
	start_workload rhythm
	code=0
	timeout 20 "$IOPHASE" -q -d 1 --csv /dev/full -p "$target" 2>"$T/err" 3>&- || code=$?
	[[ $code == 1 ]]
	[[ $(wc -l <"$T/err") == 1 ]]
	grep -q '^iophase: .*/dev/full.*No space left on device' "$T/err"
	code=0
	timeout 20 "$IOPHASE" -d 300ms -p "$target" >/dev/full 2>"$T/err" 3>&- || code=$?
	[[ $code == 1 ]]
	[[ $(wc -l <"$T/err") == 1 ]]
	grep -q '^iophase: .*No space left on device' "$T/err"
}
