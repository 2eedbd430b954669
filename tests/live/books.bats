#!/usr/bin/env bats
# books.bats - the books balance: in each interval the four phases of a thread's rows add up to the
# interval, within 0.5 %; those of a process to the interval for each of its threads.
#
# What goes in: iophase, the workloads, root. What comes out: asserted sums.

load helpers
load account

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# A blocking server under load beside more hogs than there are CPUs, by intervals and threads.
check_under_load() {
	local server

	start_server server_pool --threads 6
	server=$target
	start_workload burn --threads 8
	attach --hooks "$1" -t -i 0.25 -d 2s -p "$server,$target"
	target=$server
	start_client --connections 6 --until-deadline --seconds 3
	finish
	csvsum shape "$T/csv"
	csvsum books "$T/csv"
	csvsum check "$T/csv" -- 'intervals >= 3' 'len(tid) == 15 - (len(tid) == 14)' 'runq_ns > 0'
	csvsum check "$T/csv" comm=server_pool -- 'len(tid) >= 6' 'wait_ns > 0'
	csvsum check "$T/csv" comm=burn -- 'len(tid) == 8' 'runq_ns > 0'
}

@test "books: threads under load, more of them than CPUs" {
	check_under_load syscalls
}

@test "books: threads under load, more of them than CPUs, raw hooks" {
	check_under_load raw
}

@test "books: processes are their number of threads times the interval" {
	local hogs

	start_workload burn --threads 5
	hogs=$target
	start_server server_epoll
	attach -i 0.25 -p "$hogs,$target"
	client --connections 5 --requests 100
	finish INT
	csvsum books "$T/csv" --threads 5 pid="$hogs"
	csvsum books "$T/csv" --threads 1 pid="$target"
	csvsum check "$T/csv" pid="$target" call=epoll_wait -- 'intervals >= 1' 'ok > 100'
}

@test "books: pinned to one CPU with all the hogs" {
	local server cpu

	cpu=$(one_cpu)
	start_server server_poll
	server=$target
	start_workload burn --threads 4
	taskset -a -p -c "$cpu" "$target"
	taskset -p -c "$cpu" "$server"
	attach -t -i 0.25 -d 1500ms -p "$server,$target"
	target=$server
	start_client --connections 5 --until-deadline --seconds 3
	finish
	csvsum books "$T/csv"
	csvsum check "$T/csv" pid="$server" -- 'intervals >= 3' 'runq_ns > 0'
}

# It sleeps before each request, so it is by its wake-ups that it gets into the run queue.
@test "books: the run queue after a wake-up is what the kernel says" {
	local server queued cpu

	needs_account
	cpu=$(one_cpu)
	start_workload burn --threads 4
	taskset -a -p -c "$cpu" "$target"
	start_server server_poll
	server=$target
	taskset -p -c "$cpu" "$server"
	# It gets a CPU late, each time.
	renice -n 19 -p "$server"
	attach_accounted
	client --connections 1 --pause-us 2000 --requests 60
	account_stopped
	finish INT
	check_account
	read -r _ queued _ < <(account_difference "$inner_begin" "$inner_end")
	((queued > 10000000))
}

# The main thread and the process of a workload that makes threads, with what options it has.
check_churn() {
	start_workload churn "$@"
	attach -t -i 0.25 -d 1500ms -p "$target"
	finish
	csvsum books "$T/csv" tid="$target"
	csvsum check "$T/csv" -- 'len(tid) > 10'
	# There is the main thread, and at most one more, which has ended or not when the next comes.
	csvsum check "$T/csv" -- 'wall >= 0.995 * sum(interval_ns)' 'wall <= 2.1 * sum(interval_ns)'
	csvsum check "$T/csv" call=recvfrom -- 'ok > 10' 'ok == bytes'
}

@test "books: with a thousand threads born and dying each second" {
	check_churn --rate 2000
	grep -q '^Lost nothing' "$T/report"
}

@test "books: with threads born and dying as fast as can be" {
	check_churn
}

@test "books: threads idle since before the attach" {
	start_server server_pool --threads 40
	attach -t -i 0.25 -d 1s -p "$target"
	finish
	csvsum books "$T/csv"
	csvsum check "$T/csv" class=accept -- 'len(tid) == 40' 'inflight == 40 * intervals' \
		'wait_ns == wall' 'wait_ns >= 0.995 * 40 * sum(interval_ns)' 'calls == 0'
}

@test "books: with reads so fast that the hands move all the time" {
	start_server server_nonblocking
	attach -t -i 0.25 -d 1s -p "$target"
	client --connections 3 --until-deadline --seconds 1
	finish
	csvsum books "$T/csv"
	grep -q '^Lost nothing' "$T/report"
}
