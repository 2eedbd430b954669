#!/usr/bin/env bats
# shape.bats - the threads of each server are said to have the shape that they have, in the CSV and in
# the report: attached to before the first connection, or, where that is enough to tell, in the
# middle of a load. Where it is not enough, nothing is said.
#
# What goes in: the workloads of tests/servers, nginx with a prefix of its own. Needs root and BTF.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# Attaches to a gated server, then serves C connections of R requests: serve_gated C R SERVER
# [OPTION...]. iophase goes on.
serve_gated() {
	local connections=$1 requests=$2

	shift 2
	start_gated_server "$@"
	attach "${follow[@]}" -p "$target"
	open_gate
	client --connections "$connections" --requests "$requests"
}

follow=()

@test "single thread: a blocking server" {
	serve_gated 4 20 server_blocking
	finish INT
	has_shape "$target" single "single thread"
}

@test "one thread per connection" {
	serve_gated 12 20 server_threads
	finish INT
	has_shape "$target" thread-per-connection "one thread per connection, 12 seen"
}

@test "one thread per connection: what was seen before goes on to count" {
	start_gated_server server_threads
	attach -i 100ms -p "$target"
	open_gate
	client --connections 6 --requests 20
	wait_for 60 has_intervals 5
	finish INT
	# The last intervals, in which nothing happens, say so too.
	same "shape at the end" "$(tail -1 "$T/csv" | cut -d, -f30)" \
		thread-per-connection
}

# Whether the CSV has at least N intervals.
has_intervals() {
	(($(csvsum values "$T/csv" time | wc -l) >= $1))
}

@test "one process per connection, followed" {
	local child

	follow=(-f)
	serve_gated 4 20 server_fork
	finish INT
	has_shape "$target" process-per-connection "one process per connection, 4 seen"
	same "processes" "$(csvsum values "$T/csv" pid | wc -l)" 5
	for child in $(csvsum values "$T/csv" pid); do
		has_shape "$child" process-per-connection "one process per connection, 4 seen"
	done
}

@test "one process per connection, not followed: nothing is known of who reads" {
	serve_gated 4 20 server_fork
	finish INT
	has_shape "$target"
}

@test "thread pool: connections wander between 4 threads" {
	local i

	start_gated_server server_pool --threads 4
	attach -p "$target"
	open_gate
	for ((i = 0; i < 10; i++)); do
		client --connections 4 --requests 5
	done
	finish INT
	has_shape "$target" thread-pool "thread pool of 4 threads"
}

@test "a pool or a thread per connection, neither being born nor changing: nothing is said" {
	local server

	for server in server_threads "server_pool --threads 5"; do
		# shellcheck disable=SC2086 # a server and its options are words
		start_server $server
		endless_load
		attach -p "$target" -d 300ms
		finish
		(($(sum ok recvfrom) > 0))
		has_shape "$target"
		stop_child "$client_pid"
		stop_target
	done
}

@test "event loop: one" {
	serve_gated 8 40 server_epoll
	finish INT
	has_shape "$target" event-loop "event loop, 1 loop"
}

@test "event loop: one, in the middle of a load; select and poll are the same" {
	local server

	for server in "server_epoll --et" server_select server_poll; do
		# shellcheck disable=SC2086
		start_server $server
		endless_load
		attach -p "$target" -d 300ms
		finish
		has_shape "$target" event-loop "event loop, 1 loop"
		stop_child "$client_pid"
		stop_target
	done
}

# Whether each of the latest server's threads has read, by the CSV of iophase -t.
all_have_read() {
	(($(awk -F, '$8 == "read" && $10 > 0 { print $4 }' "$T/t-csv" | sort -u | wc -l) >= $1))
}

# Serves connections until each of N threads has been seen to read.
client_until_all_read() {
	client --connections 12 --requests 40
	all_have_read "$1"
}

@test "event loop: three, which share a listener" {
	start_gated_server server_epoll --workers 3
	AS=t- attach -t -i 100ms -p "$target"
	attach -p "$target"
	open_gate
	wait_for 60 client_until_all_read 3
	finish INT
	has_shape "$target" event-loop "event loop, 3 loops"
}

