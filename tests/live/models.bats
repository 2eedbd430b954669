#!/usr/bin/env bats
# models.bats - each textbook server is called what it is, in the CSV and in the report: attached to
# before the first connection, and attached to in the middle of a running load, when sockets are
# registered and threads are asleep in their calls already.
#
# What goes in: the workloads of tests/servers, edges.py. Needs root and BTF.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# attached_twice MODEL READS SERVER [OPTION...]: the server is of the model, and all of its reads
# are by the call READS, from the start and in the middle of a load.
attached_twice() {
	local model=$1 reads=$2

	shift 2
	start_gated_server "$@"
	attach -p "$target"
	open_gate
	client --connections 8 --requests 40
	finish INT
	is_called "$model"
	same "bytes read" "$(sum bytes "$reads")" $((8 * 40 * 64))
	same "other reads" "$(sum calls '(p?read|recv).*')" "$(sum calls "$reads")"

	endless_load
	attach -p "$target" -d 300ms
	finish
	is_called "$model"
	(($(sum ok "$reads") > 0))
}

@test "blocking: one thread" {
	# One connection at a time, so the middle of a load is one of one connection.
	start_gated_server server_blocking
	attach -p "$target"
	open_gate
	client --connections 8 --requests 40
	finish INT
	is_called blocking
	same "bytes read" "$(sum bytes recvfrom)" $((8 * 40 * 64))

	start_client --until-deadline --seconds 180 --pause-us 300
	wait_for 60 has_sockets "$target" 2
	attach -p "$target" -d 300ms
	finish
	is_called blocking
}

@test "blocking: a thread per connection" {
	attached_twice blocking recvfrom server_threads
}

@test "blocking: a thread per connection, read" {
	attached_twice blocking read server_threads --read
}

@test "blocking: a pool of threads" {
	attached_twice blocking recvfrom server_pool --threads 8
}

