#!/usr/bin/env bats
# connections.bats - what clients waited for: each request is an exchange, and a delay whose place is
# known is found in its part. The client's own stamps are the second witness: it waited for no less
# than iophase says, and for no less than the delay.
#
# What goes in: delaying.py, the workloads of tests/servers. Needs root, BTF and Linux 6.3.

load helpers
load servers

setup() {
	live_setup
	need_exchanges
}

teardown() {
	live_teardown
}

# The parts of the queueing add up to it; those of the service are not more than it.
check_parts() {
	local sum=0 part

	for part in backlog wakeup runq dispatch read; do
		sum=$((sum + $(exchange ${part}_ns)))
	done
	same "the parts of the queueing" "$sum" "$(exchange queueing_ns)"
	sum=0
	for part in cpu runq asleep upstream io; do
		sum=$((sum + $(exchange service_${part}_ns)))
	done
	((sum <= $(exchange service_ns)))
}

# Serves in a mode, CONNECTIONS times REQUESTS requests, attached to from the start. Sets requests and
# waited, and known: ns that are in the delayed part at least. delayed MODE CONNECTIONS REQUESTS [CLIENT]
delayed() {
	start delaying python3 -B "$HERE/delaying.py" server "$1" "$T/place"
	wait_file "$T/place"
	attach -p "$target" -o "csv-exchanges:$T/exchanges" -o "csv-processes:$T/processes"
	python3 -B "$HERE/delaying.py" "${4:-client}" "$T/place" "$2" "$3" "$T/result"
	finish INT
	cat "$T/result"
	read -r _ requests _ waited _ known <"$T/result"
	check_parts
	grep -q '^Lost nothing' "$T/report"
	# What was measured lies within what the client measured.
	(($(exchange queueing_ns) + $(exchange service_ns) <= waited))
}

# That much is also said in words, if a part is 5 ms of each request and so many percent of the whole,
# as it is but on a machine that was busy with other things: found FINDING PART PERCENT [WHOLE].
found() {
	local part whole requests

	part=$(exchange "$2_ns" "${4:-server}")
	requests=$(exchange exchanges "${4:-server}")
	whole=$(($(exchange queueing_ns) + $(exchange service_ns)))
	[[ ${4:-} != client ]] || whole=$(exchange service_ns)
	((part >= 5000000 * requests && part * 100 >= $3 * whole)) || return 0
	grep -q "($1)" <(tr -s '\n ' ' ' <"$T/report") && return 0
	echo "no finding $1"
	return 1
}

@test "connections: a slow answer is service" {
	delayed service 2 8
	same "exchanges" "$(exchange exchanges)" "$requests"
	same "untimed" "$(exchange untimed)" 0
	is_in service 16
	is_known asleep 16
	same "connections" "$(exchange connections)" "$requests"
	same "reads" "$(exchange reads)" "$requests"
	same "writes" "$(exchange writes)" "$requests"
	grep -qE "^What clients waited for   16 requests answered, .*, on 16 connections$" "$T/report"
	refute grep -q ' for each request' "$T/report"
}

@test "connections: so is an answer that is computed" {
	delayed compute 1 8
	same "exchanges" "$(exchange exchanges)" "$requests"
	is_in service 8
	is_known cpu 8
}

@test "connections: a late read is dispatch" {
	delayed late 2 8
	same "exchanges" "$(exchange exchanges)" "$requests"
	is_in dispatch 16
	found requests-queue dispatch 51
}

@test "connections: a peek is no read; what SO_RCVLOWAT holds back is not ready" {
	delayed peeked 1 6
	same "exchanges" "$(exchange exchanges)" "$requests"
	is_in dispatch 6
	kill "$target"
	rm "$T/place"
	# What the client waited for begins with the second half of its request, 20 ms after the first.
	delayed lowat 1 6
	same "exchanges" "$(exchange exchanges)" "$requests"
	same "reads" "$(sum ok recvfrom)" "$requests"
}

@test "connections: a late accept is backlog" {
	delayed backlog 1 10
	same "exchanges" "$(exchange exchanges)" "$requests"
	# It begins with the data, which come after the connection.
	echo "backlog: $(exchange backlog_ns)"
	(($(exchange backlog_ns) >= known))
	found backlog-waits backlog 21
}

@test "connections: behind another request of the loop is dispatch" {
	delayed batch 4 3 burst
	same "exchanges" "$(exchange exchanges)" "$requests"
	is_in service 16
	# Of four, the second waits for one, the third for two, the last for three, if all come at once.
	echo "dispatch: $(exchange dispatch_ns)"
	(($(exchange dispatch_ns) + $(exchange read_ns) >= known))
}

