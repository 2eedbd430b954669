#!/usr/bin/env bats
# adversity.bats - bad weather: iophase is killed, targets die while it attaches, names are hostile,
# pools are too small.
#
# What goes in: iophase, its variant with tiny pools (build/tests/iophase-tiny), the workloads,
# root. What comes out: nothing left in the kernel, right counts, losses named.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# The pins in the BPF file system.
pins() {
	[[ ! -d /sys/fs/bpf ]] || find /sys/fs/bpf -mindepth 1 | sort
}

# Ends iophase by a signal and expects all that it had in the kernel to go.
check_leftovers() {
	command -v bpftool || skip "bpftool is not installed"
	pins >"$T/pins"
	start_workload rhythm
	attach --hooks "$2" -p "$target"
	bpf_ids "$tracer" >"$T/ids"
	(($(grep -c '^prog' "$T/ids") >= 5))
	(($(grep -c '^map' "$T/ids") >= 5))
	refute all_gone "$T/ids"
	kill "-$1" "$tracer"
	reap "$tracer"
	wait_for 60 all_gone "$T/ids"
	pins | diff "$T/pins" -
}

@test "adversity: kill -9 leaves no program, link, map or pin" {
	check_leftovers KILL syscalls
	[[ $code == 137 ]]
}

@test "adversity: kill -9 leaves nothing, raw hooks" {
	check_leftovers KILL raw
	[[ $code == 137 ]]
}

@test "adversity: nor does the normal end" {
	check_leftovers INT syscalls
	[[ $code == 0 ]]
}

@test "adversity: two iophases on one target agree exactly" {
	local first

	start_gated_server server_epoll --connections 10
	AS=first- attach -p "$target"
	first=$tracer
	AS=second- attach --hooks raw -p "$target"
	open_gate
	client --connections 10 --requests 100
	reap_target
	finish
	reap "$first"
	[[ $code == 0 ]]
	csvsum agree "$T/first-csv" "$T/second-csv"
	csvsum same "$T/first-csv" "$T/tally.csv"
}

@test "adversity: a new one while the last one's probes are being detached" {
	start_gated_server server_epoll --connections 10
	attach -p "$target"
	finish INT
	attach -p "$target"
	open_gate
	client --connections 10 --requests 100
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
}

# Attaches to a program that ends soon: exit code 0, or 1 and one line.
check_dying() {
	local i

	for ((i = 0; i < 12; i++)); do
		start "dying" "$@" $((RANDOM % 60 + 1))
		attach_dying
	done
}

# One such attach.
attach_dying() {
	code=0
	timeout 10 "$IOPHASE" -q -d 5 -p "$target" >"$T/report" 2>"$T/err" 3>&- || code=$?
	echo "exit code $code: $(<"$T/err")"
	[[ $code == 0 || $code == 1 ]]
	[[ $code == 0 || $(wc -l <"$T/err") == 1 ]]
	refute grep -qv '^iophase: ' "$T/err"
}

@test "adversity: a target that dies while we attach" {
	check_dying bash -c 'exec sleep 0.0$(printf %02d $0)'
}

@test "adversity: a target of many threads that dies while we attach" {
	check_dying "$SERVERS/churn" --count
}

# A hostile name and what becomes of it in text and CSV: control characters, and bytes that are no
# UTF-8, as \xNN; a backslash doubled; all else as it is. In the CSV the first character of a formula
# is \xNN, too. check_comm COMM TEXT [CSV]
check_comm() {
	start_server hostile_comm "$1"
	attach -t -d 200ms -p "$target"
	finish
	csvsum shape "$T/csv"
	csvsum values "$T/csv" comm "tid=$target" >"$T/comm"
	[[ $(<"$T/comm") == "${3:-$2}" ]]
	[[ $(wc -l <"$T/comm") == 1 ]]
	grep -qF -- "$2" "$T/report"
	python3 -B - "$T/report" "$T/err" "$T/csv" <<-'END'
		import sys
		for path in sys.argv[1:]:
		    text = open(path, "rb").read().decode("utf-8")
		    bad = {c for c in text if (c < " " and c != "\n") or "\x7f" <= c <= "\x9f"}
		    assert not bad, f"{path}: {bad}"
	END
	kill -TERM "$target"
	reap_target
}

@test "adversity: a comm with commas and quotes" {
	check_comm 'a,b"c",d' '"a,b\x22c\x22,d"' 'a,b"c",d'
}

@test "adversity: a comm with newlines" {
	check_comm 'a\x0ab\x0d\x0ac' 'a\x0ab\x0d\x0ac'
}

@test "adversity: a comm with escape sequences" {
	check_comm '\x1b[31m\x1b]0;x\x07\x9b1m' '\x1b[31m\x1b]0;x\x07\x9b1m'
}

@test "adversity: a comm with C1 controls, in UTF-8" {
	check_comm 'a\xc2\x9b31m\xc2\x85b' 'a\xc2\x9b31m\xc2\x85b'
}

@test "adversity: a comm with invalid and with valid UTF-8" {
	check_comm '\xff\xc3\xa9\xc0\x80\xe2\x82' '\xffé\xc0\x80\xe2\x82'
}

@test "adversity: a comm with a backslash, a formula, a parenthesis" {
	check_comm '=1) R 1 \x5cx' '=1) R 1 \\x' '\x3d1) R 1 \\x'
}

# Runs of the variant that has a row, and an octave, for each of the --max-threads. Sets PROGRAM.
use_tiny() {
	PROGRAM=$SERVERS/iophase-tiny
	[[ -x $PROGRAM ]] || skip "build/tests/iophase-tiny is not there"
}

@test "adversity: threads that find no room are counted and named" {
	start_gated_server server_threads --connections 30
	attach --max-threads 4 -p "$target"
	open_gate
	start_client --connections 30 --requests 20 --pause-us 20000
	reap_target
	finish
	csvsum shape "$T/csv"
	grep -Eq '^Lost threads: [0-9,]+ ' "$T/report"
	refute grep -q '^Lost nothing' "$T/report"
}

@test "adversity: calls that find no room are counted and named, and the books balance" {
	use_tiny
	start_gated exact --threads 1 --rounds 4
	attach --max-threads 4 -t -i 0.1 -p "$target"
	open_gate
	reap_target
	finish
	csvsum shape "$T/csv"
	grep -Eq '^Lost calls: [0-9,]+ ' "$T/report"
	csvsum books "$T/csv" --but-last tid="$target"
}

@test "adversity: exchanges that find no room are counted and named, and the books balance" {
	local lost

	use_tiny
	need_exchanges
	start_gated_server server_epoll
	attach --max-threads 4 -p "$target" -o "csv-exchanges:$T/exchanges"
	open_gate
	client --connections 4 --requests 50
	finish INT
	lost=$(sed -n 's/^Lost exchanges: \([0-9,]*\) .*/\1/p' "$T/report")
	((${lost//,/} > 0))
	same "exchanges, with those that were lost" $(($(exchange exchanges) + ${lost//,/})) 200
	csvsum books "$T/csv" pid="$target"
}

@test "adversity: percentiles that find no room are counted and named, the counts still right" {
	use_tiny
	start_gated_server server_nonblocking --connections 4 --pause-us 200
	# Exchanges would take rows that the calls need.
	attach --max-threads 4 --no-connections -p "$target"
	open_gate
	client --connections 4 --requests 50
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
	grep -Eq '^Lost samples: [0-9,]+ ' "$T/report"
}
