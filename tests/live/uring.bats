#!/usr/bin/env bats
# uring.bats - io_uring: every way in which requests are submitted, waited for and completed.
# Exact counts of calls and requests, the model, times from submission to completion, requests in
# flight, copies and books.
#
# What goes in: server_io_uring. Needs root, BTF, and io_uring allowed
# (/proc/sys/kernel/io_uring_disabled).

load helpers
load servers

setup() {
	local disabled=/proc/sys/kernel/io_uring_disabled

	live_setup
	[[ ! -e $disabled || $(<"$disabled") != 2 ]] || skip "io_uring is disabled on this machine"
}

teardown() {
	live_teardown
}

# uring HOOKS [OPTION...]: exact from the start, and recognised in the middle of a load.
uring() {
	local hooks=$1

	shift
	start_gated_server server_io_uring --connections 8 "$@"
	attach -p "$target" --hooks "$hooks"
	open_gate
	client --connections 8 --requests 40
	reap_target
	finish
	is_called io_uring
	csvsum shape "$T/csv"
	csvsum same "$T/csv" "$T/tally.csv"
	grep -q '^Lost nothing' "$T/report"
	same "shape" "$(csvsum values "$T/csv" shape)" event-loop

	start_server server_io_uring "$@"
	endless_load
	attach -p "$target" --hooks "$hooks" -d 500ms
	finish
	is_called io_uring
	csvsum shape "$T/csv"
	(($(sum ok uring_read) + $(sum ok recvfrom) > 20))
}

@test "io_uring: recv" {
	uring syscalls --how recv
}

@test "io_uring: recv, raw hooks" {
	uring raw --how recv
}

@test "io_uring: read" {
	uring syscalls --how read
}

@test "io_uring: readv" {
	uring syscalls --how readv
}

@test "io_uring: recvmsg" {
	uring syscalls --how recvmsg
}

@test "io_uring: multishot accept and recv" {
	uring syscalls --multishot
}

@test "io_uring: multishot accept and recv, raw hooks" {
	uring raw --multishot
}

@test "io_uring: poll, once" {
	uring syscalls --poll oneshot
}

@test "io_uring: poll, multishot" {
	uring syscalls --poll multi
}

@test "io_uring: requests that the kernel's own thread submits" {
	uring syscalls --sqpoll
	# Its thread was there before us.
	csvsum check "$T/csv" call=iou-worker -- 'rows == 1' 'wall > 0' 'calls == 0' 'inflight == 0'
}

@test "io_uring: busy polling of the ring" {
	uring syscalls --busy
	csvsum check "$T/csv" call=io_uring_enter -- 'wait_ns < wall / 10'
}

@test "io_uring: deferred task work" {
	uring syscalls --defer
}

@test "io_uring: io-wq workers" {
	uring syscalls --iowq
	csvsum check "$T/csv" call=iou-worker -- 'rows == 1' 'wait_ns > 0' 'calls == 0'
}

@test "io_uring: io-wq workers, raw hooks" {
	uring raw --iowq
}

@test "io_uring: linked timeouts" {
	uring syscalls --linked-timeout 2000
}

# Nobody sends: one accept and the reads of two connections are in flight.
@test "io_uring: requests in flight" {
	start_gated_server server_io_uring
	attach -t -p "$target"
	open_gate
	exec 6<>"/dev/tcp/127.0.0.1/$port" 7<>"/dev/tcp/127.0.0.1/$port"
	wait_for 60 has_sockets "$target" 3
	sleep 0.2
	finish INT
	exec 6>&- 7>&-
	same "reads in flight" "$(sum inflight uring_read)" 2
	same "accepts in flight" "$(sum inflight uring_accept)" 1
	same "calls in flight" "$(sum inflight io_uring_enter)" 1
	same "model" "$(models_of "$target" "$target")" io_uring
	grep -q '3 requests were in flight when it ended' "$T/report"
}

@test "io_uring: a server that waits since before the attach" {
	start_server server_io_uring
	sleep 0.2
	attach -p "$target" -d 300ms
	finish
	same "model" "$(models_of "$target")" io_uring
	grep -q 'io_uring (by time: 100.0 % in io_uring_enter)' "$T/report"
	csvsum check "$T/csv" call=io_uring_enter -- 'wait_ns > 0.99 * wall' 'inflight == 1'
}