@test "connections: a poll loop that is left with its listener is idle" {
	local longest begun

	delayed polled 2 4
	same "exchanges" "$(exchange exchanges)" "$requests"
	attach -p "$target" -o "csv-processes:$T/processes"
	begun=$(date +%s%N)
	python3 -B "$HERE/delaying.py" client "$T/place" 2 2 "$T/result"
	begun=$(($(date +%s%N) - begun))
	sleep 1
	finish INT
	# It was asleep in its poll for a second, and not away from it: only while it was talked to.
	longest=$(awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ print $at["loop_lag_max_ns"] }' "$T/processes")
	((longest > 0 && longest <= begun))
	refute grep -q 'and going on' "$T/report"
}

@test "connections: hundreds of threads born at once" {
	start_server server_threads
	attach -p "$target" -o "csv-exchanges:$T/exchanges"
	client --connections 700 --requests 3
	finish INT
	same "exchanges" "$(exchange exchanges)" 2100
	same "reads" "$(sum ok 'recv.*|read')" 2100
	grep -q '^Lost nothing' "$T/report"
}

@test "connections: what is read by splice is not seen, and that is said" {
	start_gated_server server_splice
	attach -p "$target" -o "csv-exchanges:$T/exchanges"
	open_gate
	client --connections 2 --requests 10
	finish INT
	same "rows" "$(wc -l <"$T/exchanges")" 1
	grep -q ' reads by splice: what clients and upstreams waited for there is not seen' "$T/report"
}

@test "connections: what an upstream takes is asked, and in the service" {
	delayed upstream 2 5
	same "exchanges" "$(exchange exchanges)" "$requests"
	same "asked" "$(exchange exchanges client)" "$requests"
	same "connections" "$(exchange connections client)" "$requests"
	is_in service 10
	is_known upstream 10
	is_in asked 10 client
	found upstream-slow asked 51 client
	grep -qE "ms waiting for $(awk -F, '$5 == "client" { print $6 }' "$T/exchanges")\. Upstreams took" \
		<(tr -s '\n ' ' ' <"$T/report")
	grep -qE "^Upstreams   10 requests answered" "$T/report"
}

# A column of the exchanges with one upstream: asked_of ADDRESS COLUMN.
asked_of() {
	awk -F, -v peer="$1" -v column="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["role"] == "client" && $at["peer"] == peer { print $at[column] }' "$T/exchanges"
}

@test "connections: upstreams are told apart by their address" {
	local address times least sum=0 connections

	delayed upstreams 1 6
	same "exchanges" "$(exchange exchanges)" "$requests"
	same "asked" "$(exchange exchanges client)" $((6 * requests))
	while read -r address times least; do
		echo "$address: $times times, $least ns"
		same "asked of $address" "$(asked_of "$address" exchanges)" $((times * requests))
		# A connection for each request, but of the one that was there.
		connections=$requests
		((times < 3)) || connections=1
		same "connections to $address" "$(asked_of "$address" connections)" "$connections"
		(($(asked_of "$address" asked_ns) >= least * times * requests))
		(($(asked_of "$address" response_p50_ns) >= least))
		sum=$((sum + $(asked_of "$address" asked_ns)))
		# The end of a long path is said.
		grep -qE "^  .*${address: -20} +$((times * requests)) asked, [0-9.]+/s " \
			<(tr -d '[]' <"$T/report") <(cat "$T/report")
	done <"$T/place.upstreams"
	same "reads and writes of upstreams" "$(awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ print $at["upstream_reads"], $at["upstream_writes"] }' "$T/processes")" \
		"$((6 * requests)) $((6 * requests))"
	# One is asked after the other, while a request is served.
	same "asked" "$sum" "$(exchange asked_ns client)"
	((sum <= $(exchange service_ns)))
	# The one with the most time comes first.
	awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["role"] == "client" { if (last && $at["asked_ns"] > last) exit 1; last = $at["asked_ns"] }' \
		"$T/exchanges"
}

@test "connections: who speaks first, and unasked, has answered nothing by that" {
	delayed greeting 1 5
	same "exchanges" "$(exchange exchanges)" "$requests"
}

@test "connections: how many reads and writes a request had" {
	delayed pieces 2 5
	same "exchanges" "$(exchange exchanges)" "$requests"
	same "reads" "$(exchange reads)" $((2 * requests))
	same "writes" "$(exchange writes)" $((4 * requests))
	grep -qE '^  2.00 reads and 4.00 writes for each request$' "$T/report"
}

