#!/usr/bin/env bats
# stopped.bats - a process that is stopped, by a signal or a freezer, waits for nobody: its time is that
# of app, and the report says for how long it was stopped, before the attach or during the trace.
#
# What goes in: iophase, tests/servers, root; for the freezers a cgroup of either version that may be
# made.

load helpers
load servers

setup() {
	live_setup
	group=
}

# Lets go what is still stopped, and puts back what was moved.
teardown() {
	if [[ -n $group ]]; then
		thaw
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
	wait_for 60 is_stopped "$target"
	check_before
}

@test "stopped before the attach, going on during the trace: nothing is lost" {
	nr_of recvfrom
	start_server idle recv
	kill -STOP "$target"
	wait_for 60 is_stopped "$target"
	attach -o "csv-processes:$T/processes" -p "$target"
	sleep 0.1
	kill -CONT "$target"
	wait_for 60 in_call "$target" "$number"
	finish INT
	was_stopped 100000000 ""
	csvsum check "$T/csv" call=recvfrom -- 'inflight == 1' 'calls == 0'
}

@test "stopped during the trace" {
	nr_of recvfrom
	start_server idle recv
	wait_for 60 in_call "$target" "$number"
	attach -o "csv-processes:$T/processes" -p "$target"
	kill -STOP "$target"
	wait_for 60 is_stopped "$target"
	sleep 0.1
	kill -CONT "$target"
	wait_for 60 in_call "$target" "$number"
	finish INT
	was_stopped 100000000 ""
	csvsum check "$T/csv" call=recvfrom -- 'inflight == 1' 'interrupted == 1'
}

# Starts a tracer that stops the target. Sets beside.
start_tracer() {
	rm -f "$T/gate" "$T/traced"
	start_beside tracer "$SERVERS/tracer" --pid "$target" --stopped "$T/traced" --gate "$T/gate"
	wait_file "$T/traced"
}

# Has the tracer let it go on.
end_tracer() {
	open_gate
	reap "$beside"
	same "exit code of the tracer" "$code" 0
}

@test "stopped by a tracer before the attach, going on during the trace: nothing is lost" {
	nr_of recvfrom
	start_server idle recv
	start_tracer
	attach -o "csv-processes:$T/processes" -p "$target"
	sleep 0.1
	end_tracer
	wait_for 60 in_call "$target" "$number"
	finish INT
	was_stopped 100000000 ""
	csvsum check "$T/csv" call=recvfrom -- 'inflight == 1' 'calls == 0'
}

@test "stopped by a tracer during the trace" {
	nr_of recvfrom
	start_server idle recv
	wait_for 60 in_call "$target" "$number"
	attach -o "csv-processes:$T/processes" -p "$target"
	start_tracer
	sleep 0.1
	end_tracer
	wait_for 60 in_call "$target" "$number"
	finish INT
	was_stopped 100000000 ""
	csvsum check "$T/csv" call=recvfrom -- 'inflight == 1' 'interrupted == 1'
}

# The mount point of a freezer of cgroups, and where in it the target is: place_of_freezer VERSION.
# Sets root and home.
place_of_freezer() {
	local own

	if [[ $1 == 2 ]]; then
		root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
		own=$(sed -n 's/^0:://p' "/proc/$target/cgroup")
	else
		root=$(awk '$3 == "cgroup" && $4 ~ /(^|,)freezer(,|$)/ { print $2; exit }' \
			/proc/self/mounts)
		own=$(sed -n 's/^[0-9]*:freezer://p' "/proc/$target/cgroup")
	fi
	home=$root$own
	[[ -n $root && -w $home/cgroup.procs ]] || skip "there is no freezer of cgroup v$1 to use"
}

# Moves the target into a new cgroup and freezes it: freeze VERSION.
freeze() {
	place_of_freezer "$1"
	mkdir "$root/iophase-test-$$" || skip "no cgroup can be made"
	group=$root/iophase-test-$$
	echo "$target" >"$group/cgroup.procs"
	if [[ $1 == 2 ]]; then
		echo 1 >"$group/cgroup.freeze"
		wait_for 60 grep -q 'frozen 1' "$group/cgroup.events"
	else
		echo FROZEN >"$group/freezer.state"
		wait_for 60 grep -qx FROZEN "$group/freezer.state"
	fi
}

# Lets it go on.
thaw() {
	if [[ -e $group/cgroup.freeze ]]; then
		echo 0 >"$group/cgroup.freeze"
	else
		echo THAWED >"$group/freezer.state"
	fi
}

# frozen_before VERSION: it was frozen before the attach, and stays so.
frozen_before() {
	start_server idle recv
	freeze "$1"
	check_before
}

# frozen_during VERSION: it is frozen during the trace, inside of a call.
frozen_during() {
	nr_of recvfrom
	start_server idle recv
	wait_for 60 in_call "$target" "$number"
	attach -o "csv-processes:$T/processes" -p "$target"
	freeze "$1"
	sleep 0.1
	thaw
	wait_for 60 in_call "$target" "$number"
	finish INT
	was_stopped 100000000 ""
}

@test "frozen before the attach: it is in no call" {
	frozen_before 2
}

@test "frozen during the trace" {
	frozen_during 2
}

@test "frozen before the attach, by cgroup v1" {
	frozen_before 1
}

@test "frozen during the trace, by cgroup v1" {
	frozen_during 1
}
