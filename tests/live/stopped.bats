#!/usr/bin/env bats
# stopped.bats - a process that is stopped, by a signal or a freezer, waits for nobody: its time is that
# of app, and the report says for how long it was stopped, before the attach or during the trace.
#
# What goes in: iophase, tests/servers, root; for the freezer a cgroup of version 2 that may be made.

load helpers

setup() {
	live_setup
	group=
}

# Lets go what is still stopped, and puts back what was moved.
teardown() {
	if [[ -n $group ]]; then
		echo 0 >"$group/cgroup.freeze"
		echo "$target" >"$home/cgroup.procs"
		rmdir "$group"
	fi
	live_teardown
}

# The column of the record of the process.
process() {
	awk -F, -v column="$1" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i; next }
		{ print $at }' "$T/processes"
}

# Whether it was stopped for at least so many ns, and no longer than it lived; the report says so.
was_stopped() {
	(($(process stopped_ns) >= $1 && $(process stopped_ns) <= $(process wall_ns)))
	grep -q "^Stopped (by a signal, a tracer or a freezer) for .* of thread time$2\$" "$T/report"
	grep -q '^Lost nothing' "$T/report"
	csvsum books "$T/csv"
}

# Attaches to what was stopped before: until the end it is in no call.
check_before() {
	attach -o "csv-processes:$T/processes" -d 300ms -p "$target"
	finish
	was_stopped 290000000 "; 1 thread is still stopped"
	csvsum check "$T/csv" call=app -- 'wait_ns >= 290e6'
	csvsum check "$T/csv" class=read -- 'rows == 0'
}

@test "stopped before the attach: it is in no call" {
	start_server idle recv
	kill -STOP "$target"
	wait_for 10 is_stopped "$target"
	check_before
}

@test "stopped before the attach, going on during the trace: nothing is lost" {
	nr_of recvfrom
	start_server idle recv
	kill -STOP "$target"
	wait_for 10 is_stopped "$target"
	attach -o "csv-processes:$T/processes" -p "$target"
	sleep 0.1
	kill -CONT "$target"
	wait_for 10 in_call "$target" "$number"
	finish INT
	was_stopped 100000000 ""
	csvsum check "$T/csv" call=recvfrom -- 'inflight == 1' 'calls == 0'
}

@test "stopped during the trace" {
	nr_of recvfrom
	start_server idle recv
	wait_for 10 in_call "$target" "$number"
	attach -o "csv-processes:$T/processes" -p "$target"
	kill -STOP "$target"
	wait_for 10 is_stopped "$target"
	sleep 0.1
	kill -CONT "$target"
	wait_for 10 in_call "$target" "$number"
	finish INT
	was_stopped 100000000 ""
	csvsum check "$T/csv" call=recvfrom -- 'inflight == 1' 'interrupted == 1'
}

# Moves the target into a new cgroup and freezes it.
freeze() {
	local root

	root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
	home=$root$(sed -n 's/^0:://p' "/proc/$target/cgroup")
	[[ -n $root && -w $home/cgroup.procs ]] || skip "there is no cgroup v2 that may be used"
	mkdir "$root/iophase-test-$$" || skip "no cgroup can be made"
	group=$root/iophase-test-$$
	echo "$target" >"$group/cgroup.procs"
	echo 1 >"$group/cgroup.freeze"
	wait_for 10 grep -q 'frozen 1' "$group/cgroup.events"
}

@test "frozen before the attach: it is in no call" {
	start_server idle recv
	freeze
	check_before
}

@test "frozen during the trace" {
	nr_of recvfrom
	start_server idle recv
	wait_for 10 in_call "$target" "$number"
	attach -o "csv-processes:$T/processes" -p "$target"
	freeze
	sleep 0.1
	echo 0 >"$group/cgroup.freeze"
	wait_for 10 in_call "$target" "$number"
	finish INT
	was_stopped 100000000 ""
}
