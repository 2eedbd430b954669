#!/usr/bin/env bats
# findings.bats - what is wrong is found, in report, CSV and exit code; and iophase explain.
#
# What goes in: finds.py, which does one thing wrong; iophase, root. That healthy programs bring no
# finding is tested with them (finds_nothing, servers.bash).

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# Starts programs that do one thing wrong each, attaches to all, and lets them go; returns when each
# has done enough. Sets pid_of.
do_wrong() {
	local id

	declare -gA pid_of=()
	for id in "$@"; do
		start "$id" python3 -B "$HERE/finds.py" "$id" "$T/gate" "$T/$id.done"
		pid_of[$id]=$target
	done
	attach -p "$(IFS=,; echo "${pid_of[*]}")"
	open_gate
	for id in "$@"; do
		wait_file "$T/$id.done"
	done
}

# The findings of a process in the latest CSV, one a line.
findings_of() {
	awk -F, -v pid="$1" 'NR > 1 && $3 == pid { print $5 }' "$T/findings"
}

# Asserts that there are just these lines: same_lines WANTED GOT.
same_lines() {
	[[ $1 == "$2" ]] && return 0
	echo "found: $2; wanted: $1"
	return 1
}

# Asserts that each of those was found in the process that did it.
are_found() {
	local id

	for id in "$@"; do
		grep -qx "$id" <(findings_of "${pid_of[$id]}") && continue
		echo "$id was not found in pid ${pid_of[$id]}, but: $(findings_of "${pid_of[$id]}")"
		return 1
	done
}

@test "findings: loops and waits" {
	local -a ids=(loop-spins busy-waits short-waits accept-full control-fails control-per-request)

	do_wrong "${ids[@]}"
	finish INT
	are_found "${ids[@]}"
	grep -q '^  problem: [0-9,]* waits a second said ready, and 0.00 reads, writes or ' "$T/report"
	grep -q ',accept-full,problem,"20 accepts failed, .* EMFILE: .*,process,[0-9]*,accept_full=20$' "$T/findings"
}

@test "findings: what loops are told" {
	local -a ids=(slow-handler select-scan maxevents-full)

	do_wrong "${ids[@]}"
	finish INT
	are_found "${ids[@]}"
}

@test "findings: calls" {
	local -a ids=(polling herd-accept herd-read connect-fails tiny-reads writes-refused)

	do_wrong "${ids[@]}"
	finish INT
	are_found "${ids[@]}"
}

@test "findings: time and threads" {
	local -a ids=(blocking-in-loop stopped writes-blocked run-queue)

	do_wrong "${ids[@]}"
	finish INT
	are_found "${ids[@]}"
}

@test "findings: a thousand threads that wait, and those that there is no room for" {
	start idle python3 -B "$HERE/finds.py" idle-threads - "$T/idle.done"
	wait_file "$T/idle.done"
	attach -d 0.1 -p "$target"
	finish
	same_lines idle-threads "$(findings_of "$target")"
	grep -q '^  note: Of 1,051 threads, 1,050 sleep until ' "$T/report"
	PROGRAM=$SERVERS/iophase-tiny
	attach -d 0.1 -p "$target"
	finish
	grep -q '^[^,]*,[0-9]*,,,threads-lost,warning,.*,report,,lost_threads=1011$' "$T/findings"
}

@test "findings: the exit code, and each interval has its own" {
	start polling python3 -B "$HERE/finds.py" polling "$T/gate" "$T/polling.done"
	attach -i 0.2 --fail-on warning -p "$target"
	# The program does nothing yet, for an interval at least.
	wait_for 10 grep -q ' when it ended' "$T/report"
	open_gate
	wait_file "$T/polling.done"
	wait_for 10 grep -q ',polling,' "$T/findings"
	kill -INT "$tracer"
	reap "$tracer"
	[[ $code == 5 ]]
	# More is not asked about, and the run of it is what it was.
	attach -d 0.1 --fail-on problem -p "$target"
	finish
	grep -q ',polling,' "$T/findings"
}

@test "findings: iophase explain has a page for each, and so has README.md a line" {
	local id severity

	"$IOPHASE" explain >"$T/list"
	same_lines "$(awk '{ print $1, $2 }' "$T/list" | sort)" "$(sed -n \
		's/^| `\([a-z-]*\)` | \(note\|warning\|problem\) | .*/\1 \2/p' "$HERE/../../README.md" | sort)"
	while read -r id severity _; do
		"$IOPHASE" explain "$id" >"$T/page"
		grep -q "^$id ($severity): " "$T/page"
		grep -q '^How it is decided: ' "$T/page"
		grep -q '^  at \(least\|most\) ' "$T/page"
		grep -q '^How sure it is$' "$T/page"
		grep -q '^Reading$' "$T/page"
		refute grep -q '.\{81\}' "$T/page"
	done <"$T/list"
	code=0
	"$IOPHASE" explain nonsense 2>"$T/err" || code=$?
	[[ $code == 2 ]]
	grep -qx "iophase: 'nonsense' is no finding; iophase explain lists them" "$T/err"
}
