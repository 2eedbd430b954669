#!/usr/bin/env bats
# findings.bats - what is wrong is found, in report, CSV and exit code; and iophase explain.
#
# What goes in: finds.py, which does one thing wrong at a time; iophase, root. That healthy programs bring no
# finding is tested with them (finds_nothing, servers.bash).

load helpers
load servers

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
	attach -p "$(IFS=,; echo "${pid_of[*]}")" "${options[@]}"
	open_gate
	for id in "$@"; do
		wait_file "$T/$id.done"
	done
}

# The findings of a process in the latest CSV, one a line.
findings_of() {
	awk -F, -v pid="$1" 'NR > 1 && $3 == pid { print $5 }' "$T/findings"
}

# How often a second a process ended a call so, in the latest CSV: rate_of PID CALL OUTCOME.
rate_of() {
	awk -F, -v pid="$1" -v call="$2" -v outcome="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ period = $at["interval_ns"] }
		$at["pid"] == pid && $at["call"] == call { n += $at[outcome] }
		END { printf "%d\n", n * 1e9 / period }' "$T/csv"
}

# Whether the rate that a finding asks about was reached; "" if it is too near to its limit to say.
# A machine may be too slow for it: then it must not be found. Most ask about none.
is_reached() {
	local least=0 most=999999999 rate=1 pid=${pid_of[$1]}

	case $1 in
	loop-spins) least=1000 rate=$(rate_of "$pid" epoll_wait ok) ;;
	busy-waits) least=2000 rate=$(rate_of "$pid" epoll_wait timeout) ;;
	short-waits) least=200 most=1999 rate=$(rate_of "$pid" epoll_wait timeout) ;;
	polling) least=1000 rate=$(rate_of "$pid" recvfrom again) ;;
	tiny-reads | data-left) least=1000 rate=$(rate_of "$pid" recvfrom ok) ;;
	tiny-writes) least=1000 rate=$(rate_of "$pid" sendto ok) ;;
	# By its own clock most took as long as what it is about.
	delayed-*) [[ $(<"$T/$1.done") != yes ]] || echo yes && return ;;
	esac
	((rate * 100 <= least * 98 || rate * 98 >= most * 100)) && echo no && return
	((rate * 98 >= least * 100 && rate * 100 <= most * 98)) && echo yes
	return 0
}

# Asserts that there are just these lines: same_lines WANTED GOT.
same_lines() {
	[[ $1 == "$2" ]] && return 0
	echo "found: $2; wanted: $1"
	return 1
}

# Asserts that each of those was found in the process that did it, if it did it often enough.
are_found() {
	local id found

	for id in "$@"; do
		found=no
		! grep -qx "$id" <(findings_of "${pid_of[$id]}") || found=yes
		case $(is_reached "$id") in
		"$found" | "") continue ;;
		esac
		echo "$id: found $found in pid ${pid_of[$id]}, where there is: $(findings_of "${pid_of[$id]}")"
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

# Whether a process's slow handlers spent from LEAST to MOST percent so, by the latest CSV, the time
# in the run queue left out: who is woken, or busy, may have to wait for a CPU. spent PID LEAST MOST WORDS
spent() {
	awk -F'"' -v pid="$1" -v least="$2" -v most="$3" -v words=" % $4" '
		split($1, column, ",") && column[3] == pid && column[5] == "slow-handler" {
			match($2, /[0-9.]+ % in the run queue/)
			runq = substr($2, RSTART, RLENGTH) + 0
			match($2, "[0-9.]+" words)
			share = substr($2, RSTART, RLENGTH) + 0
			found = 1
		}
		END { exit !(found && share >= least * (100 - runq) / 100 && share <= most) }' "$T/findings"
}

