#!/usr/bin/env bats
# time.bats - the times that iophase measures are those that were arranged, or that the kernel's
# own accounts tell.
#
# What goes in: iophase, the workloads, root. What comes out: asserted bounds. The upper ones leave
# room for a machine that others use as well; the lower ones do not.

# A host that is busy with others disturbs a measurement of time now and then; a program that
# measures wrongly does so each time.
BATS_TEST_RETRIES=2

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# A byte each 50 ms: the reader sleeps 50 ms in recvfrom less what it takes to come back to it.
check_rhythm() {
	start_gated rhythm --count 30 --period-ms 50
	# The rhythm is to be that of the clock, whatever else the machine has to do.
	renice -n -19 -p "$target"
	attach --hooks "$1" -t -p "$target"
	open_gate
	reap_target
	finish
	# A percentile may be one bucket, 1/16, above; 48 ms is one below.
	csvsum check "$T/csv" comm=rhythm-reader call=recvfrom -- \
		'ok == 30' 'eof == 1' '48e6 <= wait_p50_ns <= 58e6' '48e6 <= wait_p90_ns <= 62e6' \
		'wait_p99_ns <= wait_max_ns * 17 / 16' 'wait_ns >= 30 * 49e6' 'wait_ns <= 30 * 58e6' \
		'cpu_ns + copy_ns < 0.02 * wait_ns'
	csvsum check "$T/csv" comm=rhythm call=sendto -- 'ok == 30' 'wait_p50_ns == 0'
	# The writer sleeps too, but in no I/O call.
	csvsum check "$T/csv" comm=rhythm call=app -- 'wait_ns >= 30 * 48e6'
}

@test "time: a rhythm of 50 ms is found in wait" {
	check_rhythm syscalls
}

@test "time: a rhythm of 50 ms is found in wait, raw hooks" {
	check_rhythm raw
}

@test "time: CPU hogs' time on CPU is that of getrusage, within 2 % and 5 ms" {
	local used

	start_gated burn --threads 3 --seconds 2 --cpu-file "$T/cpu" --switches-file "$T/switches"
	attach -p "$target"
	open_gate
	reap_target
	finish
	used=$(<"$T/cpu")
	((used > 500000))
	check_cpu "$((used * 1000))" "$(<"$T/switches")"
	csvsum check "$T/csv" call=app -- "cpu_ns >= 0.97 * $used * 1000" 'runq_ns > 0'
}

# A busy server's CPU time, in and outside of calls, is what its own CPU clock says.
check_server_cpu() {
	local before after out_before out_after

	start_gated_server server_epoll --compute-us 100
	attach --hooks "$1" -p "$target"
	before=$(cpu_ns "$target")
	out_before=$(switches "$target")
	open_gate
	client --connections 20 --requests 150 --size 4000
	finish INT
	after=$(cpu_ns "$target")
	out_after=$(switches "$target")
	((after - before > 300000000))
	check_cpu "$((after - before))" "$((out_after - out_before))"
	# 3,000 reads of 100 us of computing, which is no I/O.
	csvsum check "$T/csv" call=app -- 'cpu_ns >= 0.28e9'
	csvsum check "$T/csv" class=write -- 'cpu_ns > 0.003e9' 'copy_ns == 0'
}

@test "time: a busy server's time on CPU is that of its CPU clock" {
	check_server_cpu syscalls
}

@test "time: a busy server's time on CPU is that of its CPU clock, raw hooks" {
	check_server_cpu raw
}

@test "time: a server starved by CPU hogs on its CPU shows it in runq, not in wait" {
	local server hogs

	start_gated_server server_epoll --compute-us 2000
	server=$target
	taskset -p -c 0 "$server"
	start_workload burn --threads 3
	hogs=$target
	taskset -a -p -c 0 "$hogs"
	attach -i 1 -d 3 -p "$server"
	open_gate
	# Eight clients keep it busy: it never has to wait for one.
	target=$server
	start_client --connections 8 --until-deadline --seconds 6
	finish
	csvsum values "$T/csv" time >"$T/times"
	# The second interval is the server's steady state: a quarter of a CPU, the rest in the queue.
	csvsum check "$T/csv" "time=$(sed -n 2p "$T/times")" -- \
		'runq_ns >= 0.5 * wall' 'wait_ns <= 0.1 * wall' 'cpu_ns + copy_ns <= 0.45 * wall' \
		'abs(wall - interval_ns[0]) <= 0.005 * interval_ns[0]'
}

@test "time: what a thread that is woken up waits for a CPU is runq of its call, not wait" {
	local server

	start_gated_server server_epoll --compute-us 1000
	server=$target
	start_workload burn --threads 2
	taskset -a -p -c 0 "$target"
	taskset -p -c 0 "$server"
	# It gets a CPU late, not by a hog's grace, but each time.
	renice -n 19 -p "$server"
	attach -d 3s -p "$server"
	target=$server
	open_gate
	# One client with one request at a time: the server sleeps before each.
	start_client --connections 1 --until-deadline --seconds 4
	finish
	csvsum check "$T/csv" call=epoll_wait -- 'ok > 10' 'runq_ns > wait_ns' \
		'runq_ns > 0.02 * interval_ns[0]'
}

@test "time: reads of 1 MiB that is there already show copy" {
	start_gated bigread --count 40
	attach -p "$target"
	open_gate
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
	csvsum check "$T/csv" call=recvfrom -- \
		'bytes == 40 << 20' 'copy_ns >= 40 * 20e3' 'copy_ns >= 2 * cpu_ns' 'busy_p50_ns >= 20e3'
	csvsum check "$T/csv" call=sendto -- 'copy_ns == 0' 'cpu_ns > 0'
}

@test "time: without data nothing is copied" {
	start_gated_server server_epoll
	attach -d 500ms -p "$target"
	open_gate
	finish
	csvsum check "$T/csv" -- 'copy_ns == 0' 'wait_ns >= 0.9 * wall'
}

@test "time: polling for nothing is CPU in the calls, not wait" {
	start_gated_server server_nonblocking
	attach -d 1 -p "$target"
	open_gate
	finish
	# The CPU is shared: what it does not get is in runq.
	csvsum check "$T/csv" class=accept -- 'again > 1000' 'wait_ns == 0' 'cpu_ns > 0'
	csvsum check "$T/csv" -- 'wait_ns <= 0.1 * wall' 'cpu_ns + runq_ns >= 0.9 * wall'
}