@test "blocking: a process per connection, followed" {
	start_gated_server server_fork
	attach -f -p "$target"
	open_gate
	client --connections 4 --requests 40
	wait_for 60 children_ended "$target"
	finish INT
	# The parent accepts and never reads; each child is a process that reads.
	same "model of the parent" "$(models_of "$target")" blocking
	same "bytes read" "$(sum bytes recvfrom)" $((4 * 40 * 64))
	same "models" "$(awk -F, 'NR > 1 { print $6 }' "$T/csv" | sort -u)" blocking
	same "processes" "$(awk -F, 'NR > 1 { print $3 }' "$T/csv" | sort -u | wc -l)" 5
	same "processes that exited" "$(grep -c '^"[^"]*" (pid .*   exited' "$T/report")" 4
}

# Whether all children of a process have ended, waited for or not.
children_ended() {
	local child

	for child in $(<"/proc/$1/task/$1/children"); do
		has_ended "$child" || return 1
	done
}

@test "non-blocking, asking all the time" {
	attached_twice nonblocking recvfrom server_nonblocking
}

@test "non-blocking, with a pause" {
	attached_twice nonblocking recvfrom server_nonblocking --pause-us 200
}

@test "select: pselect6" {
	attached_twice select recvfrom server_select
	(($(sum ok pselect6) > 0))
}

@test "select: the old system call" {
	attached_twice select recvfrom server_select --select
	(($(sum ok select) > 0))
}

@test "poll" {
	attached_twice poll recvfrom server_poll
	(($(sum ok poll) > 0))
}

@test "poll: ppoll" {
	attached_twice poll recvfrom server_poll --ppoll
	(($(sum ok ppoll) > 0))
}

@test "epoll, level-triggered" {
	attached_twice epoll-lt recvfrom server_epoll
	(($(sum ok epoll_wait) > 0))
}

@test "epoll, level-triggered: epoll_pwait" {
	attached_twice epoll-lt recvfrom server_epoll --pwait
	(($(sum ok epoll_pwait) > 0))
}

@test "epoll, level-triggered: epoll_pwait2" {
	attached_twice epoll-lt recvfrom server_epoll --pwait2
	(($(sum ok epoll_pwait2) > 0))
}

@test "epoll, level-triggered: read" {
	attached_twice epoll-lt read server_epoll --read
}

@test "epoll, level-triggered: readv" {
	attached_twice epoll-lt readv server_epoll --readv
}

@test "epoll, level-triggered: recvmsg" {
	attached_twice epoll-lt recvmsg server_epoll --recvmsg
}

@test "epoll, level-triggered: workers on one listener" {
	attached_twice epoll-lt recvfrom server_epoll --workers 3
}

@test "epoll, edge-triggered" {
	attached_twice epoll-et recvfrom server_epoll --et
	(($(sum ok epoll_wait) > 0))
}

@test "epoll, edge-triggered: epoll_pwait" {
	attached_twice epoll-et recvfrom server_epoll --et --pwait
	(($(sum ok epoll_pwait) > 0))
}

@test "epoll, edge-triggered: epoll_pwait2" {
	attached_twice epoll-et recvfrom server_epoll --et --pwait2
	(($(sum ok epoll_pwait2) > 0))
}

@test "epoll, edge-triggered: read" {
	attached_twice epoll-et read server_epoll --et --read
}

@test "epoll, edge-triggered: readv" {
	attached_twice epoll-et readv server_epoll --et --readv
}

@test "epoll, edge-triggered: recvmsg" {
	attached_twice epoll-et recvmsg server_epoll --et --recvmsg
}

@test "epoll, edge-triggered: workers with a listener each" {
	attached_twice epoll-et recvfrom server_epoll --et --workers 3 --reuseport
}

@test "epoll, edge-triggered: by the raw pair of tracepoints" {
	start_gated_server server_epoll --et
	attach -p "$target" --hooks raw
	open_gate
	client --connections 8 --requests 40
	finish INT
	is_called epoll-et
	same "bytes read" "$(sum bytes recvfrom)" $((8 * 40 * 64))
}

# Each edge of edges.py is a thread, and each thread is called what edges.py says:
# check_edges HOOKS EDGES [GROUP], with how many edges there are at least. With their helpers they are
# no more than the 20 threads that a report shows.
check_edges() {
	local edge tid model reads line

	rm -f "$T/gate" "$T/edges" "$T/done"
	start edges python3 -B "$HERE/edges.py" "$T/gate" "$T/edges" "$T/done" ${3:+"$3"}
	wait_file "$T/edges"
	attach --hooks "$1" -t -p "$target"
	open_gate
	wait_file "$T/done"
	# The process ends soon after it has said so, and iophase with it.
	finish
	while read -r tid edge model reads; do
		same "$edge: model" "$(models_of "$target" "$tid")" "$model"
		same "$edge: reads" "$(awk -F, -v tid="$tid" '
			NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
			$4 == tid && $8 == "read" { n += $10 + $11 - $at["peeks"] }
			END { print n + 0 }' "$T/csv")" "$reads"
		# The line may be too long for one.
		line=$(grep -A 1 -F "thread $tid " "$T/report" | tr -s '\n ' ' ')
		same "$edge: words" "$(grep -oF " $(words_of "$model") (" <<<"$line")" \
			" $(words_of "$model") ("
	done <"$T/edges"
	(($(wc -l <"$T/edges") >= $2))
	reap_target
}

@test "the edges of the rules, each in a thread of its own" {
	check_edges syscalls 13
	check_edges syscalls 16 told
	check_edges syscalls 5 limits
	check_edges syscalls 6 shared
	check_edges syscalls 8 sets
	check_edges syscalls 6 peeks
}

@test "the edges of the rules, raw hooks" {
	check_edges raw 13
	check_edges raw 16 told
	check_edges raw 5 limits
	check_edges raw 6 shared
	check_edges raw 8 sets
	check_edges raw 6 peeks
}
