#!/usr/bin/env bats
# time.bats - the times that iophase measures are those that were arranged, or that the workload
# itself or the kernel's own account tells of the same run.
#
# What goes in: iophase, the workloads, root. What comes out: asserted bounds. None depends on how
# fast the machine is or on what else it does: a lower one is what the kernel guarantees, an upper one
# what a second witness measured for the same calls.

load helpers
load account

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# A number that the latest workload has printed at its end: said NAME KEY.
said() {
	sed -n "s/.*\b$2=\([0-9]*\).*/\1/p" "$T/$1.out"
}

# A byte comes when the reader has been asleep in recvfrom for 50 ms, 30 times; then the end.
check_rhythm() {
	local least most calls longest

	start_gated rhythm --count 30 --period-ms 50
	attach --hooks "$1" -t -p "$target"
	open_gate
	reap_target
	finish
	least=$(said rhythm least_ns) most=$(said rhythm most_ns)
	calls=$(said rhythm calls_ns) longest=$(said rhythm longest_ns)
	# A percentile may be one bucket, 1/16, above.
	csvsum check "$T/csv" comm=rhythm-reader call=recvfrom -- \
		'ok == 30' 'eof == 1' "$least <= wait_ns <= $most" "wall <= $calls" \
		'50e6 <= wait_p50_ns' "50e6 <= wait_max_ns <= $longest" \
		'wait_p50_ns <= wait_p90_ns <= wait_p99_ns <= wait_max_ns * 17 / 16' "$least >= 30 * 50e6"
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

@test "time: CPU hogs' time on CPU and in the run queue is the kernel's account" {
	local ran queued

	needs_account
	start_gated burn --threads 3 --cpu-ms 800 --done-file "$T/done"
	taskset -a -p -c "$(one_cpu)" "$target"
	attach_accounted
	open_gate
	wait_file "$T/done" 60
	account_stopped
	finish INT
	check_account
	read -r ran queued _ < <(account_difference "$inner_begin" "$inner_end")
	# Three on one CPU: each waits while the others run.
	((ran >= 790000000 && queued >= ran))
	csvsum check "$T/csv" call=app -- 'cpu_ns >= 0.7e9' 'runq_ns >= 0.7e9'
}

# A busy server's CPU time, in and outside of calls, is what the kernel's account says.
check_server_cpu() {
	needs_account
	start_gated_server server_epoll --compute-us 100
	attach_accounted --hooks "$1"
	open_gate
	client --connections 20 --requests 150 --size 4000
	account_stopped
	finish INT
	check_account
	# 3,000 reads of 100 us of computing, which is no I/O.
	csvsum check "$T/csv" call=app -- 'cpu_ns >= 0.28e9'
	csvsum check "$T/csv" class=write -- 'cpu_ns > 0.003e9' 'copy_ns == 0'
}

@test "time: a busy server's time on CPU is that of the kernel's account" {
	check_server_cpu syscalls
}

@test "time: a busy server's time on CPU is that of the kernel's account, raw hooks" {
	check_server_cpu raw
}

# Starts a server and so many hogs that want its CPU. Sets server.
start_starved_server() {
	local cpu hogs=$1

	shift
	cpu=$(one_cpu)
	start_workload burn --threads "$hogs"
	taskset -a -p -c "$cpu" "$target"
	start_server server_epoll "$@"
	server=$target
	taskset -p -c "$cpu" "$server"
}

@test "time: a server starved by CPU hogs on its CPU shows it in runq, not in wait" {
	local server ran queued

	needs_account
	start_starved_server 3 --compute-us 2000
	attach_accounted -i 1
	client --connections 8 --requests 25
	account_stopped
	finish INT
	check_account
	csvsum books "$T/csv"
	read -r ran queued _ < <(account_difference "$inner_begin" "$inner_end")
	# It computes for longer than a hog's turn is.
	((ran >= 390000000 && queued >= ran / 2))
}

@test "time: what a thread that is woken up waits for a CPU is runq of its call, not wait" {
	local server

	needs_account
	start_starved_server 2
	# It gets a CPU late, not by a hog's grace, but each time.
	renice -n 19 -p "$server"
	nr_of epoll_wait
	wait_for 60 in_call "$server" "$number"
	attach_accounted
	# One client with one request at a time: the server sleeps before each.
	client --connections 1 --requests 60
	account_stopped
	finish INT
	check_account
	# Where else it was pre-empted is the scheduler's business; that all of it is there is said above.
	csvsum check "$T/csv" call=epoll_wait -- 'ok >= 60' 'runq_ns > 0'
}

@test "time: reads of 1 MiB that is there already show copy" {
	start_gated bigread --count 40
	attach -p "$target"
	open_gate
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
	# No machine copies 1 MiB in less than 20 us.
	csvsum check "$T/csv" call=recvfrom -- \
		'bytes == 40 << 20' 'copy_ns >= 40 * 20e3' 'copy_ns > cpu_ns' 'busy_p50_ns >= 20e3'
	csvsum check "$T/csv" call=sendto -- 'copy_ns == 0' 'cpu_ns > 0'
}

@test "time: without data nothing is copied" {
	needs_account
	start_gated_server server_epoll
	attach_accounted -d 500ms
	open_gate
	finish
	account_end
	check_account
	csvsum check "$T/csv" -- 'copy_ns == 0'
}

@test "time: polling for nothing is CPU in the calls, not wait" {
	start_server server_nonblocking
	attach -d 500ms -p "$target"
	finish
	# The CPU is shared: what it does not get is in runq.
	csvsum check "$T/csv" class=accept -- 'again > 10' 'wait_ns == 0' 'cpu_ns > 0'
	csvsum check "$T/csv" -- 'again == calls' 'wait_ns <= 0.1 * wall'
}