@test "poller plus workers" {
	local i

	start_gated_server server_handoff --threads 3
	AS=t- attach -t -i 100ms -p "$target"
	attach -p "$target"
	open_gate
	wait_for 60 client_until_all_read 3
	finish INT
	has_shape "$target" poller-workers "poller plus workers, 3 workers"
}

@test "poller plus workers, in the middle of a load" {
	start_server server_handoff --threads 3
	endless_load
	attach -p "$target" -d 500ms
	finish
	same "shape" "$(shapes_of "$target")" poller-workers
	is_called epoll-lt
}

@test "with -t each thread's rows carry the shape of the process" {
	start_gated_server server_epoll --workers 2
	attach -t -p "$target"
	open_gate
	client --connections 8 --requests 40
	finish INT
	same "shapes" "$(shapes_of "$target")" event-loop
	same "lines" "$(grep -c ' shape: ' "$T/report")" 1
}

@test "idle: nothing is said" {
	start_server idle accept
	attach -d 200ms -p "$target"
	finish
	has_shape "$target"
}

@test "the raw pair of tracepoints tells the same" {
	start_gated_server server_threads
	attach --hooks raw -p "$target"
	open_gate
	client --connections 6 --requests 20
	finish INT
	has_shape "$target" thread-per-connection "one thread per connection, 6 seen"
}

# edge MODE SHAPE WORDS [OPTION...]: a server of $edges has that shape, in CSV and report.
edges=shape_edges.py
edge() {
	rm -f "$T/ready" "$T/done" "$T/done.go"
	start edge python3 -B "$HERE/$edges" "$1" "$T/ready" "$T/done"
	wait_file "$T/ready"
	attach "${@:4}" -p "$target"
	: >"$T/done.go"
	wait_for 60 test -e "$T/done"
	finish INT
	has_shape "$target" "$2" "$3"
	# It ends with all that it has started, by the signal that it sends to them.
	kill -TERM "$target"
	reap "$target"
}

@test "one thread per connection, whatever else the thread reads" {
	edge upstream thread-per-connection "one thread per connection, 4 seen"
	edge proxy thread-per-connection "one thread per connection, 4 seen"
}

@test "threads that share a connection are a pool" {
	edge sharing thread-pool "thread pool of 32 threads"
}

@test "poller plus workers that accept, too" {
	edge acceptors poller-workers "poller plus workers, 3 workers"
}

@test "one process per connection, whose child reads it" {
	edge grandchild process-per-connection "one process per connection, 4 seen" -f
	edge session process-per-connection "one process per connection, 4 seen" -f
	edge passive process-per-connection "one process per connection, 4 seen" -f
}

@test "threads that wait for datagrams are a pool" {
	edge datagrams thread-pool "thread pool of 4 threads"
}

@test "one process, or thread, for each datagram that asks for a transfer" {
	edge transfers process-per-connection "one process per connection, 4 seen" -f
	edge threaded thread-per-connection "one thread per connection, 4 seen"
}

@test "an event loop whose threads take turns on one set" {
	edge one_set shared-event-loop "event loop, 4 threads share one set"
}

@test "an event loop whose threads take turns on one list, or on several" {
	edge one_list shared-event-loop "event loop, 4 threads share one set"
	edge turns event-loop "event loop, 4 threads"
	edge apart event-loop "event loop, 4 loops"
}

@test "pre-forked workers that have a listener each" {
	edges=prefork_edges.py
	edge reuseport prefork "pre-forked workers, 2 processes, each a single thread" -f
}

@test "pre-forked workers whose connections stay" {
	edges=prefork_edges.py
	edge lasting prefork "pre-forked workers, 3 processes, each a single thread" -f
	edge lasting_unix prefork "pre-forked workers, 3 processes, each a single thread" -f
}

@test "processes whose connections stay, one each, or workers: nothing is said" {
	edges=prefork_edges.py
	edge forked "" "" -f
}
