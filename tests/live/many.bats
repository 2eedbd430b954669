#!/usr/bin/env bats
# many.bats - thousands of threads, dead and alive, and of descriptors.
#
# What goes in: iophase, the workloads, root. What comes out: asserted counts; what it cost iophase is
# counted in system calls, not in time, which is another one on each machine.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

@test "-t: more threads have ended than are kept one by one" {
	start_gated churn --count 4500 --total "$T/total"
	attach -t -p "$target"
	open_gate
	reap_target
	finish
	# Nothing is missing in the sum, not of the process and not of its first thread.
	csvsum same "$T/csv" "$T/tally.csv"
	csvsum check "$T/csv" call=recvfrom -- 'ok == 4500' '3072 <= len(tid) <= 4097' "'' in tid"
	csvsum check "$T/csv" tid="$target" -- 'rows > 0'
	grep -q '^Threads that ended and are summed' "$T/report"
	grep -q '^Lost nothing' "$T/report"
}

@test "-f: more processes have ended than are kept one by one; a living one keeps what is its own" {
	start_gated churn --count 4510 --fork-after 10
	attach -f -p "$target"
	open_gate
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
	# Ten of its threads have ended; the rest was done by processes.
	csvsum check "$T/csv" call=recvfrom pid="$target" -- 'ok == 10'
	csvsum check "$T/csv" call=recvfrom pid=0 -- '4500 - 4096 <= ok <= 4500 - 3072 + 4096 - 3072'
	grep -q '^Processes that ended and are summed' "$T/report"
	grep -q '^Lost nothing' "$T/report"
}

@test "-i: beside many idle threads births are all counted, and intervals leave no time out" {
	local began=$EPOCHREALTIME

	start_gated churn --idle 800 --count 800 --total "$T/total"
	wait_for 60 has_threads 801
	attach -t -i 0.25 -p "$target"
	open_gate
	reap_target
	finish
	# The end of the process interrupts those that are in a read.
	csvsum same "$T/csv" "$T/tally.csv" read:interrupted=800
	csvsum check "$T/csv" call=recvfrom -- 'ok == 800'
	grep -q '^Lost nothing' "$T/report"
	# The first thread was there until the last interval: its time is that of the intervals, which is no
	# more than has passed here.
	csvsum check "$T/csv" tid="$target" -- 'wall <= 1.005 * sum(interval_ns)' \
		'wall >= 0.995 * (sum(interval_ns) - max(interval_ns))' \
		"sum(interval_ns) <= 1e9 * ($EPOCHREALTIME - $began)" 'intervals <= wall / 0.25e9 + 1'
}

# Whether the latest workload has so many threads.
has_threads() {
	grep -q "^Threads:\s*$1$" "/proc/$target/status"
}

# A process that has so many threads and descriptors, and does nothing: idle_process THREADS DESCRIPTORS
idle_process() {
	rm -f "$T/idle.out"
	start idle python3 -c 'import socket, sys, threading
held = [socket.socket() for _ in range(int(sys.argv[2]))]
never = threading.Event()
threading.stack_size(65536)
for _ in range(int(sys.argv[1])):
    threading.Thread(target=never.wait, daemon=True).start()
print("ready", flush=True)
never.wait()' "$@"
	wait_file "$T/idle.out"
}

# How many system calls on files iophase makes to report on it, in two intervals: count_calls OPTION...
count_calls() {
	strace -f -c -o "$T/strace" -e trace=openat,readlink,readlinkat,pidfd_getfd,getdents64 \
		"$IOPHASE" -q --csv "$T/csv" -i 0.3 -d 0.6 "$@" -p "$target" 2>"$T/strace.err"
	awk '$4 + 0 > 0 && $NF != "total" { sum += $4 } END { print sum + 0 }' "$T/strace"
}

@test "-t: what iophase asks does not grow with the descriptors, nor with the reports" {
	local few many

	type strace >/dev/null || skip "strace is not installed"
	idle_process 40 20
	few=$(count_calls -t)
	csvsum check "$T/csv" -- 'len(tid) == 41'
	stop_idle
	idle_process 40 900
	many=$(count_calls -t)
	echo "$few calls with 20 descriptors, $many with 900"
	# One look at them by each thread would be 36,000 more.
	((few > 0 && many < few + 200))
	stop_idle
}

# Ends the idle process.
stop_idle() {
	kill -TERM "$target"
	reap "$target"
}

@test "an idle server that registers its files after the attach" {
	nr_of epoll_wait
	start_gated_server idle epoll-et
	attach -i 0.2 -p "$target"
	wait_for 60 grep -q '^[^t]' "$T/csv"
	open_gate
	wait_for 60 in_call "$target" "$number"
	sleep 0.5
	finish INT
	csvsum check "$T/csv" call=epoll_wait -- "model == [\"epoll-et\"]" 'intervals >= 2'
	stop_target
}

@test "an idle process that asks for I/O signals after the attach" {
	start asker python3 -c 'import fcntl, os, signal, socket, sys, time
signal.signal(signal.SIGIO, lambda *_: None)
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("ready", flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.01)
fcntl.fcntl(receiver, fcntl.F_SETFL, os.O_ASYNC)
print("asked", flush=True)
signal.pause()' "$T/gate"
	wait_file "$T/asker.out"
	attach -i 0.2 -p "$target"
	open_gate
	wait_for 60 grep -q asked "$T/asker.out"
	sleep 0.5
	finish INT
	csvsum check "$T/csv" -- 'model[-1] == "signal-driven"'
}

@test "-t: a thread that gets another name, by itself or by another thread" {
	start namer python3 -c 'import os, sys, threading, time
def set_name(tid, name):
    with open(f"/proc/self/task/{tid}/comm", "w") as comm:
        comm.write(name)
never = threading.Event()
other = threading.Thread(target=never.wait, daemon=True)
other.start()
print("ready", flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.01)
set_name(os.getpid(), "renamed-first")
set_name(other.native_id, "renamed-other")
print("named", flush=True)
never.wait()' "$T/gate"
	wait_file "$T/namer.out"
	attach -t -p "$target"
	open_gate
	wait_for 60 grep -q named "$T/namer.out"
	finish INT
	csvsum check "$T/csv" tid="$target" -- 'comm == ["renamed-first"]'
	csvsum check "$T/csv" -- '"renamed-other" in comm' 'len(comm) == 2'
	csvsum shape "$T/csv"
}
