#!/usr/bin/env bats
# aio.bats - POSIX AIO, which glibc serves by helper threads: completion by a signal, by a thread,
# by aio_suspend; aio_read and lio_listio. Model, exact counts, books.
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

# posix_aio HOOKS [OPTION...]: exact from the start, and recognised in the middle of a load.
posix_aio() {
	local hooks=$1

	shift
	start_gated_server server_posix_aio --connections 8 "$@"
	attach -p "$target" --hooks "$hooks"
	open_gate
	client --connections 8 --requests 40
	reap_target
	finish
	is_called posix-aio
	csvsum shape "$T/csv"
	csvsum same "$T/csv" "$T/tally.csv"
	grep -q '^Lost nothing' "$T/report"

	start_server server_posix_aio "$@"
	endless_load
	attach -p "$target" --hooks "$hooks" -d 500ms
	finish
	is_called posix-aio
	(($(sum ok read) > 20))
}

@test "posix-aio: aio_suspend" {
	posix_aio syscalls --notify suspend
}

@test "posix-aio: aio_suspend, raw hooks" {
	posix_aio raw --notify suspend
}

@test "posix-aio: completion by a signal" {
	posix_aio syscalls --notify signal
	(($(sum ok rt_sigtimedwait) > 0))
	# SI_ASYNCIO tells of no socket.
	refute grep -q 'I/O signal' "$T/report"
}

@test "posix-aio: completion by a signal, raw hooks" {
	posix_aio raw --notify signal
}

@test "posix-aio: completion by a thread" {
	posix_aio syscalls --notify thread
}

@test "posix-aio: lio_listio" {
	posix_aio syscalls --lio
}

# The helpers wait in read for requests that nobody sends.
@test "posix-aio: waiting helpers are no blocking server" {
	start_gated_server server_posix_aio --notify thread
	attach -t -p "$target"
	open_gate
	exec 6<>"/dev/tcp/127.0.0.1/$port" 7<>"/dev/tcp/127.0.0.1/$port"
	wait_for 60 helpers_wait
	finish INT
	exec 6>&- 7>&-
	same "reads" "$(sum calls read)" 0
	same "reads in flight" "$(sum inflight read)" 2
	# The process is judged by its accepts, its helpers by what they wait in.
	same "models" "$(csvsum values "$T/csv" model call=read)" posix-aio
	grep -q 'POSIX AIO, by helper threads (by time: ' "$T/report"
}

# Whether two threads of the target are in read.
helpers_wait() {
	nr_of read
	(($(cat "/proc/$target"/task/*/syscall | grep -c "^$number ") >= 2))
}

@test "posix-aio: the books balance" {
	start_gated_server server_posix_aio --notify signal
	attach -t -i 250ms -p "$target"
	open_gate
	start_client --connections 4 --until-deadline --seconds 1 --pause-us 300
	reap "$client_pid"
	finish INT
	csvsum books "$T/csv" tid="$target"
	csvsum shape "$T/csv"
}

@test "posix-aio: a pread64 of a file makes nothing of the reads that follow" {
	start pread python3 -B -c '
import os, sys, time
sys.path.insert(0, sys.argv[3])
import strangers
a, b = strangers.pair()
a.setblocking(False)
fd = os.open("/proc/self/exe", os.O_RDONLY)
open(sys.argv[2], "w").write("ready\n")
while not os.path.exists(sys.argv[1]):
    time.sleep(0.005)
for _ in range(50):
    os.pread(fd, 16, 0)
    b.send(b"x")
    a.recv(1)' "$T/gate" "$T/ready" "$HERE"
	wait_file "$T/ready"
	attach -p "$target"
	open_gate
	reap_target
	finish
	is_called nonblocking
}
