#!/usr/bin/env bats
# errors.bats - failed calls say why, in the CSV exactly, and in the report the most frequent.
#
# What goes in: errors.py, which says how often it fails for what. Needs root and BTF.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

check_errors() {
	start errors python3 -B "$HERE/errors.py" "$T/gate" "$T/ready"
	wait_file "$T/ready"
	attach --hooks "$1" -p "$target"
	open_gate
	reap_target
	finish
	csvsum shape "$T/csv"
	csvsum check "$T/csv" call=connect -- 'error == 28' \
		'errors == ["ECONNREFUSED=7 ENOENT=6 EBADF=5 EINVAL=4 ENOTSOCK=4 other=2"]'
	csvsum check "$T/csv" call=sendto -- 'errors == ["EPIPE=2"]'
	csvsum check "$T/csv" call=accept4 -- 'errors == ["EMFILE=4"]'
	csvsum check "$T/csv" call=app -- 'errors == [""]'
	grep -q '^Errors: connect ECONNREFUSED 7, connect ENOENT 6, connect EBADF 5$' "$T/report"
}

@test "errors: by errno" {
	check_errors syscalls
}

@test "errors: by errno, raw hooks" {
	check_errors raw
}
