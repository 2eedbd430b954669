#!/usr/bin/env bats
# peers.bats - who is at the other end of a socket is told for sockets of each kind: clients whose
# connections were accepted, and not the upstream that the same thread has connected to.
#
# What goes in: iophase, peers.py, root.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# Whether a server of peers.py is ready, or has ended.
ready_or_ended() {
	[[ -s $T/$1/ready ]] || has_ended "$2"
}

# Starts a server of peers.py that waits for the word. Sets target.
start_kind() {
	mkdir "$T/$1"
	start "$1" python3 -B "$HERE/peers.py" "$1" "$T/$1/ready" "$T/$1/done" "$T/$1"
	wait_for 60 ready_or_ended "$1" "$target"
}

# Each of 4 clients has asked 12 times, and each time the upstream was asked: exchanged KIND PID
exchanged() {
	has_exchanges || return 0
	same "requests of $1" "$(exchange exchanges server "$2")" 48
	# What has been made by the process itself, a pair or a UNIX listener, may be its own alone.
	[[ " unix abstract seqpacket bound pair " == *" $1 "* ]] ||
		same "questions of $1 to its upstream" "$(exchange exchanges client "$2")" 48
}

# serve_each KIND...: attached to all of them, each is seen to serve each client by a thread of its
# own, and to have asked the upstream for each request.
serve_each() {
	local kind
	local -A pid=()

	for kind in "$@"; do
		start_kind "$kind"
		pid[$kind]=$target
		refute has_ended "$target"
	done
	attach -p "${pid[*]}" -o "csv-exchanges:$T/exchanges"
	for kind in "$@"; do
		: >"$T/$kind/done.go"
	done
	for kind in "$@"; do
		wait_for 60 test -e "$T/$kind/done"
	done
	finish INT
	for kind in "$@"; do
		echo "$kind:"
		same accepts "$(sum ok 'accept4?' "${pid[$kind]}")" 4
		has_shape "${pid[$kind]}" thread-per-connection \
			"one thread per connection, 4 seen"
		exchanged "$kind" "${pid[$kind]}"
	done
	grep -q '^Lost nothing' "$T/report"
}

@test "peers: TCP by IPv6, by IPv4 of an IPv6 listener, without bind, and of two listeners on a port" {
	serve_each ipv6 mapped unnamed reuseport
}

@test "peers: UNIX sockets by path, by abstract name, in packets, and of clients with a name" {
	serve_each unix abstract seqpacket bound
}

@test "peers: a pair of sockets is an upstream" {
	serve_each pair
}

@test "peers: multipath TCP" {
	[[ $(cat /proc/sys/net/mptcp/enabled) == 1 ]] || skip "this machine has no multipath TCP"
	serve_each mptcp
}
