#!/usr/bin/env bats
# report.bats - the text report on real runs: what it must say, its width, its colours.
#
# What goes in: iophase, the workloads, root. What comes out: asserted text. Its exact bytes are the
# golden tests' matter.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# Fails if a line of the file is wider than 100 columns or has a control character.
check_text() {
	python3 -B - "$1" <<-'END'
		import sys, unicodedata
		data = open(sys.argv[1], "rb").read().decode("utf-8")
		wide = [line for line in data.split("\n") if len(line) > 100]
		controls = {c for c in data if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"}
		assert data, "empty"
		assert not wide, f"wider than 100 columns: {wide}"
		assert not controls, f"control characters: {controls}"
	END
}

@test "report: model, budget, calls and what was lost" {
	start_gated_server server_epoll --et
	attach -p "$target"
	open_gate
	client --connections 10 --requests 100
	finish INT
	check_text "$T/report"
	grep -Eq "^\"server_epoll\" \(pid $target\) +1 thread" "$T/report"
	grep -q 'multiplexing: epoll, edge-triggered' "$T/report"
	grep -Eq '^Where the time went .* accounted for' "$T/report"
	grep -Eq '^  wait for I/O +[0-9.]+ m?s +[0-9.]+ %' "$T/report"
	grep -Eq '^  application ' "$T/report"
	grep -Eq '^Calls .*busy p50' "$T/report"
	grep -Eq '^  recvfrom .* 1,000 ' "$T/report"
	grep -Eq '^Lost nothing\.' "$T/report"
}

@test "report: 100 % accounted for under load" {
	start_server server_threads
	attach -d 1 -p "$target"
	client --connections 20 --until-deadline --seconds 1
	finish
	grep -Eq '^Where the time went .*, (99\.[5-9]|100\.[0-5]) % accounted for' "$T/report"
}

@test "report: intervals, and the whole at the end" {
	start_workload rhythm
	attach_only -i 0.3 -d 1 -p "$target"
	finish
	(($(grep -c '^"rhythm" (pid '"$target)" "$T/report") >= 4))
	check_text "$T/report"
	# The last block is the sum: 1 s, which is 20 beats.
	tail -n 25 "$T/report" | grep -Eq '^"rhythm" .* 1\.[0-2]?[0-9]* s'
}

@test "report: a process of 500 threads, at most 100 columns wide, not a book" {
	start_server server_pool --threads 500
	attach -d 500ms -p "$target"
	finish
	check_text "$T/report"
	grep -Eq "^\"server_pool\" \(pid $target\) +50[01] threads" "$T/report"
	(($(wc -l <"$T/report") <= 30))
	attach -t -d 500ms -p "$target"
	finish
	check_text "$T/report"
	(($(wc -l <"$T/report") <= 200))
	csvsum check "$T/csv" class=accept -- 'len(tid) >= 500'
}

@test "report: -t has a block for each thread" {
	start_workload rhythm
	attach -t -d 500ms -p "$target"
	finish
	grep -Eq "thread $target \"rhythm\" " "$T/report"
	grep -Eq 'thread [0-9]+ "rhythm-reader" ' "$T/report"
	check_text "$T/report"
}

@test "report: no colour in a file, nor in a pipe" {
	start_workload rhythm
	attach_only -d 200ms -p "$target"
	finish
	refute grep -q $'\e' "$T/report"
}

# Runs iophase on a terminal of its own: on_terminal [NAME=VALUE...]; what it shows is in $T/screen.
on_terminal() {
	command -v script || skip "script is not installed"
	env -u NO_COLOR TERM=xterm "$@" script -qec "'$IOPHASE' -d 200ms -p $target" /dev/null \
		>"$T/screen" </dev/null 3>&-
	grep -q 'Where the time went' "$T/screen"
}

@test "report: colour on a terminal, not with NO_COLOR or TERM=dumb" {
	start_workload rhythm
	on_terminal
	grep -q $'\e\\[' "$T/screen"
	on_terminal NO_COLOR=1
	refute grep -q $'\e' "$T/screen"
	on_terminal TERM=dumb
	refute grep -q $'\e' "$T/screen"
	# An empty one says nothing.
	on_terminal NO_COLOR=
	grep -q $'\e\\[' "$T/screen"
}