@test "findings: a slow handler, by what it does" {
	do_wrong away-busy away-asleep away-asking
	finish INT
	cat "$T/findings"
	spent "${pid_of[away-busy]}" 95 100 "on a CPU"
	spent "${pid_of[away-asleep]}" 90 100 "asleep outside"
	spent "${pid_of[away-asking]}" 90 100 "asleep in them"
	spent "${pid_of[away-busy]}" 0 5 "asleep outside"
	spent "${pid_of[away-busy]}" 0 5 "asleep in them"
	spent "${pid_of[away-asleep]}" 0 5 "asleep in them"
	spent "${pid_of[away-asking]}" 0 5 "asleep outside"
}

@test "findings: what is left in an edge-triggered connection" {
	need_exchanges
	do_wrong edge-undrained edge-drained edge-comes-back edge-relay
	finish INT
	cat "$T/findings"
	findings_of "${pid_of[edge-undrained]}" | grep -qx edge-undrained
	refute grep -qx edge-undrained <(findings_of "${pid_of[edge-drained]}")
	refute grep -qx edge-undrained <(findings_of "${pid_of[edge-comes-back]}")
	refute grep -qx edge-undrained <(findings_of "${pid_of[edge-relay]}")
}

@test "findings: calls" {
	local -a ids=(polling herd-accept herd-read connect-fails tiny-reads data-left)

	do_wrong "${ids[@]}"
	finish INT
	are_found "${ids[@]}"
}

@test "findings: writes and single events" {
	local -a ids=(writes-refused tiny-writes single-events)

	do_wrong "${ids[@]}"
	finish INT
	are_found "${ids[@]}"
}

@test "findings: what waits for a delayed acknowledgement" {
	local -a ids=(delayed-asks delayed-requests)

	need_exchanges
	do_wrong "${ids[@]}"
	finish INT
	cat "$T"/*.done
	are_found "${ids[@]}"
}

@test "findings: time and threads" {
	local -a ids=(blocking-in-loop stopped writes-blocked run-queue)
	# Shares of an interval do not depend on how long it took until all had begun.
	local -a options=(-i 500ms)

	! has_exchanges || ids+=(pool-small)
	do_wrong "${ids[@]}"
	wait_for 60 are_found "${ids[@]}" >"$T/looked.out"
	finish INT
}

@test "findings: a thousand threads that wait, and those that there is no room for" {
	start idle python3 -B "$HERE/finds.py" idle-threads - "$T/idle.done"
	wait_file "$T/idle.done"
	attach -d 0.1 -p "$target"
	finish
	same_lines idle-threads "$(findings_of "$target")"
	grep -q '^  note: Of 1,051 threads, 1,050 sleep until ' "$T/report"
	attach -d 0.1 --max-threads 40 -p "$target"
	finish
	grep -q '^[^,]*,[0-9]*,,,threads-lost,warning,.*,report,,lost_threads=1011$' "$T/findings"
}

@test "findings: the exit code, and each interval has its own" {
	start blocked python3 -B "$HERE/finds.py" writes-blocked "$T/gate" "$T/done"
	attach -i 0.2 --fail-on note -p "$target"
	# The program does nothing yet, for an interval at least.
	wait_for 60 grep -q ' when it ended' "$T/report"
	refute grep -q ',writes-blocked,' "$T/findings"
	open_gate
	wait_for 60 grep -q ',writes-blocked,' "$T/findings"
	kill -INT "$tracer"
	reap "$tracer"
	[[ $code == 5 ]]
	# More is not asked about, and the run of it is what it was.
	attach -d 0.3 --fail-on problem -p "$target"
	finish
	grep -q ',writes-blocked,' "$T/findings"
}

@test "findings: iophase explain has a page for each, and so has docs/findings.md a line" {
	local id severity

	"$IOPHASE" explain >"$T/list"
	same_lines "$(awk '{ print $1, $2 }' "$T/list" | sort)" "$(sed -n \
		's/^| `\([a-z-]*\)` | \(note\|warning\|problem\) | .*/\1 \2/p' "$HERE/../../docs/findings.md" | sort)"
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
