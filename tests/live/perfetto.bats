#!/usr/bin/env bats
# perfetto.bats - a trace of single events (-o perfetto:FILE), read by tests/live/perfetto.py, which checks
# that it is whole: what is in it adds up to what the books have of the same time, to the nanosecond.
#
# What goes in: build/iophase, root, servers and load. The second witnesses are the CSV of the same run and
# what the client has counted.

load helpers

setup() { live_setup; }
teardown() { live_teardown; }

# Reads the trace: trace WHAT [ARGUMENT...]
trace() {
	python3 "$HERE/perfetto.py" "$1" "$T/trace" "${@:2}"
}

# Skips the test where the kernel skipped programs, as it may: then events are missing.
need_all() {
	! grep -q 'the kernel skipped' "$T/err" || skip "the kernel skipped programs"
}

# Attaches to the server with a trace, has it serve so many requests on four connections, and ends it:
# trace_server REQUESTS [OPTION...]
trace_server() {
	attach -o perfetto:"$T/trace" -d 60 "${@:2}" -p "$target"
	local server=$target
	client --connections 4 --requests "$(($1 / 4))"
	target=$server
	finish INT
	cat "$T/report"
	need_all
	refute grep -E 'Lost events|not seen' "$T/report"
}

# Expects so many slices of a state of connections, and times that are the CSV's.
expect_states() {
	awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["role"] == "server" {
			ready += $at["queueing_ns"]
			service += $at["service_ns"]
		}
		END { printf "ready %d\nservice %d\n", ready, service }' "$T/exchanges" >"$T/expected"
	trace states "$target" | tee "$T/states"
	diff <(awk '/^(ready|service) / { print $1, $3 }' "$T/states") "$T/expected"
	[[ $(awk '$1 == "service" { print $2 }' "$T/states") == "$1" ]]
}

# Whether the kernel tells what becomes of sockets.
has_connections() {
	[[ -d /sys/kernel/tracing/events/sock/sk_data_ready || -d /sys/kernel/debug/tracing/events/sock/sk_data_ready ]]
}

@test "perfetto: slices are the time of the books, by call and phase, and requests" {
	start_server server_epoll
	trace_server 400 -o csv-exchanges:"$T/exchanges"
	trace same "$T/csv"
	trace tracks | grep -qx 'process server_epoll'
	trace tracks | grep -qx 'thread server_epoll'
	[[ -z $(trace notices) ]]
	has_connections || skip "this kernel does not tell what becomes of sockets"
	[[ $(trace tracks | grep -c "^connection tcp server 127.0.0.1:$port from 127.0.0.1:") == 4 ]]
	expect_states 400
}

# A server and its client, in one thread, from when a file is there: of three requests two are answered.
answers_two='
import os, socket, sys, time
s = socket.create_server(("127.0.0.1", 0))
c = socket.create_connection(s.getsockname())
s = s.accept()[0]
open(sys.argv[1] + "/ready", "w").write("1")
while not os.path.exists(sys.argv[1] + "/go"):
    time.sleep(0.01)
for n in range(3):
    c.send(b"?")
    s.recv(1)
    if n < 2:
        s.send(b"!")
        c.recv(1)
os.read(os.pipe()[0], 1)
'

@test "perfetto: what had not ended with the trace says so, and is no exchange" {
	has_connections || skip "this kernel does not tell what becomes of sockets"
	start answers_two python3 -B -c "$answers_two" "$T"
	wait_file "$T/ready"
	attach -o perfetto:"$T/trace" -o csv-exchanges:"$T/exchanges" -d 60 -p "$target"
	: >"$T/go"
	nr_of read
	wait_for 60 in_call "$target" "$number"
	finish INT
	need_all
	trace same "$T/csv"
	trace states "$target" | tee "$T/states"
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["role"] == "server" { print "service", $at["exchanges"], $at["service_ns"] }' "$T/exchanges" >"$T/expected"
	grep -q '^service 2 ' "$T/expected"
	diff <(grep '^service ' "$T/states") "$T/expected"
	grep -q '^service-unfinished 1 [1-9]' "$T/states"
	# The thread sleeps, and its client waits: these are all.
	diff <(trace unfinished "$target" | sort) <(printf '%s\n' 'call read' 'connection asked' 'connection service' 'phase wait')
}

@test "perfetto: threads and processes that are born and die, with raw hooks, by intervals" {
	start_server server_fork
	trace_server 400 --hooks raw -f -i 0.2 -o csv-exchanges:"$T/exchanges"
	trace same "$T/csv"
	[[ $(trace tracks | grep -c '^process ') -ge 5 ]]
}

@test "perfetto: a command, from its first instruction on, and what it becomes" {
	"$IOPHASE" -o perfetto:"$T/trace" --csv "$T/csv" -q -- sh -c 'sleep 0.1; exec sleep 0.1' 2>"$T/err"
	trace same "$T/csv"
	trace tracks | grep -qx 'process sleep'
}

