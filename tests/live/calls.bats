#!/usr/bin/env bats
# calls.bats - calls that wait for something else than the data of a socket: a connection, or a
# message of a queue.
#
# What goes in: iophase, the workloads, root. What comes out: where their time is charged, how they
# end, and which model their reads have.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# Five connections that come after 40 ms each, and one that does not come within 40 ms.
check_connects() {
	start_gated connects --count 5 --wait-ms 40
	attach --hooks "$1" -p "$target"
	open_gate
	reap_target
	finish
	csvsum shape "$T/csv"
	csvsum check "$T/csv" call=connect class=connect -- 'ok >= 5'
	# The helper begins to count before the connect does.
	csvsum check "$T/csv" call=connect -- 'ok >= 5' 'timeout == 1' 'again == error == 0' \
		'wait_ns >= 40e6 + 5 * 20e6' 'wait_p90_ns >= 20e6' 'bytes == 0'
}

@test "connect: what a connection waits for is charged to connect" {
	check_connects syscalls
}

@test "connect: the same through raw hooks" {
	check_connects raw
}

# Ten calls of each kind that may not wait, and sleep 20 ms each for a page of memory.
check_aside() {
	start_gated aside --count 10 --pause-ms 20
	wait_for 60 at_gate_or_ended
	! has_ended "$target" || skip "there is no userfaultfd here"
	attach --hooks "$1" -p "$target"
	open_gate
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
	csvsum check "$T/csv" call=recvfrom -- 'ok == 10' 'wait_ns == 0' 'wait_max_ns == 0' \
		'model == ["nonblocking"]'
	csvsum check "$T/csv" call=sendto -- 'ok == 10' 'wait_ns == 0'
	csvsum check "$T/csv" call=app -- 'wait_ns >= 20 * 20e6'
}

# Whether both threads of the latest workload are there, of which the second starts at the gate.
at_gate_or_ended() {
	has_ended "$target" || (($(find "/proc/$target/task" -mindepth 1 -maxdepth 1 | wc -l) == 2))
}

@test "aside: a call that may not wait did not wait for data when it slept for memory" {
	check_aside syscalls
}

@test "aside: the same through raw hooks" {
	check_aside raw
}

# check_queues MODEL HOOKS [OPTION...]
check_queues() {
	[[ -e /proc/sysvipc/msg ]] || skip "this kernel has no System V queues"
	start_gated queues --count 20 "${@:3}"
	attach --hooks "$2" -p "$target"
	open_gate
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
	csvsum check "$T/csv" call=msgrcv -- 'ok == 20' 'bytes == 20 * 64' "model == [\"$1\"]"
}

@test "queues: who slept for a message reads by blocking" {
	check_queues blocking syscalls
	csvsum check "$T/csv" call=msgrcv -- 'wait_p50_ns >= 1e6'
}

@test "queues: no mux tells of messages, for their queue has no descriptor" {
	check_queues nonblocking syscalls --told
}

@test "queues: the same through raw hooks" {
	check_queues nonblocking raw --told
}
