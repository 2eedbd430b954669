#!/usr/bin/env bats
# older.bats - what clients waited for where the kernel does not tell when data are ready in a socket
# (before 6.3): each request is an exchange; its service, and what it waited from when its thread was
# woken, or told of it. The client's own stamps are the second witness.
#
# What goes in: the program that takes any kernel for such a one (build/tests/iophase-older),
# delaying.py, the workloads of tests/servers. Needs root and BTF.

load helpers
load servers

setup() {
	live_setup
	PROGRAM=$SERVERS/iophase-older
}

teardown() {
	live_teardown
}

# Serves in a mode, as in connections.bats: delayed MODE CONNECTIONS REQUESTS.
delayed() {
	start delaying python3 -B "$HERE/delaying.py" server "$1" "$T/place"
	wait_file "$T/place"
	attach -p "$target" -o "csv-exchanges:$T/exchanges"
	python3 -B "$HERE/delaying.py" client "$T/place" "$2" "$3" "$T/result"
	finish INT
	read -r _ requests _ waited _ <"$T/result"
	# Which socket a read from before the attach was of is not known.
	if [[ $1 == udp ]]; then
		(($(exchange exchanges) + 1 >= requests && $(exchange exchanges) <= requests))
	else
		same "exchanges" "$(exchange exchanges)" "$requests"
	fi
	grep -q '^Lost nothing' "$T/report"
	# What was measured lies within what the client measured, and has no part that was not.
	(($(exchange queueing_ns) + $(exchange service_ns) <= waited))
	same "parts" "$(($(exchange runq_ns) + $(exchange dispatch_ns) + $(exchange read_ns)))" \
		"$(exchange queueing_ns)"
	same "backlog and wake-up" "$(cells backlog_ns)$(cells wakeup_ns)" ""
}

# The cells of a column of the exchanges of servers, in one word.
cells() {
	awk -F, -v column="$1" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["role"] == "server" { printf "%s", $at[column] }' "$T/exchanges"
}

# Forgets the server of the latest mode.
next_mode() {
	kill "$target"
	rm "$T/place"
}

@test "older: what is not measured is said" {
	delayed service 2 4
	is_in service 8
	is_known asleep 8
	grep -q 'a request counts as ready when its thread is woken' <(tr -s '\n ' ' ' <"$T/report")
}

@test "older: a late read is dispatch" {
	delayed late 2 4
	is_in dispatch 8
}

@test "older: computed answers, datagrams, UNIX" {
	delayed compute 1 4
	is_known cpu 4
	next_mode
	delayed udp 1 4
	is_in service 3
	next_mode
	delayed unix 2 4
	is_in service 8
}

@test "older: what an upstream takes is asked, and in the service" {
	delayed upstream 2 4
	same "asked" "$(exchange exchanges client)" "$requests"
	is_known upstream 8
	is_in asked 8 client
}

@test "older: who speaks first, and peeks" {
	delayed greeting 1 4
	next_mode
	delayed peeked 1 4
	is_in dispatch 4
}

@test "older: each request is an exchange, whatever the model" {
	counted server_threads
	counted server_threads --read
	counted server_pool --threads 8
	counted server_select
	counted server_poll
	counted server_epoll --et
	counted server_nonblocking
	counted server_handoff
}

@test "older: raw hooks; connections that come and go" {
	local round

	start_gated_server server_epoll
	attach --hooks raw -p "$target" -o "csv-exchanges:$T/exchanges"
	open_gate
	for round in 1 2 3; do
		client --connections 30 --requests 3
	done
	finish INT
	same "exchanges" "$(exchange exchanges)" 270
	same "connections" "$(exchange connections)" 90
	same "untimed" "$(exchange untimed)" 0
}

@test "older: what threads are asleep in since before the attach is known from /proc alone" {
	start_server server_pool --threads 40
	attach -t -d 300ms -p "$target"
	finish
	csvsum books "$T/csv"
	csvsum check "$T/csv" class=accept -- 'len(tid) == 40' 'inflight == 40 * intervals' \
		'wait_ns == wall' 'calls == 0'
}
