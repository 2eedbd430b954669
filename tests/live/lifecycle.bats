#!/usr/bin/env bats
# lifecycle.bats - threads and processes that were there before iophase, that are born and die while
# it is there, and iophase's own ends.
#
# What goes in: iophase, the workloads, root. What comes out: asserted counts, models and exit codes.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# An idle server that has been in its call since before the attach: idle MODE CALL MODEL HOOKS.
check_idle() {
	nr_of "$2"
	start_server idle "$1"
	wait_for 60 in_call "$target" "$number"
	attach --hooks "$4" -i 0.2 -d 400ms -p "$target"
	finish
	csvsum shape "$T/csv"
	csvsum check "$T/csv" call="$2" -- 'intervals >= 2' 'inflight == intervals' 'calls == 0' \
		'wait_ns >= 0.99 * sum(interval_ns)' "model == [\"$3\"]"
	csvsum books "$T/csv"
	# Its one call is seen to end, too.
	attach --hooks "$4" -p "$target"
	kill -TERM "$target"
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv" "${@:5}"
}

@test "idle in accept" {
	check_idle accept accept blocking syscalls
}

# The one that filled the queue before it was before the attach.
@test "idle in connect" {
	check_idle connect connect blocking syscalls
}

@test "idle in msgrcv" {
	[[ -e /proc/sysvipc/msg ]] || skip "this kernel has no System V queues"
	check_idle msgrcv msgrcv blocking syscalls
}

@test "idle in recv" {
	check_idle recv recvfrom blocking syscalls
}

@test "idle in read of a pipe" {
	check_idle read read blocking syscalls
}

@test "idle in select" {
	check_idle select select select syscalls
}

@test "idle in pselect6" {
	check_idle pselect6 pselect6 select syscalls
}

@test "idle in poll" {
	check_idle poll poll poll syscalls
}

@test "idle in epoll_wait, level-triggered" {
	# Its two epoll_ctl calls were before the attach.
	check_idle epoll epoll_wait epoll-lt syscalls epoll_ctl:ok=-2
}

@test "idle in epoll_wait, edge-triggered" {
	check_idle epoll-et epoll_wait epoll-et syscalls epoll_ctl:ok=-2
}

@test "idle in recv, raw hooks" {
	check_idle recv recvfrom blocking raw
}

@test "idle in epoll_wait, edge-triggered, raw hooks" {
	check_idle epoll-et epoll_wait epoll-et raw epoll_ctl:ok=-2
}

# Threads born after the attach, with what they do in their first and last moments.
check_born_later() {
	start_gated churn --count 300 --total "$T/total"
	attach --hooks "$1" -t -p "$target"
	open_gate
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
	csvsum check "$T/csv" call=recvfrom -- 'ok == 300' 'len(tid) == 300'
	grep -q '^Lost nothing' "$T/report"
}

@test "threads born later" {
	check_born_later syscalls
}

@test "threads born later, raw hooks" {
	check_born_later raw
}

@test "threads born while iophase attaches, 10 times" {
	local i

	start_workload churn --rate 4000
	for ((i = 0; i < 10; i++)); do
		attach -d 100ms -p "$target"
		finish
		# One message and one read by each thread, whatever the moment of the attach.
		csvsum check "$T/csv" call=recvfrom -- 'ok > 0' 'ok == bytes' 'calls == ok'
		grep -q '^Lost nothing' "$T/report"
	done
	stop_target
}

# Opens so many connections to the server, says nothing on them, and closes them when it is told to
# end; the process that does is in `holder`.
hold_connections() {
	local server=$target

	start holder python3 -c 'import signal, socket, sys
held = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(int(sys.argv[2]))]
signal.pause()' "$port" "$1"
	holder=$target
	target=$server
}