# So many exchanges have been written by intervals.
has_written() {
	(($(exchange exchanges) == $1))
}

# The ends of intervals that have been written.
intervals_written() {
	cut -d, -f1 "$T/csv" | sort -u | wc -l
}

has_more_intervals_than() {
	(($(intervals_written) > $1))
}

@test "connections: one counts once in each interval, and once in all" {
	local client

	start delaying python3 -B "$HERE/delaying.py" server polled "$T/place"
	wait_file "$T/place"
	attach -i 200ms -p "$target" -o "csv-exchanges:$T/exchanges"
	start_beside rounds python3 -B "$HERE/delaying.py" rounds "$T/place" 3 10 "$T/go"
	client=$beside
	# What follows is in other intervals than the first round.
	wait_for 60 has_written 30
	wait_for 60 has_more_intervals_than "$(intervals_written)"
	touch "$T/go"
	reap "$client"
	finish INT
	same "exchanges" "$(exchange exchanges)" 32
	cut -d, -f1,5,7,8 "$T/exchanges"
	(($(exchange connections) >= 5))
	awk -F, 'NR > 1 && ($8 > 3 || $8 > $7) { exit 1 }' "$T/exchanges"
	grep -qE '^What clients waited for   32 requests answered, .*, on 3 connections$' "$T/report"
}

@test "connections: datagrams, and UNIX" {
	delayed udp 1 8
	same "exchanges" "$(exchange exchanges)" "$requests"
	same "connections" "$(exchange connections)" 1
	same "untimed" "$(exchange untimed)" 0
	is_in service 8
	kill "$target"
	rm "$T/place"
	delayed unix 2 4
	same "exchanges" "$(exchange exchanges)" "$requests"
	same "connections" "$(exchange connections)" "$requests"
	same "untimed" "$(exchange untimed)" 0
	is_in service 8
}

# The same, and nothing of it is unknown: measured SERVER [OPTION...].
measured() {
	counted "$@"
	same "untimed of $*" "$(exchange untimed)" 0
	check_parts
}

@test "connections: each request is an exchange, whatever the model" {
	measured server_threads
	measured server_threads --read
	measured server_pool --threads 8
	measured server_select
	measured server_poll
	measured server_epoll
	measured server_epoll --et
	measured server_nonblocking
	measured server_handoff
}

@test "connections: each request is an exchange, io_uring and raw hooks" {
	measured server_io_uring
	measured server_io_uring --multishot
	start_gated_server server_epoll
	attach --hooks raw -p "$target" -o "csv-exchanges:$T/exchanges"
	open_gate
	client --connections 8 --requests 40
	finish INT
	same "exchanges" "$(exchange exchanges)" 320
}

# A server of io_uring is stopped while a client comes and asks: late_accept [OPTION...].
late_accept() {
	start_gated_server server_io_uring "$@"
	attach -p "$target" -o "csv-exchanges:$T/exchanges"
	open_gate
	client --connections 1 --requests 1
	kill -STOP "$target"
	wait_for 60 is_stopped "$target"
	python3 -B "$HERE/delaying.py" stopped "$port" "$target"
	finish INT
	same "exchanges" "$(exchange exchanges)" 2
	is_in backlog 1
	check_parts
	stop_target
}

@test "connections: what waits for an accept by io_uring is backlog" {
	late_accept
	late_accept --multishot
}

@test "connections: each request is an exchange, signals and AIO" {
	measured server_signal
	measured server_posix_aio
	measured server_linux_aio
	measured server_linux_aio --recv
	measured server_linux_aio --no-poll
}

# So many exchanges or more have been written by intervals.
has_answered() {
	(($(exchange exchanges) >= $1))
}

@test "connections: attached to in the middle of a load" {
	start_gated_server server_epoll
	open_gate
	endless_load
	attach -p "$target" -i 200ms -o "csv-exchanges:$T/exchanges"
	wait_for 60 has_answered 20
	finish INT
	# Each read of the load's is a request, but for those in progress at either end.
	(($(exchange exchanges) + 8 >= $(sum ok 'recv.*|read')))
	(($(exchange exchanges) <= $(sum ok 'recv.*|read') + 8))
	check_parts
}

@test "connections: not measured if that is asked for" {
	start_gated_server server_epoll
	attach --no-connections -p "$target" -o "csv-exchanges:$T/exchanges"
	open_gate
	client --connections 2 --requests 4
	finish INT
	same "rows" "$(wc -l <"$T/exchanges")" 1
	grep -qx 'iophase: exchanges are not recorded: they are not measured here' "$T/err"
	refute grep -q 'What clients waited for' "$T/report"
}
