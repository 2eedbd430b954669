#!/usr/bin/env bats
# reported.bats - situations of public bug reports: servers that are busy and do nothing, or nothing of
# use. What they do is counted to the last call, errors by their names, and they are called what they
# are; docs/programs.md says where they were reported.
#
# What goes in: iophase, reported.py, root.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# Whether the report names an error as often as it was met: has_error CALL ERRNO NUMBER.
has_error() {
	same "$1 $2" "$(csvsum values "$T/csv" errors "call=$1" | grep -o "$2=[0-9]*")" "$2=$3"
}

# The column for an outcome: ok, or that of an errno.
column_of() {
	case $1 in
	ok) echo ok ;;
	EAGAIN) echo again ;;
	EINTR) echo interrupted ;;
	*) echo error ;;
	esac
}

# reported MODE MODEL [OPTION of iophase...]: all calls are there, and the model is that.
reported() {
	local call outcome number

	start reported python3 -B "$HERE/reported.py" "$1" "$T/ready" "$T/gate"
	wait_file "$T/ready"
	attach "${@:3}" -p "$target"
	open_gate
	reap_target
	finish
	# With several processes each has its own.
	cat "$T"/ready.* >"$T/did"
	[[ -s $T/did ]]
	while read -r call outcome number; do
		number=$(awk -v call="$call" -v outcome="$outcome" '
			$1 == call && $2 == outcome { n += $3 }
			END { print n }' "$T/did")
		same "$1: $call $outcome" "$(sum "$(column_of "$outcome")" "$call")" "$number"
		[[ $(column_of "$outcome") != error ]] || has_error "$call" "$outcome" "$number"
	done <"$T/did"
	grep -q '^Lost nothing' "$T/report"
	[[ -z $2 ]] || same "model" "$(models_of "$target")" "$2"
}

@test "reported: no descriptor left to accept with, in an epoll loop and without" {
	reported emfile epoll-lt
	same "accept4" "$(sum error accept4)" 500
	rm -f "$T"/ready* "$T/gate"
	reported blocked blocking
}

@test "reported: an event of a descriptor that is closed, or of another one by now" {
	reported duplicate epoll-lt
	rm -f "$T"/ready* "$T/gate"
	reported reused epoll-lt
}

@test "reported: room that nobody wants to write to" {
	reported writable epoll-lt
	same "epoll_wait" "$(sum ok epoll_wait)" 500
}

@test "reported: a queue of errors is no data" {
	reported errqueue epoll-lt
	same "reads of data" "$(sum bytes 'recv.*')" 0
	headline "$target" | grep -q '500 writes'
}

@test "reported: a timer's signal interrupts epoll_wait all the time" {
	reported alarms epoll-lt
	same "interrupted" "$(sum interrupted epoll_wait)" 500
}

@test "reported: two workers are told of each connection" {
	reported herd "" -f
	same "accepts" "$(sum ok accept4)" 50
	same "shape" "$(shapes_of "$target")" prefork
}
