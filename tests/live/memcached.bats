#!/usr/bin/env bats
# memcached.bats - a real server with several event loops: memcached, one that accepts and four that
# read, each with its own level-triggered epoll (libevent). Its `stats` say what it read.
#
# What goes in: memcached, on a private port; memcached_load.py. Needs root and BTF.

load helpers
load servers
load programs

WORKERS=4

setup() {
	live_setup
	needs memcached python3
	port=$(free_port)
	start memcached "$(command -v memcached)" -u nobody -l 127.0.0.1 -p "$port" -U 0 \
		-t "$WORKERS" -m 16
	wait_for 60 answers
}

teardown() {
	live_teardown
}

# Whether memcached answers.
answers() {
	client_of_memcached stats >/dev/null 2>&1
}

client_of_memcached() {
	python3 -B "$HERE/memcached_load.py" "$port" "$@"
}

# Reads the statistics into the array `stat`.
read_stats() {
	local name value

	declare -gA stat=()
	while read -r name value; do
		stat[$name]=$value
	done < <(client_of_memcached stats)
}

# Whether memcached has closed all connections but that which asks.
is_alone() {
	read_stats
	((stat[curr_connections] == resting))
}

# Reads the statistics at rest into `first`. Sets resting, the connections that it then has.
read_first_stats() {
	local name

	declare -gA first=()
	read_stats
	resting=${stat[curr_connections]}
	wait_for 60 is_alone
	for name in "${!stat[@]}"; do
		first[$name]=${stat[$name]}
	done
}

# By how much a statistic has grown.
grown() {
	echo $((stat[$1] - first[$1]))
}

@test "sets and gets by 12 connections, four loops" {
	read_first_stats
	attach -t -p "$target" -o "csv-exchanges:$T/exchanges"
	client_of_memcached 12 50
	read_stats
	finish INT
	# The last question was a connection, too. A worker is told of each by 8 bytes in its eventfd.
	same "connections" "$(sum ok accept4)" 13
	same "connections, by its statistics" "$(grown total_connections)" 13
	same "sets" "$(grown cmd_set)" 12
	same "gets" "$(grown get_hits)" 600
	same "bytes read" "$(sum bytes read)" $(($(grown bytes_read) + 8 * 13))
	same "reads" "$(sum ok read)" $((12 + 600 + 1 + 13))
	! has_exchanges || same "exchanges" "$(exchange exchanges)" $((12 + 600 + 1))
	same "ends of file" "$(($(sum eof read) >= 12))" 1
	same "errors" "$(sum error '.*')" 0
	same "loops that read" "$(rows_where tid 'c["call"] == "read" && c["ok"] > 0' | wc -l)" \
		"$WORKERS"
	same "their model" "$(rows_where model 'c["call"] == "read" && c["ok"] > 0')" epoll-lt
	same "model of what accepts" "$(rows_where model 'c["call"] == "accept4"')" epoll-lt
}

@test "in the middle of a load" {
	start_beside load python3 -B "$HERE/memcached_load.py" "$port" 8 0
	wait_for 60 has_sockets "$target" 9
	attach -p "$target" -d 500ms
	finish
	is_called epoll-lt
	(($(sum ok read) > 0))
	stop_child "$beside"
	finds_nothing
}

@test "idle" {
	attach -p "$target" -d 300ms
	finish
	waits_as epoll-lt epoll_wait
	same "reads" "$(sum calls read)" 0
}
