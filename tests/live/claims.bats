#!/usr/bin/env bats
# claims.bats - what textbooks claim about I/O models, each claim measured anew: counts, what the
# kernel guarantees, and the direction where many times as much is at stake. That a program is some
# per cent quicker than another one is for `make textbook`, on a quiet machine.
#
# What goes in: tests/textbook/claims, its probes, tests/servers. Needs root and BTF.
# A number's name is that of the claim's measure(); a failed test prints all of them.

load helpers

setup() {
	live_setup
	export BUILD=${SERVERS%/tests}
}

teardown() {
	live_teardown
}

# Measures a claim and asserts expressions over its numbers: claim NUMBER EXPRESSION...
claim() {
	local number=$1 expression checks=()

	shift
	for expression in "$@"; do
		checks+=(--check "$expression")
	done
	python3 -B "$HERE/../textbook/claims" "$number" "${checks[@]}"
}

@test "claim 1: a blocking read waits and copies in one call, and uses no CPU while it waits" {
	claim 1 'read_calls == reads' 'other_waits == 0' 'wait_ns > 2 * (cpu_ns + copy_ns)' 'copy_ns > 0' \
		'wait_p50_ns > 0' 'idle_cpu_ns < 0.01 * idle_ns'
}

@test "claim 2: non-blocking reads never sleep; fewer polls cost less CPU and answer later" {
	claim 2 'read_wait_ns_0 == read_wait_ns_100 == read_wait_ns_1000 == read_wait_ns_10000 == 0' \
		'awake_0 > 0.9' 'awake_0 > max(awake_100, awake_1000, awake_10000)' \
		'polls_per_s_100 < 1.1e4' 'polls_per_s_1000 < 1.1e3' 'polls_per_s_10000 < 1.1e2' \
		'polls_per_s_0 > polls_per_s_10000' 'cpu_share_0 > cpu_share_10000' \
		'p50_us_10000 > min(p50_us_0, p50_us_100)'
}

@test "claim 3: two calls per read by select, poll and epoll, one by blocking" {
	claim 3 '0.99 < blocking_calls_per_read < 1.1' \
		'min(select_calls_per_read, poll_calls_per_read, epoll_calls_per_read) > 1.9' \
		'max(select_calls_per_read, poll_calls_per_read, epoll_calls_per_read) < 2.2' \
		'select_cpu_ratio + poll_cpu_ratio + epoll_cpu_ratio > 2.1'
}

@test "claim 4: fd_set ends at 1024, with it server and Python; poll, epoll, kernel go on" {
	claim 4 'fd_setsize == 1024' 'select_last == 1' 'overflow_word == 1' 'overflow_signal == 6' \
		'python_refuses == 1' '0 < select_answered < fd_setsize' 'select_reads == select_answered' \
		'poll_answered == epoll_answered == poll_reads == epoll_reads == clients > fd_setsize' \
		'poll_high == epoll_high == 1' 'big_select_ready == big_select_bit == 1' \
		'big_syscall_ready == big_syscall_bit == 1'
}

@test "claim 5: select and poll cost more with idle connections, epoll does not" {
	# What each call costs with no connection at all is the machine's, and is taken off.
	claim 5 'select_1000 - select_100 > 2 * (select_100 - select_10) > 0' \
		'poll_1000 - poll_100 > 2 * (poll_100 - poll_10) > 0' \
		'poll_10000 - poll_1000 > 2 * (poll_1000 - poll_100)' \
		'epoll_10000 - epoll_10 < 0.2 * (poll_10000 - poll_10)' 'watched_10000 > 5000'
}

@test "claim 6: when all of few connections are active, select and poll gain on epoll" {
	claim 6 'poll_call_idle_64 > 1.5 * epoll_call_idle_64' \
		'1.5 * min(select_call_16, poll_call_16) * epoll_call_idle_64 < min(select_call_idle_64, poll_call_idle_64) * epoll_call_16'
}

