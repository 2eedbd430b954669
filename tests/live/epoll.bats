#!/usr/bin/env bats
# epoll.bats - epoll in full: one-shot and exclusive registrations, several sets, sets within a set
# and under poll, a set that threads share, sockets in two sets and read by duplicates; and a process
# that mixes models. Model, shape, exact counts, books: attached to before the first connection, and
# in the middle of a load, when all is registered already.
#
# What goes in: the workloads of tests/servers, epoll_edges.py. Needs root and BTF.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# How many threads the latest workload has.
threads_now() {
	find "/proc/$target/task" -mindepth 1 -maxdepth 1 | wc -l
}

# Asserts what holds of any server of this file: called by its model, and in the shape.
is_epoll() {
	is_called "$1"
	has_shape "$target" "${shape:-event-loop}" "${words:-event loop, 1 loop}"
}

# kind MODEL HOOKS [OPTION...]: exact from the start, and recognised in the middle of a load. Where
# it is not an event loop with one loop, shape and words say what it is; server says which program.
kind() {
	local model=$1 hooks=$2

	shift 2
	start_gated_server "${server:-server_epoll_kinds}" --connections 8 "$@"
	attach -p "$target" --hooks "$hooks"
	open_gate
	client --connections 8 --requests 40
	reap_target
	finish
	is_epoll "$model"
	csvsum shape "$T/csv"
	csvsum same "$T/csv" "$T/tally.csv"
	grep -q '^Lost nothing' "$T/report"
	same "bytes read" "$(sum bytes recvfrom)" $((8 * 40 * 64))

	start_server "${server:-server_epoll_kinds}" "$@"
	endless_load
	attach -p "$target" --hooks "$hooks" -d 300ms
	finish
	is_epoll "$model"
	csvsum books "$T/csv" --threads "$(threads_now)" pid="$target"
	stop_child "$client_pid"
	stop_target
}

@test "one-shot, level-triggered" {
	kind epoll-lt syscalls --oneshot
	(($(sum ok epoll_ctl) > 8 * 40))
}

@test "one-shot, edge-triggered" {
	kind epoll-et syscalls --oneshot --et
}

@test "one-shot, raw hooks" {
	kind epoll-et raw --oneshot --et --pwait2
	kind epoll-lt raw --oneshot
}

@test "exclusive" {
	kind epoll-lt syscalls --exclusive
	kind epoll-et raw --exclusive --et
}

@test "exclusive: a listener in the sets of three threads" {
	local server=server_epoll words='event loop, [1-3] loops?'

	kind epoll-lt syscalls --workers 3
	kind epoll-et raw --workers 3 --et --pwait2
}

@test "a poller hands what is ready to workers" {
	local server=server_handoff shape=poller-workers words='poller plus workers, [1-3] workers?'

	kind epoll-lt syscalls --threads 3
	kind epoll-lt raw --threads 3
}

@test "sets within a set: what the socket's own set says counts" {
	kind epoll-lt syscalls --sets 3
	kind epoll-et syscalls --sets 3 --et
	kind epoll-lt raw --sets 2 --outer-et
	kind epoll-et raw --sets 2 --et --outer-et
}

@test "sets that poll says are ready" {
	kind epoll-lt syscalls --sets 3 --by-poll
	(($(sum ok poll) > 0))
	kind epoll-et raw --sets 3 --by-poll --et
}

@test "in two sets, triggered differently: the one waited on counts" {
	kind epoll-lt syscalls --twice
	kind epoll-et syscalls --twice --et
}

@test "in two sets, triggered differently, raw hooks" {
	kind epoll-lt raw --twice
	kind epoll-et raw --twice --et
}

@test "registered by one descriptor, read by its duplicate" {
	kind epoll-lt syscalls --dup
	kind epoll-et raw --dup --et
}

@test "one set, four threads" {
	local shape=shared-event-loop words='event loop, [2-4] threads share one set'

	kind epoll-lt syscalls --threads 4 --oneshot
	kind epoll-et raw --threads 4 --oneshot --et
}

# idle MODEL OPTION...: a server that serves nobody, asked after it has, is called by its sets.
idle() {
	local model=$1

	shift
	start_server server_epoll_kinds "$@"
	endless_load
	kill -STOP "$client_pid"
	attach -p "$target" -d 200ms
	finish
	same model "$(models_of "$target")" "$model"
	grep -qF "$(words_of "$model") (by time: " <<<"$(headline "$target")"
	kill -CONT "$client_pid"
	stop_child "$client_pid"
	stop_target
}

@test "idle: sets within a set" {
	idle epoll-lt --sets 6 --outer-et
	idle epoll-et --sets 6 --et
}

# The model of each thread of the latest attach, "NAME MODEL", sorted; the main thread does no I/O.
models_by_name() {
	awk -F, -v pid="$target" '
		NR > 1 && $3 == pid && $4 != pid && $4 != "" { print $5, $6 }' "$T/csv" | sort -u
}

# mixed HOOKS: a process whose threads each use another model says which, and how much.
mixed() {
	start_gated_server server_mixed --blocking 500 --epoll-lt 300 --select 200
	attach -p "$target" --hooks "$1"
	open_gate
	reap_target
	finish
	same model "$(models_of "$target")" blocking
	grep -qF ' blocking (50.0 % of 1,000 reads) also level-triggered epoll 30.0 %, select 20.0 %' \
		<<<"$(headline "$target") "
	csvsum same "$T/csv" "$T/tally.csv"

	start_gated_server server_mixed --blocking 100 --epoll-lt 100 --epoll-et 100 --select 100 \
		--poll 100 --nonblocking 150
	attach -t -p "$target" --hooks "$1"
	open_gate
	reap_target
	finish
	grep -qF ' non-blocking polling (23.1 % of 650 reads) also blocking 15.4 %' \
		<<<"$(headline "$target")"
	# Each thread's name is its model.
	models_by_name | diff - <(for model in blocking epoll-et epoll-lt nonblocking poll select; do
		echo "$model $model"
	done)

	start_server server_mixed --blocking 100000000 --epoll-et 100000000 --poll 100000000
	attach -p "$target" --hooks "$1" -d 300ms
	finish
	csvsum books "$T/csv" --threads "$(threads_now)" pid="$target"
	grep -Eq '\([0-9.]+ % of [0-9,]+ reads\) also [^,]*[0-9] %, [^,]* %$' <<<"$(headline "$target")"
	stop_target
}

@test "a process that mixes models says so, with shares" {
	mixed syscalls
}

@test "a process that mixes models, raw hooks" {
	mixed raw
}

# Each edge of epoll_edges.py is a process, told by its model and its number of reads: edges HOOKS.
edges() {
	local pid edge model reads

	start edges python3 -B "$HERE/epoll_edges.py" "$T/gate" "$T/edges" "$T/done"
	wait_file "$T/edges"
	attach -p "$(cut -d' ' -f1 "$T/edges" | paste -sd,)" --hooks "$1"
	open_gate
	wait_file "$T/done"
	finish
	while read -r pid edge model reads; do
		same "$edge: model" "$(models_of "$pid")" "$model"
		same "$edge: reads" "$(headline "$pid" | grep -Eo '100.0 % of [0-9]+ read')" \
			"100.0 % of $reads read"
	done <"$T/edges"
	same edges "$(wc -l <"$T/edges")" 4
	reap_target
	rm "$T/gate" "$T/edges" "$T/done"
}

@test "registered by another process: inherited, passed" {
	edges syscalls
	edges raw
}