# Forty threads that all end in one moment, and their process right behind them, from when a file is there.
ends_forty='
import os, sys, threading, time
gate = threading.Barrier(41)
threads = [threading.Thread(target=gate.wait) for _ in range(40)]
for thread in threads:
    thread.start()
while not os.path.exists(sys.argv[1]):
    time.sleep(0.01)
gate.wait()
for thread in threads:
    thread.join()
os._exit(0)
'

# Expects of the trace that nobody is on a CPU at its end, and that no time has two samples. Where nobody
# was on one when it was looked at, there are none.
expect_nobody_on_cpu() {
	need_all
	(($(trace tracks | grep -c '^thread ') >= 41))
	trace counts | sed -n 's/^threads_on_CPU //p' >"$T/counts"
	tail -n 3 "$T/counts"
	refute grep -qv ' 0$' <(tail -n 1 "$T/counts")
	[[ -z $(cut -d ' ' -f 1 "$T/counts" | uniq -d) ]]
}

@test "perfetto: who has ended is on no CPU in the last sample, of a command and of a target" {
	"$IOPHASE" -q -o perfetto:"$T/trace" -- python3 -B -c "$ends_forty" / 2>"$T/err"
	expect_nobody_on_cpu
	start ends_forty python3 -B -c "$ends_forty" "$T/go"
	attach -q -o perfetto:"$T/trace" -d 60 -p "$target"
	: >"$T/go"
	finish
	expect_nobody_on_cpu
}

@test "perfetto: at its size it ends, whole, and says so in each output" {
	start_server server_epoll
	attach -o perfetto:"$T/trace" --perfetto-size 1 -o json:"$T/json" -d 60 -p "$target"
	client --connections 4 --requests 1000
	finish INT
	trace notices | grep 'the trace is full (1,000,000 bytes): it ends here'
	(($(stat -c %s "$T/trace") <= 1000000 && $(stat -c %s "$T/trace") > 980000))
	grep "$T/trace: the trace was full after" "$T/err"
	grep 'the trace was full after' "$T/report"
	grep 'the trace was full after' "$T/json"
}

@test "perfetto: what finds no room on the way is counted, and nothing is claimed for it" {
	start_server server_epoll
	attach -o perfetto:"$T/trace" -d 60 -p "$target"
	# It cannot look while more comes than the ring has room for.
	kill -STOP "$tracer"
	client --connections 4 --requests 6000
	kill -CONT "$tracer"
	finish INT
	grep 'Lost events: [1-9]' "$T/report"
	trace missing "$target" >"$T/missing"
	grep '^lost events: [1-9]' "$T/missing"
	grep '^not seen [1-9]' "$T/missing"
}

@test "perfetto: none of its programs is there where nobody asked for it" {
	local kind id

	start_server server_epoll
	attach -p "$target"
	bpf_ids "$tracer" | while read -r kind id; do
		[[ $kind != prog ]] || bpftool prog show id "$id"
	done >"$T/without"
	finish INT
	grep -q 'name sched_switch' "$T/without"
	refute grep 'name stream_' "$T/without"
	attach -o perfetto:"$T/trace" -d 60 -p "$target"
	bpf_ids "$tracer" | while read -r kind id; do
		[[ $kind != prog ]] || bpftool prog show id "$id"
	done >"$T/with"
	finish INT
	grep -q 'name stream_switch' "$T/with"
	# The others are what they are without: to the byte of what the kernel runs.
	sizes() {
		awk '/ name / { for (i = 1; i < NF; i++) if ($i == "name") name = $(i + 1) }
			/xlated/ && name !~ /^stream_/ { print name, $2 }' "$1" | sort
	}
	sizes "$T/without"
	(($(sizes "$T/without" | wc -l) > 10))
	diff <(sizes "$T/without") <(sizes "$T/with")
}

@test "perfetto: what cannot be is one line" {
	refuse() {
		code=0
		"$IOPHASE" "${@:2}" 2>"$T/err" || code=$?
		cat "$T/err"
		[[ $code == 2 && $(wc -l <"$T/err") == 1 ]]
		grep -q -- "$1" "$T/err"
	}
	refuse 'a bounded time: -d TIME' -o perfetto:"$T/trace" -p $$
	refuse 'hooks light' -o perfetto:"$T/trace" -d 1 --hooks light -p $$
	refuse 'by iophase trace alone' report -o perfetto:"$T/trace" "$T/none"
	refuse 'iophase trace alone' ps -o perfetto:"$T/trace"
	refuse 'is about a trace' --perfetto-size 4 -d 1 -p $$
	refuse 'hooks light or lightest' -o perfetto:"$T/trace" -d 1 --hooks lightest -p $$
	[[ ! -e $T/trace ]]
}