# Whether the server has this many children and each is blocked in recvfrom.
children_wait() {
	local pid pids

	mapfile -t pids < <(pgrep -P "$target")
	((${#pids[@]} == $1)) || return 1
	for pid in "${pids[@]}"; do
		in_call "$pid" "$number" || return 1
	done
}

# A server with three children at the attach and five born later: all of them count.
check_follow() {
	nr_of recvfrom
	start_server server_fork --connections 8
	hold_connections 3
	wait_for 60 children_wait 3
	attach --hooks "$1" -f -i 0.2 -p "$target"
	client --connections 5 --requests 20 --size 100
	kill -TERM "$holder"
	reap_target
	finish
	csvsum shape "$T/csv"
	# Before the attach there were three accepts, and no more.
	csvsum same "$T/csv" "$T/tally.csv" accept:ok=-3
	csvsum check "$T/csv" call=recvfrom -- 'len(pid) == 8' 'eof == 8' 'ok >= 100'
	grep -q '^Lost nothing' "$T/report"
}

@test "-f: children alive at the attach and born later" {
	check_follow syscalls
}

@test "-f: children alive at the attach and born later, raw hooks" {
	check_follow raw
}

@test "without -f: children are not traced" {
	start_gated_server server_fork --connections 4
	attach -p "$target"
	open_gate
	client --connections 4 --requests 10
	reap_target
	finish
	csvsum check "$T/csv" -- "pid == [\"$target\"]"
	csvsum check "$T/csv" call=accept -- 'ok == 4'
	csvsum check "$T/csv" class=read -- 'rows == 0'
}

# Whether a process has so many threads.
has_threads() {
	grep -q "^Threads:\s*$2$" "/proc/$1/status"
}

# exec by a thread that is not the leader: that thread goes on, under the leader's id.
check_exec() {
	start_server execer --gate "$T/gate" --delay-ms 100 -- \
		"$SERVERS/rhythm" --count 20 --period-ms 5 --tally "$T/tally.csv"
	wait_for 60 has_threads "$target" 3
	attach --hooks "$1" -t -i 0.2 -p "$target"
	open_gate
	reap_target
	finish
	csvsum shape "$T/csv"
	# The two that the exec killed in their calls were interrupted.
	csvsum same "$T/csv" "$T/tally.csv" recvfrom:interrupted=1 ppoll:interrupted=1
	csvsum check "$T/csv" call=recvfrom -- "pid == [\"$target\"]" 'ok == 20' \
		'"rhythm-reader" in comm'
}

@test "exec by a thread that is not the leader" {
	check_exec syscalls
}

@test "exec by a thread that is not the leader, raw hooks" {
	check_exec raw
}

@test "the target's death ends iophase by itself, with a report" {
	local started

	start_server server_epoll
	attach -p "$target"
	kill -KILL "$target"
	started=${EPOCHREALTIME/./}
	finish
	((${EPOCHREALTIME/./} - started < 1000000))
	grep -q '^"server_epoll" (pid '"$target"') ' "$T/report"
	csvsum check "$T/csv" call=epoll_wait -- 'rows == 1' 'wait_ns > 0'
}

@test "the last of two targets' death ends iophase" {
	local first

	start_server idle accept
	first=$target
	start_server idle recv
	attach -i 0.1 -p "$first,$target"
	kill -KILL "$first"
	wait_for 60 grep -q exited "$T/report"
	refute has_ended "$tracer"
	kill -KILL "$target"
	finish
	csvsum check "$T/csv" pid="$first" call=accept -- 'wait_ns > 0'
	csvsum check "$T/csv" pid="$target" call=recvfrom -- 'wait_ns > 0'
}

@test "-d ends it in time" {
	local started=${EPOCHREALTIME/./} took

	start_server idle poll
	attach -d 700ms -p "$target"
	finish
	took=$((${EPOCHREALTIME/./} - started))
	((took >= 700000 && took < 3000000))
	csvsum check "$T/csv" -- 'intervals == 1' '0.69e9 <= interval_ns[0] <= 0.9e9'
}

@test "SIGINT, SIGTERM and SIGHUP end it with a report, within 0.5 s" {
	local signal started

	start_server idle poll
	for signal in INT TERM HUP; do
		attach -p "$target"
		started=${EPOCHREALTIME/./}
		finish "$signal"
		((${EPOCHREALTIME/./} - started < 500000))
		grep -q '^"idle" (pid '"$target"') ' "$T/report"
		csvsum shape "$T/csv"
	done
}

# The processes that were started with this duration, which no other test asks for.
ours() {
	pgrep -f -- "-d 97531[m]s"
}

# Starts iophase, ends it by a signal when it has said so many lines (-v: each step is one) and so many
# seconds have passed, and expects that it says why it ends. signal_early SIGNAL LINES SECONDS
signal_early() {
	local fd line lines=$2

	rm -f "$T/csv" "$T/report" "$T/err"
	mkfifo "$T/err"
	"$IOPHASE" -v -d 97531ms --csv "$T/csv" -p "$target" >"$T/report" 2>"$T/err" 3>&- </dev/null &
	tracer=$!
	STARTED+=("$tracer")
	exec {fd}<"$T/err"
	for ((; lines; lines--)); do
		read -r line <&"$fd"
	done
	sleep "$3"
	kill "-$1" "$tracer"
	line=$(grep -v '^iophase: .*: \(yes\|no\)$' <&"$fd") || [[ -z $line ]]
	exec {fd}<&-
	rm "$T/err"
	reap "$tracer"
	echo "$*: exit code $code, $line"
	if [[ $code == 1 ]]; then
		[[ $line == *"stopped before all threads were attached to: nothing measured"* ]]
		[[ ! -s $T/report && ! -e $T/csv ]]
	else
		[[ $code == 0 ]]
		grep -q "^\"idle\" (pid $target) " "$T/report"
		csvsum shape "$T/csv"
	fi
}

@test "a signal at any instant of the start ends it, and that is said" {
	start_server idle poll
	signal_early INT 1 0
	signal_early TERM 1 0.02
	signal_early HUP 1 0.05
	signal_early INT 1 0.1
	signal_early INT 1 0.2
	signal_early TERM 10 0
	signal_early HUP 19 0
	wait_for 60 refute ours
}

@test "several pids, and one given twice" {
	local first second

	start_gated_server server_epoll --connections 4
	first=$target
	start server_poll "$SERVERS/server_poll" --connections 4 --tally "$T/tally2.csv" \
		--gate "$T/gate" --port-file "$T/port2" --seconds 180
	second=$target
	wait_file "$T/port2"
	attach -p "$first,$second,$first" -p "$second"
	open_gate
	client --connections 4 --requests 10
	port=$(<"$T/port2")
	client --connections 4 --requests 10
	reap_target
	target=$first
	reap_target
	finish
	csvsum shape "$T/csv"
	csvsum check "$T/csv" -- 'len(pid) == 2'
	head -1 "$T/csv" >"$T/csv1"
	cp "$T/csv1" "$T/csv2"
	awk -F, -v pid="$first" '$3 == pid' "$T/csv" >>"$T/csv1"
	awk -F, -v pid="$second" '$3 == pid' "$T/csv" >>"$T/csv2"
	csvsum same "$T/csv1" "$T/tally.csv"
	csvsum same "$T/csv2" "$T/tally2.csv"
}

# The state of a process, one letter.
has_state() {
	local state parent

	stat_of "$1" && [[ $state == "$2" ]]
}

# A poll that a stop interrupts goes on as restart_syscall: it is still a poll.
check_stop() {
	nr_of poll
	start_gated_server idle poll
	attach --hooks "$1" -i 0.2 -p "$target"
	open_gate
	wait_for 60 in_call "$target" "$number"
	kill -STOP "$target"
	wait_for 60 has_state "$target" T
	nr_of restart_syscall
	kill -CONT "$target"
	wait_for 60 in_call "$target" "$number"
	wait_for 60 has_state "$target" S
	sleep 0.5
	stop_target
	finish
	csvsum same "$T/csv" "$T/tally.csv" poll:interrupted=1
	csvsum check "$T/csv" call=poll -- 'wait_ns >= 0.45e9' 'inflight >= 2' 'calls == 2'
	csvsum books "$T/csv" --but-last
	grep -q '^Lost nothing' "$T/report"
}

@test "a poll that SIGSTOP interrupts goes on as restart_syscall, and is poll" {
	check_stop syscalls
}

@test "a poll that SIGSTOP interrupts, raw hooks" {
	check_stop raw
}

@test "a poll that was restarted before the attach is poll" {
	nr_of poll
	start_server idle poll
	wait_for 60 in_call "$target" "$number"
	kill -STOP "$target"
	wait_for 60 has_state "$target" T
	nr_of restart_syscall
	kill -CONT "$target"
	wait_for 60 in_call "$target" "$number"
	attach -d 400ms -p "$target"
	finish
	csvsum check "$T/csv" call=poll -- 'inflight == 1' 'wait_ns >= 0.99 * sum(interval_ns)' \
		'model == ["poll"]'
}

@test "a poll that is stopped at the attach goes on as poll" {
	for hooks in syscalls raw light; do
		nr_of poll
		start_server idle poll
		wait_for 60 in_call "$target" "$number"
		kill -STOP "$target"
		wait_for 60 has_state "$target" T
		attach --hooks "$hooks" -p "$target"
		nr_of restart_syscall
		kill -CONT "$target"
		wait_for 60 in_call "$target" "$number"
		wait_for 60 has_state "$target" S
		sleep 0.3
		finish INT
		csvsum check "$T/csv" call=poll -- 'inflight == 1' 'wait_ns >= 0.3e9' 'model == ["poll"]'
		grep -q '^Lost nothing' "$T/report"
		stop_target
	done
}

# A process whose first thread has ended, a zombie for as long as the two others go on: in a read each.
start_leaderless() {
	rm -f "$T/leaderless.out"
	start leaderless python3 -c 'import ctypes, os, platform, threading
silent, _ = os.pipe()
for _ in range(2):
    threading.Thread(target=os.read, args=(silent, 1)).start()
os.write(1, b"ready\n")
exit_nr = {"x86_64": 60}.get(platform.machine(), 93)
ctypes.CDLL(None).syscall(exit_nr, 0)'
	wait_file "$T/leaderless.out"
	wait_for 60 has_state "$target" Z
}

@test "a first thread that has ended before the attach is no thread; the others count" {
	start_leaderless
	attach -t -i 0.2 -p "$target"
	wait_for 60 grep -q ',read,' "$T/csv"
	refute has_ended "$tracer"
	kill -KILL "$target"
	finish
	csvsum shape "$T/csv"
	csvsum check "$T/csv" -- "pid == [\"$target\"]" 'len(tid) == 2' "\"$target\" not in tid"
	csvsum check "$T/csv" call=read -- 'len(tid) == 2' 'wait_ns > 0'
	grep -q '^Lost nothing' "$T/report"
}
