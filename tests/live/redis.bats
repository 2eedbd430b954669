#!/usr/bin/env bats
# redis.bats - a real server under a real load: redis, one thread with level-triggered epoll that
# reads with read(2), and idle background threads. Its own INFO says what it received.
#
# What goes in: redis-server, redis-benchmark and redis-cli, on a private port and folder. Needs
# root and BTF.

load helpers
load servers

setup() {
	local program

	live_setup
	for program in redis-server redis-benchmark redis-cli; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
	start_redis
}

teardown() {
	live_teardown
}

# Starts redis without persistence and with one I/O thread. Sets target and port.
start_redis() {
	port=$(free_port)
	mkdir "$T/redis"
	start redis "$(command -v redis-server)" --bind 127.0.0.1 --port "$port" --dir "$T/redis" \
		--save "" --appendonly no --daemonize no --io-threads 1
	wait_for 60 answers
}

# Whether redis answers.
answers() {
	[[ $(redis-cli -p "$port" ping 2>&1) == PONG ]]
}

# Reads the counters of INFO stats into the array `info`, and waits until redis has seen that the
# connection which asked is closed.
read_info() {
	local name value

	declare -gA info=()
	while IFS=: read -r name value; do
		[[ -z $value ]] || info[$name]=${value%$'\r'}
	done < <(redis-cli -p "$port" info stats)
	wait_for 60 has_no_clients
}

# Whether redis has no connection: all sockets that it has open are its listener.
has_no_clients() {
	! has_sockets "$target" 2
}

# commands N [OPTION of redis-benchmark...]: SETs of 100 bytes.
commands() {
	redis-benchmark -p "$port" -t set -d 100 -n "$@" >"$T/benchmark.out" 2>&1
}

# Asserts that what iophase counted since the first INFO is what redis counted until the second.
agrees_with_info() {
	local -A first

	for name in "${!info[@]}"; do
		first[$name]=${info[$name]}
	done
	read_info
	finish INT
	is_called epoll-lt
	same "bytes read" "$(sum bytes read)" \
		$((info[total_net_input_bytes] - first[total_net_input_bytes]))
	same "connections" "$(sum ok accept4)" \
		$((info[total_connections_received] - first[total_connections_received]))
	same "ends of file" "$(sum eof read)" "$(sum ok accept4)"
	same "errors" "$(sum error '.*')" 0
	same "reads by other calls" "$(sum calls 'recv.*|readv|preadv2')" 0
	processed=$((info[total_commands_processed] - first[total_commands_processed]))
}

@test "one command per read, 50 connections" {
	read_info
	attach -p "$target" -o "csv-exchanges:$T/exchanges"
	commands 3000 -c 50
	agrees_with_info
	# Beside the load's there are the INFOs, and redis-benchmark's questions, which come in one read.
	(($(sum ok read) > 3000 && $(sum ok read) <= processed))
	same "replies" "$(sum ok write)" "$(sum ok read)"
	! has_exchanges || same "exchanges" "$(exchange exchanges)" "$(sum ok read)"
	finds_nothing
}

@test "pipelined commands: fewer reads, the same bytes" {
	read_info
	attach -p "$target"
	commands 3000 -c 10 -P 16
	agrees_with_info
	(($(sum ok read) < processed))
}

@test "attached in the middle of a load" {
	start_beside load redis-benchmark -p "$port" -t set,get -n 100000000 -c 20 -q
	wait_for 60 has_sockets "$target" 15
	attach -p "$target" -d 500ms
	finish
	is_called epoll-lt
	(($(sum ok read) > 0))
	stop_child "$beside"
}

@test "its background threads are seen, idle" {
	local task name

	attach -t -p "$target"
	commands 500 -c 5
	finish INT
	same "threads" "$(awk -F, 'NR > 1 { print $4 }' "$T/csv" | sort -u)" \
		"$(find "/proc/$target/task" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -u)"
	for task in "/proc/$target/task"/*; do
		name=$(<"$task/comm")
		same "comm" "$(awk -F, -v tid="${task##*/}" '$4 == tid { print $5; exit }' "$T/csv")" \
			"$name"
		[[ $name != bio_* ]] || same "$name" "$(models_of "$target" "${task##*/}")" idle
	done
	same "model of the main thread" "$(models_of "$target" "$target")" epoll-lt
	# They did nothing: named, and their time left out.
	grep -Eq '^  [0-9]+ threads did nothing, left out here: .*bio_' "$T/report"
}

@test "counts call by call, with strace -c beside" {
	command -v strace >/dev/null || skip "strace is not installed"
	start_beside strace strace -f -c -o "$T/strace" -p "$target"
	wait_for 60 grep -qs attached "$T/strace.err"
	read_info
	attach -p "$target"
	# What strace has seen before is in its sums; only what the load does is compared.
	commands 500 -c 10
	wait_for 60 has_no_clients
	finish INT
	kill -INT "$beside"
	reap "$beside"
	cat "$T/strace"
	# Before the attach redis-cli made one connection: accepted, read, answered, read to its end.
	same "accept4" $(($(sum ok accept4) + 1)) "$(strace_count accept4)"
	# Redis also looks into /proc/self/stat, one read each time; it opens nothing else.
	same "read" $(($(sum calls read) + 2)) $(($(strace_count read) - $(strace_count openat)))
	same "write" $(($(sum calls write) + 1)) "$(strace_count write)"
}

# The number of calls that strace -c counted, without those that failed.
strace_count() {
	awk -v call="$1" '$NF == call { n += $4 - (NF == 6 ? $5 : 0) } END { print n + 0 }' "$T/strace"
}