# The client sends every 20 ms: a read is submitted right after the one before, and takes as long.
latencies() {
	start_gated_server server_io_uring --connections 1 "$@"
	attach -p "$target"
	open_gate
	client --connections 1 --requests 20 --pause-us 20000
	reap_target
	finish
	csvsum check "$T/csv" call=uring_read -- 'calls == 21' \
		'20_000_000 <= latency_p50_ns' 'latency_p50_ns <= latency_max_ns' \
		'latency_p50_ns < 60_000_000'
	csvsum check "$T/csv" call=uring_write -- 'latency_p50_ns < 10_000_000'
	# The thread waited for these completions, and for nothing else.
	csvsum check "$T/csv" call=io_uring_enter -- 'wait_ns > 19 * 20_000_000'
}

@test "io_uring: from submission to completion" {
	latencies
}

@test "io_uring: from submission to completion, multishot" {
	latencies --multishot
}

# Task work copies wherever the thread returns to its program, and the program then computes.
@test "io_uring: a copy ends with its request" {
	start_gated_server server_io_uring --connections 2 --busy --compute-us 300
	attach -p "$target"
	open_gate
	client --connections 2 --requests 100 --pause-us 1000
	reap_target
	finish
	csvsum check "$T/csv" -- '0 < copy_ns' 'copy_ns < 200 * 100_000'
	csvsum check "$T/csv" call=app -- 'cpu_ns > 200 * 250_000'
}

# What is copied for a request is the copy of whoever does it.
@test "io_uring: copies" {
	local options

	for options in "" --iowq --sqpoll; do
		start_gated_server server_io_uring --connections 2 --size 65536 $options
		attach -p "$target"
		open_gate
		client --connections 2 --requests 200 --size 65536
		reap_target
		finish
		csvsum check "$T/csv" -- 'copy_ns > 0'
		[[ -z $options ]] || csvsum check "$T/csv" call=iou-worker -- 'copy_ns > 0'
		csvsum check "$T/csv" call=app -- 'copy_ns <= cpu_ns + 1_000_000'
	done
}

@test "io_uring: the books balance" {
	local options

	for options in --sqpoll --iowq --defer; do
		start_gated_server server_io_uring $options
		attach -t -i 250ms -p "$target"
		open_gate
		start_client --connections 4 --until-deadline --seconds 1 --pause-us 300
		reap "$client_pid"
		finish INT
		csvsum books "$T/csv" tid="$target"
		csvsum shape "$T/csv"
	done
}

# Every way in which a request ends, twice. Two reads have one number: of one, the time is not known.
# One read is ended by a kernel thread, since the thread that submitted it is gone.
exact_requests() {
	start_gated uring_exact --rounds 2
	attach --hooks "$1" -p "$target"
	open_gate
	reap_target
	finish
	csvsum shape "$T/csv"
	csvsum same "$T/csv" "$T/tally.csv" uring_read:interrupted=-2
	grep -q '^Lost samples: 2 ' "$T/report"
	grep -q '^Lost requests: 2 ' "$T/report"
	same "in flight" "$(sum inflight '.*')" 0
}

@test "io_uring: every end of a request" {
	exact_requests syscalls
}

@test "io_uring: every end of a request, raw hooks" {
	exact_requests raw
}

# Requests to read that are no plain ones: as calls of the same kind would count.
@test "io_uring: peeks, empty datagrams and wake-ups" {
	start_gated uring_reads --count 20
	attach -p "$target"
	open_gate
	reap_target
	finish
	csvsum shape "$T/csv"
	csvsum same "$T/csv" "$T/tally.csv"
	csvsum check "$T/csv" call=uring_read -- 'peeks == 20' 'eof == 0' 'calls == 120'
	# By an eventfd, by a pipe and by a pair of sockets.
	grep -q '^60 wake-ups read from its own' "$T/report"
	headline "$target" | grep -q 'io_uring (100.0 % of 40 reads)'
	grep -q '^Lost nothing' "$T/report"
}

@test "io_uring: a ring that is closed has nothing in flight" {
	start_gated uring_exact --close
	attach -p "$target"
	open_gate
	wait_for 60 closed_ring "$target"
	sleep 0.3
	finish INT
	stop_target
	same "in flight" "$(sum inflight uring_read)" 0
	csvsum check "$T/csv" call=uring_read -- 'calls > 5'
}

# Whether a process has no ring any more.
closed_ring() {
	[[ -z $(find "/proc/$1/fd" -lname '*io_uring*') ]]
}
