#!/usr/bin/env bats
# own.bats - what a process says to itself has no vote: wake-ups by a pipe, a pair of sockets, an
# eventfd or a timerfd; and a pipe through which it splices data is no peer, in neither direction.
#
# What goes in: iophase, tests/servers, own.py, root. What comes out: the model of the peers' reads.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# start_own MODE [OPTION of iophase...]: own.py, traced from its first read to its end.
start_own() {
	start own python3 -B "$HERE/own.py" "$T/gate" "$T/ready" "$1"
	wait_file "$T/ready"
	attach -o "csv-processes:$T/processes" "${@:2}" -p "$target"
	open_gate
	reap_target
	finish
	grep -q '^Lost nothing' "$T/report"
}

# The number of wake-ups that the record of the process has.
wakeups() {
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "wakeups") at = i; next }
		{ print $at }' "$T/processes"
}

check_wakes() {
	start_own wakes --hooks "$1"
	is_called epoll-et
	headline "$target" | grep -q '100.0 % of 20 reads'
	same wake-ups "$(wakeups)" 80
	grep -q '^80 wake-ups read from its own' "$T/report"
	# They stay in the table of calls.
	same reads "$(sum ok read)" 60
	same receives "$(sum ok recvfrom)" 40
}

@test "own: wake-ups are counted, and have no vote" {
	check_wakes syscalls
}

@test "own: the same through raw hooks" {
	check_wakes raw
}

@test "own: what a child writes into its parent's pair is a peer's" {
	start_own parent
	same wake-ups "$(wakeups)" 0
	headline "$target" | grep -q 'blocking (100.0 % of 20 reads)'
}

@test "own: without a read of a peer's data there is no vote" {
	start_own alone
	same wake-ups "$(wakeups)" 80
	refute grep -q ' reads)' "$T/report"
}

@test "own: a pair of its own is no connection" {
	start own python3 -B "$HERE/own.py" "$T/gate" "$T/ready" waits
	wait_file "$T/ready"
	attach -d 300ms -p "$target"
	finish
	same "model" "$(models_of "$target")" epoll-et
	open_gate
	reap_target
}

check_splice() {
	local n

	start_gated_server server_splice --connections 4 "${@:2}"
	attach --hooks "$1" -p "$target"
	open_gate
	client --connections 4 --requests 25 --size 3000
	reap_target
	finish
	csvsum shape "$T/csv"
	csvsum same "$T/csv" "$T/tally.csv"
	is_called epoll-et
	same "bytes in" "$(sum bytes splice)" $((4 * 25 * 3000))
	same "bytes out" "$(sum bytes splice_write)" $((4 * 25 * 3000))
	n=$(($(sum ok splice) + $(sum eof splice)))
	headline "$target" | grep -q "100.0 % of $n reads"
	grep -q '^Lost nothing' "$T/report"
}

@test "splice: into a pipe reads, out of it writes: an edge-triggered proxy" {
	check_splice syscalls
}

@test "splice: the same through raw hooks, with a tee" {
	check_splice raw --tee
	same "bytes of the copy" "$(sum bytes tee)" $((4 * 25 * 3000))
}
