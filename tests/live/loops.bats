#!/usr/bin/env bats
# loops.bats - what is said of event loops is what the loop itself says that it did.
#
# What goes in: iophase, tests/servers/turns, root. What comes out: ready events per wait, waits that
# filled their room or came back empty, descriptors watched, the loop lag, reads and writes per event.
# No bound depends on how fast the machine is: those of the lag are the loop's own clock around it.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# A number that the loop has printed at its end.
said() {
	sed -n "s/.*\b$1=\([0-9]*\).*/\1/p" "$T/turns.out"
}

# A column of the only row of the processes.
column() {
	awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
		{ print $at }' "$T/processes"
}

# Whether an iterator can be told whose files it is to show.
can_ask_one() {
	local major minor

	IFS=.- read -r major minor _ <<<"$(uname -r)"
	((major > 6 || (major == 6 && minor >= 1)))
}

# How often the loop has slept so far.
sleeps() {
	awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$target/status"
}

# Whether it has slept some times since the number of $slept was read.
waits_often() {
	(($(sleeps) >= slept + 20))
}

# Runs a loop from its first wait to its end: run_turns HOOKS [OPTION...] MODE.
run_turns() {
	start_gated turns "${@:2}"
	attach -o "csv-processes:$T/processes" --hooks "$1" -p "$target"
	open_gate
	reap_target
	finish
	grep -q '^Lost nothing' "$T/report"
}

# A mean to three decimals: mean SUM COUNT.
mean() {
	awk -v sum="$1" -v count="$2" 'BEGIN { printf "%.3f\n", sum / count }'
}

# Waits and events are those of the loop.
check_counts() {
	same "ready waits" "$(column ready_waits)" "$(said ready)"
	same "empty waits" "$(column empty_waits)" "$(said empty)"
	same "full waits" "$(column full_waits)" "$(said full)"
	same "events" "$(column events_per_wait)" "$(mean "$(said events)" "$(said ready)")"
	same "reads" "$(column reads_per_event)" "$(mean "$(said reads)" "$(said events)")"
	same "writes" "$(column writes_per_event)" "$(mean "$(said writes)" "$(said events)")"
}

# The longest lag is within what the loop's own clock says.
check_lag() {
	local lag

	lag=$(column loop_lag_max_ns)
	echo "lag $lag, of $(said least_ns) to $(said most_ns)"
	(($(said least_ns) <= lag && lag <= $(said most_ns)))
}

check_epoll() {
	run_turns "$1" --events 3 --hold-ms 30 epoll
	check_counts
	same "ready waits" "$(column ready_waits)" 20
	same "events" "$(column events_per_wait_p99)" 3
	same "most events" "$(column events_per_wait_max)" 3
	same "a set that is gone at the end" "$(column watched)" ""
	check_lag
	(($(column loop_lag_p99_ns) >= 30000000))
	same "a turn in progress" "$(column loop_turn_ns)" ""
	grep -q '^Event loops: 20 waits, each with 3.0 ready (p99 3)$' "$T/report"
	grep -q '^  Loop lag: p50 .*, p99 .*, longest .*, 1.0 reads and 1.0 writes per event$' "$T/report"
}

@test "loops: a loop that is held for 30 ms in each fifth turn" {
	check_epoll syscalls
}

@test "loops: the same through raw hooks" {
	check_epoll raw
}

@test "loops: room for 4 of 8 events" {
	run_turns syscalls --events 8 full
	check_counts
	same "full waits" "$(column full_waits)" 40
	same "events" "$(column events_per_wait)" 4.000
}

@test "loops: waits that come back empty, and what follows them, are kept apart" {
	run_turns syscalls --events 1 empty
	check_counts
	same "empty waits" "$(column empty_waits)" 20
	same "events" "$(column events_per_wait)" 1.000
	check_lag
	[[ -n $(column empty_lag_max_ns) ]]
}

@test "loops: what is in the set that is waited on" {
	can_ask_one || skip "this kernel cannot be asked about one process"
	start_gated turns --watched 40 --hold-ms 1 --rounds 100000 epoll
	attach -o "csv-processes:$T/processes" -p "$target"
	slept=$(sleeps)
	open_gate
	wait_for 60 waits_often
	finish INT
	same "watched" "$(column watched)" 40.000
	grep -q '^Event loops: .* 40 descriptors in a set$' "$T/report"
	stop_target
}

check_scan() {
	run_turns "$1" --watched "$3" --events 2 "$2"
	check_counts
	same "watched" "$(column watched)" "$3.000"
	check_lag
}

@test "loops: poll over 500 descriptors" {
	check_scan syscalls poll 500
}

@test "loops: poll over 2,000 descriptors, through raw hooks" {
	check_scan raw poll 2000
}

@test "loops: select over 300 descriptors, half of them in two sets" {
	check_scan syscalls select 300
}

@test "loops: select over 100 descriptors, through raw hooks" {
	check_scan raw select 100
}

@test "loops: calls on a single descriptor begin and end no turn" {
	run_turns syscalls --events 1 --hold-ms 30 one
	check_counts
	check_lag
	# They are in no turn of their own, and watch nothing that is scanned.
	same "watched" "$(column watched)" ""
	same "calls" "$(sum timeout 'poll|pselect6')" 40
}

@test "loops: who asks about single descriptors only has none" {
	start_gated_server server_blocking --connections 1
	attach -o "csv-processes:$T/processes" -p "$target"
	open_gate
	client
	reap_target
	finish
	same "ready waits" "$(column ready_waits)" ""
	refute grep -q 'Event loops' "$T/report"
}

@test "loops: intervals add up, wherever they cut a turn" {
	start_gated turns --rounds 30 --events 1 --hold-ms 20 epoll
	attach -i 0.05 -o "csv-processes:$T/processes" -p "$target"
	open_gate
	reap_target
	finish
	same "ready waits" "$(column ready_waits | awk '{ sum += $1 } END { print sum }')" 30
	(($(column ready_waits | wc -l) > 2))
}