@test "claim 7: level-triggered again, edge-triggered once; fewer calls, not always" {
	claim 7 'partial_events_lt == 10' 'partial_events_et == 1' 'spin_events_et == 1' \
		'spin_events_lt > 10' 'spin_awake_lt > 0.9' 'spin_awake_et < spin_awake_lt' \
		'large_et_waits < 0.5 * large_lt_waits' 'late_et_ctls < 0.8 * late_lt_ctls' \
		'small_et_calls > small_lt_calls' '3.9 < article_lt_ctls < 4.1' \
		'3.9 < article_et_ctls < 4.1'
}

@test "claim 8: edge-triggered, one event for two connections; what is left unread stalls" {
	claim 8 'accept_events_et == 1' 'accept_unseen_et == 1' 'accept_events_lt == 2' \
		'accept_unseen_lt == 0' 'unread_left_et == unread_left_lt == 90' \
		'unread_again_et == 0' 'unread_again_lt == 1' 'unread_timeouts_et == 1' \
		'unread_timeouts_lt == 0' 'unread_wait_max_ns_et > unread_wait_max_ns_lt' 'unread_news_et == 1'
}

@test "claim 9: threads cost memory and switches; beyond a pool clients queue" {
	claim 9 'threads_threads_most == most + 1' 'epoll_threads_most == 1' \
		'threads_kb_most - threads_kb_least > 2 * (epoll_kb_most - epoll_kb_least)' \
		'threads_switches_most > epoll_switches_most' \
		'at_once == pool' 'queued == clients - pool' 'answered == clients' \
		'waited_p50_ms > hold_ms' 'waited_max_ms > 2 * hold_ms' 'read_wait_max_ms > 0'
}

@test "claim 10: signals free of the wait, not of the copy; POSIX AIO has a helper block" {
	claim 10 'blocking_asleep_ns > 10 * signal_asleep_ns' 'signal_own_reads > 0' \
		'signal_own_copy_ns > 0.2 * blocking_own_copy_ns > 0' \
		'signal_busy_ns > posix_aio_busy_ns' 'server_signal_read_wait_ns == 0' \
		'posix_aio_own_reads == 0' 'blocking_asleep_ns > 10 * posix_aio_asleep_ns' \
		'posix_aio_others_wait_ns > 0.5 * blocking_asleep_ns' 'posix_aio_others_copy_ns > 0' \
		'server_posix_aio_read_wait_ns > 0' \
		'not linux_aio_supported or linux_aio_asleep_ns > 0.5 * blocking_asleep_ns' \
		'not io_uring_supported or io_uring_own_copy_ns > 0.2 * blocking_own_copy_ns' \
		'not io_uring_worker_supported or io_uring_worker_own_copy_ns == 0'
}

@test "claim 11: the selectors module is epoll, with the same calls" {
	claim 11 'default_is_epoll == 1' 'selectors_is_epoll_lt == epoll_is_epoll_lt == 1' \
		'0.8 * epoll_calls < selectors_calls < 1.25 * epoll_calls' '0.5 < cpu_ratio < 2'
}

@test "claim 12: what a request waits for before its read tells the models apart" {
	load servers
	need_exchanges
	# The services sleep, so that a busy machine does not make them shorter than what it adds.
	claim 12 'min(blocking_1_exchanges, pool_1_exchanges, loop_1_exchanges, pausing_1_exchanges) == 10' \
		'min(blocking_8_exchanges, pool_8_exchanges, loop_8_exchanges, pausing_8_exchanges) == 80' \
		'blocking_1_dispatch_us < blocking_1_service_us > blocking_1_backlog_us' \
		'pool_8_backlog_us > max(pool_8_service_us, pool_8_dispatch_us)' \
		'loop_8_dispatch_us > loop_8_service_us > loop_1_dispatch_us' \
		'pausing_1_dispatch_us > pausing_1_service_us'
}
