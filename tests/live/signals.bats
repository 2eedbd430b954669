#!/usr/bin/env bats
# signals.bats - signal-driven I/O: read in the handler, after rt_sigtimedwait, through a signalfd;
# by SIGIO and by a signal of one's own. Model, exact counts, books, and the time that signals take.
#
# What goes in: the workloads of tests/servers, signal_edges.py. Needs root and BTF.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# The line of the report about I/O signals has percentiles, and so have the columns: the time is
# more than nothing and less than a second.
has_delays() {
	grep -Eq '^[0-9,]+ I/O signals?, from generation to delivery: p50 .*s, p99 .*s$' "$T/report"
	csvsum check "$T/csv" call=app -- '0 < signal_p50_ns <= signal_p99_ns < 1000000000'
}

# signal_driven HOOKS [OPTION...]: exact from the start, and recognised in the middle of a load.
signal_driven() {
	local hooks=$1

	shift
	start_gated_server server_signal --connections 8 "$@"
	attach -p "$target" --hooks "$hooks"
	open_gate
	client --connections 8 --requests 40
	reap_target
	finish
	is_called signal-driven
	csvsum shape "$T/csv"
	csvsum same "$T/csv" "$T/tally.csv"
	grep -q '^Lost nothing' "$T/report"
	has_delays

	start_server server_signal "$@"
	endless_load
	attach -p "$target" --hooks "$hooks" -d 400ms
	finish
	is_called signal-driven
	csvsum books "$T/csv" pid="$target"
	has_delays
}

@test "signal-driven: SIGIO, read in the handler" {
	signal_driven syscalls --how handler
}

@test "signal-driven: SIGIO, read in the handler, raw hooks" {
	signal_driven raw --how handler
}

@test "signal-driven: F_SETSIG, read in the handler" {
	signal_driven syscalls --how handler --setsig
}

@test "signal-driven: SIGIO, rt_sigtimedwait" {
	signal_driven syscalls --how sigwait
	(($(sum ok rt_sigtimedwait) > 0))
}

@test "signal-driven: F_SETSIG, rt_sigtimedwait" {
	signal_driven syscalls --how sigwait --setsig
}

@test "signal-driven: F_SETSIG, rt_sigtimedwait, raw hooks" {
	signal_driven raw --how sigwait --setsig
}

@test "signal-driven: SIGIO, signalfd" {
	signal_driven syscalls --how signalfd
}

@test "signal-driven: F_SETSIG, signalfd" {
	signal_driven syscalls --how signalfd --setsig
}

@test "signal-driven: F_SETSIG, signalfd, raw hooks" {
	signal_driven raw --how signalfd --setsig
}

# Each edge of signal_edges.py is a process, told by its model and its number of I/O signals.
@test "the edges of the rule, each in a process of its own" {
	local edge pid model reads signals pids

	start edges python3 -B "$HERE/signal_edges.py" "$T/gate" "$T/edges" "$T/done"
	wait_file "$T/edges"
	pids=$(cut -d' ' -f1 "$T/edges" | paste -sd,)
	attach -p "$pids"
	open_gate
	wait_file "$T/done"
	finish
	while read -r pid edge model reads signals; do
		same "$edge: model" "$(models_of "$pid")" "$model"
		same "$edge: reads" "$(headline "$pid" | grep -Eo 'of [0-9]+ read' | tr -dc 0-9)" "$reads"
		same "$edge: I/O signals" "$(signals_of "$pid")" "$signals"
	done <"$T/edges"
	(($(wc -l <"$T/edges") >= 6))
	reap_target
}

# The number of I/O signals that the report gives for a process, 0 if it has no line about them.
signals_of() {
	awk -v pid="$1" '
		/^[^ ].*   [0-9]+ thread/ { mine = index($0, "\" (pid " pid ")") }
		mine && /^[0-9,]+ I\/O signal/ { gsub(",", "", $1); n = $1 }
		END { print n + 0 }' "$T/report"
}

# An idle server that waits for signals: idle_signal_driven WORDS [OPTION...].
idle_signal_driven() {
	local words=$1

	shift
	start_server server_signal "$@"
	start_client --until-deadline --seconds 180 --requests 1 --connections 2
	wait_for 60 has_sockets "$target" 3
	stop_child "$client_pid"
	attach -p "$target" -d 200ms
	finish
	same model "$(models_of "$target")" signal-driven
	grep -qF " signal-driven ($words)" <<<"$(headline "$target")"
}

@test "idle: a handler, rt_sigtimedwait, a signalfd" {
	idle_signal_driven 'O_ASYNC is set' --how handler
	idle_signal_driven 'by time: 100.0 % in rt_sigtimedwait' --how sigwait
	idle_signal_driven 'by time: 100.0 % in read' --how signalfd
}

@test "idle: rt_sigtimedwait without O_ASYNC is not signal-driven" {
	start waits python3 -B -c '
import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
open(sys.argv[1], "w").write("ready\n")
signal.sigtimedwait([signal.SIGUSR1], 30)' "$T/ready"
	wait_file "$T/ready"
	attach -p "$target" -d 200ms
	finish
	same model "$(models_of "$target")" idle
}

@test "the time of a signal: blocked for 50 ms, it takes 50 ms" {
	start_delayed
	attach -p "$target"
	open_gate
	reap_target
	finish
	csvsum check "$T/csv" call=app -- '50000000 <= signal_p50_ns < 60000000'
}

# A process that blocks SIGIO, lets it be sent, and unblocks it 50 ms later, 5 times.
start_delayed() {
	start delayed python3 -B -c '
import fcntl, os, signal, socket, sys, time
a, b = socket.socketpair()
signal.signal(signal.SIGIO, lambda *_: a.recv(1))
fcntl.fcntl(a, fcntl.F_SETOWN, os.getpid())
fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
open(sys.argv[2], "w").write("ready\n")
while not os.path.exists(sys.argv[1]):
    time.sleep(0.005)
for _ in range(5):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
    b.send(b"x")
    time.sleep(0.05)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGIO])
    time.sleep(0.005)' "$T/gate" "$T/ready"
	wait_file "$T/ready"
}
