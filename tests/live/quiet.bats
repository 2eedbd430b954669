#!/usr/bin/env bats
# quiet.bats - the model of who reads nothing: of the busy who get no data, and of those who are
# silent in this interval and were not before. In every interval, of every run.
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

# Starts a workload that spins in a way. Sets target.
start_spin() {
	start_server spins "$1"
}

# The different models of a process from the interval on in which a first call of it ended, or in
# which it slept in one: on a busy machine it may get no CPU before that.
models_since_a_call() {
	awk -F, -v pid="$1" '
		$3 != pid { next }
		$7 != "app" && ($9 || $18) { seen = 1 }
		seen && !had[$6]++ { print $6 }' "$T/csv"
}

# The report and the CSV call a process so, in all intervals: always PID MODEL WORDS.
always() {
	same "model of pid $1" "$(models_since_a_call "$1")" "$2"
	grep -A 1 -F "(pid $1)" "$T/report" | tail -n 2 | grep -qF "$3"
}

# Whether something was seen of each of these processes.
all_seen() {
	local pid

	for pid; do
		[[ $(models_since_a_call "$pid") ]] || return 1
	done
}

# Attaches to processes that spin until something was seen of each, and for two more intervals: on a
# busy machine they may get no CPU for a while. attach_spinning HOOKS PID...
attach_spinning() {
	local hooks=$1

	shift
	attach -p "$(IFS=, && echo "$*")" --hooks "$hooks" -i 40ms
	wait_for 60 all_seen "$@"
	intervals_go_by 2
	finish INT
}

# busy HOOKS: all that spin, attached to three times, in short intervals.
busy() {
	local run hungup again limit timer

	start_spin hungup && hungup=$target
	start_spin again && again=$target
	start_spin limit && limit=$target
	start_spin timer && timer=$target
	for run in 1 2 3; do
		attach_spinning "$1" "$hungup" "$again" "$limit" "$timer"
		always "$hungup" epoll-lt 'epoll, level-triggered (by time: '
		always "$again" nonblocking 'non-blocking polling (by time: '
		always "$limit" epoll-lt 'epoll, level-triggered (by time: '
		# Reads of a timer have no vote; its connection is edge-triggered.
		always "$timer" epoll-et 'epoll, edge-triggered (by time: '
		grep -q '^Lost nothing' "$T/report"
	done
}

@test "busy with calls that bring nothing" {
	busy syscalls
}

@test "busy with calls that bring nothing, raw hooks" {
	busy raw
}

# writes HOOKS: who only writes is called by its writes.
writes() {
	local blocking dontwait mmsg

	start_spin send && blocking=$target
	start_spin dontwait && dontwait=$target
	start_spin mmsg && mmsg=$target
	attach_spinning "$1" "$blocking" "$dontwait" "$mmsg"
	always "$blocking" blocking 'blocking (100.0 % of '
	always "$dontwait" nonblocking 'non-blocking polling (100.0 % of '
	always "$mmsg" nonblocking 'non-blocking polling (100.0 % of '
	(($(grep -c ' writes)' "$T/report") >= 3))
	grep -q '^Lost nothing' "$T/report"
}

@test "only writes" {
	writes syscalls
}

@test "only writes, raw hooks" {
	writes raw
}

# Whether the CSV has at least so many intervals: has_intervals N.
has_intervals() {
	(($(cut -d, -f1 "$T/csv" | sort -u | wc -l) > $1))
}

# Waits for so many more intervals: intervals_go_by N.
intervals_go_by() {
	wait_for 60 has_intervals $(($(cut -d, -f1 "$T/csv" | sort -u | wc -l) - 1 + $1))
}

# Whether the target has read since the attach, in an interval that has been reported.
has_read() {
	(($(sum ok 'recvfrom') > 0))
}

# silent MODEL SERVER [OPTION...]: a server with connections, silent, then busy, then silent again
# until they are closed, and after that; its model is the same in every interval.
silent() {
	local model=$1

	shift
	start_server "$@"
	endless_load
	kill -STOP "$client_pid"
	attach -p "$target" -i 50ms
	intervals_go_by 2
	kill -CONT "$client_pid"
	wait_for 60 has_read
	kill -STOP "$client_pid"
	intervals_go_by 3
	kill -CONT "$client_pid"
	stop_child "$client_pid"
	intervals_go_by 2
	finish INT
	same model "$(models_of "$target")" "$model"
	grep -qF "$(words_of "$model") (none in this interval; before: " "$T/report"
	stop_target
}

@test "silent, busy, silent: the model stays" {
	silent epoll-et server_epoll --et
	silent signal-driven server_signal --how handler
	silent blocking server_threads
}
