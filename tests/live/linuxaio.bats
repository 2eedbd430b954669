#!/usr/bin/env bats
# linuxaio.bats - Linux AIO: requests handed over by io_submit, and fetched by io_getevents or
# io_pgetevents. Exact counts of calls and requests, the model, times from submission to
# completion, requests in flight, what was before the attach, edges, books; fio and QEMU.
#
# What goes in: server_linux_aio, aio_edges; fio and qemu-img, if they are installed. Needs root and BTF.

load helpers
load servers
load programs

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# linux_aio HOOKS [OPTION...]: exact from the start, and recognised in the middle of a load.
linux_aio() {
	local hooks=$1

	shift
	start_gated_server server_linux_aio --connections 8 "$@"
	attach -p "$target" --hooks "$hooks"
	open_gate
	client --connections 8 --requests 40
	reap_target
	finish
	is_called linux-aio
	csvsum shape "$T/csv"
	csvsum same "$T/csv" "$T/tally.csv"
	grep -q '^Lost nothing' "$T/report"
	same "shape" "$(csvsum values "$T/csv" shape)" event-loop
	same "requests in flight" "$(sum inflight 'aio_.*')" 0

	start_server server_linux_aio "$@"
	endless_load
	attach -p "$target" --hooks "$hooks" -d 500ms
	finish
	is_called linux-aio
	csvsum shape "$T/csv"
	(($(sum ok 'aio_read|recvfrom') > 20))
}

@test "linux-aio: poll, read and write" {
	linux_aio syscalls
}

@test "linux-aio: poll, read and write, raw hooks" {
	linux_aio raw
}

@test "linux-aio: vectors" {
	linux_aio syscalls --readv
}

@test "linux-aio: poll, and reads by system calls" {
	linux_aio syscalls --recv
	same "read requests" "$(sum calls aio_read)" 0
}

@test "linux-aio: poll, and reads by system calls, raw hooks" {
	linux_aio raw --recv
}

@test "linux-aio: io_pgetevents" {
	linux_aio syscalls --pgetevents
	same "io_getevents" "$(sum calls io_getevents)" 0
}

@test "linux-aio: io_pgetevents, raw hooks" {
	linux_aio raw --pgetevents
}

@test "linux-aio: waits that bring nothing" {
	linux_aio syscalls --wait-ms 5
	start_gated_server server_linux_aio --wait-ms 5 --connections 1
	attach -p "$target"
	open_gate
	client --connections 1 --requests 4 --pause-us 50000
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
	(($(sum timeout io_getevents) >= 3))
}

# A read from a socket is carried out inside io_submit, which sleeps until data comes.
@test "linux-aio: reads without a poll" {
	start_gated_server server_linux_aio --no-poll --connections 1
	attach -p "$target"
	open_gate
	client --connections 1 --requests 20 --pause-us 20000
	reap_target
	finish
	is_called linux-aio
	csvsum same "$T/csv" "$T/tally.csv"
	csvsum check "$T/csv" call=io_submit -- 'wait_ns > 18 * 20_000_000'
	csvsum check "$T/csv" call=aio_read -- '20_000_000 <= latency_p50_ns'
}

# The client sends every 20 ms: a poll is submitted right after a write, and takes as long.
@test "linux-aio: from submission to completion" {
	start_gated_server server_linux_aio --connections 1
	attach -p "$target"
	open_gate
	client --connections 1 --requests 20 --pause-us 20000
	reap_target
	finish
	csvsum check "$T/csv" call=aio_poll -- '20_000_000 <= latency_p50_ns' \
		'latency_p50_ns <= latency_max_ns' 'latency_p50_ns < 60_000_000'
	csvsum check "$T/csv" call=aio_read -- '0 < latency_p50_ns' 'latency_p50_ns < 10_000_000'
	csvsum check "$T/csv" call=io_getevents -- 'wait_ns > 18 * 20_000_000'
	csvsum check "$T/csv" call=io_submit -- 'wait_ns < 20_000_000'
}

# Nobody sends: the polls of the listener and of two connections are in flight.
@test "linux-aio: requests in flight" {
	start_gated_server server_linux_aio
	attach -t -p "$target"
	open_gate
	exec 6<>"/dev/tcp/127.0.0.1/$port" 7<>"/dev/tcp/127.0.0.1/$port"
	wait_for 60 has_sockets "$target" 3
	sleep 0.2
	finish INT
	exec 6>&- 7>&-
	same "polls in flight" "$(sum inflight aio_poll)" 3
	same "calls in flight" "$(sum inflight io_getevents)" 1
	same "model" "$(models_of "$target" "$target")" linux-aio
	grep -q '3 requests were in flight when it ended' "$T/report"
}

# It waits in io_getevents since before the attach, for a request from before the attach.
@test "linux-aio: a server that waits since before the attach" {
	local hooks

	for hooks in syscalls raw; do
		start_server server_linux_aio --connections 4
		sleep 0.2
		attach -p "$target" -d 300ms --hooks "$hooks"
		finish
		waits_as linux-aio io_getevents
		csvsum check "$T/csv" call=io_getevents -- 'wait_ns > 0.99 * wall' 'inflight == 1'

		attach -p "$target" --hooks "$hooks"
		client --connections 4 --requests 20
		reap_target
		finish
		is_called linux-aio
		# But for the io_submit that was before us.
		csvsum same "$T/csv" "$T/tally.csv" io_submit:ok=-1
		grep -q '^Lost nothing' "$T/report"
	done
}

# Polls a socket by Linux AIO, has forgotten the control block when it waits, and is told when the file go
# is there: forgetful.py READY GO.
forgetful='
import ctypes, os, socket, struct, sys, threading, time
call = ctypes.CDLL(None, use_errno=True).syscall
context, ends = ctypes.c_ulong(), socket.socketpair()
assert not call(206, 8, ctypes.byref(context))
block = ctypes.create_string_buffer(struct.pack("QIIHhIQQqQII", 0, 0, 0, 5, 0, ends[0].fileno(), 1, 0, 0, 0, 0, 0))
assert call(209, context, 1, ctypes.byref(ctypes.c_void_p(ctypes.addressof(block)))) == 1
ctypes.memset(block, 0, 64)
def tell():
    while not os.path.exists(sys.argv[2]):
        time.sleep(.01)
    ends[1].send(b"x")
threading.Thread(target=tell).start()
open(sys.argv[1], "w").write("here")
events = ctypes.create_string_buffer(32)
assert call(208, context, 1, 1, events, None) == 1
assert struct.unpack("QQqq", events.raw)[2] & 1
'

# What it was, nobody can tell: that is a loss by name, and no read of a byte.
@test "linux-aio: a request from before the attach whose control block is something else now" {
	start forgetful python3 -B -c "$forgetful" "$T/ready" "$T/go"
	wait_file "$T/ready"
	attach -p "$target"
	touch "$T/go"
	reap_target
	finish
	[[ -z $(csvsum values "$T/csv" calls call=aio_read) ]]
	same "io_getevents that ended" "$(sum calls io_getevents)" 1
	grep -q '^Lost requests: 1 ' "$T/report"
}

# What the program takes out of the ring in its memory itself is seen at its next call.
@test "linux-aio: completions fetched without a call" {
	local hooks

	for hooks in syscalls raw; do
		start_gated_server server_linux_aio --user-reap
		attach -p "$target" --hooks "$hooks"
		open_gate
		client --connections 4 --requests 50
		wait_for 60 waits_alone
		finish INT
		stop_target
		is_called linux-aio
		csvsum check "$T/csv" call=aio_read -- 'calls == 204' 'eof == 4' \
			'bytes == 12800' 'inflight == 0' '0 < latency_p50_ns'
		csvsum check "$T/csv" call=aio_write -- 'calls == 200' 'bytes == 12800'
		# The listener's is under way, until it stops.
		csvsum check "$T/csv" call=aio_poll -- 'inflight == 1' \
			"calls == $(sed -n 's/^aio_poll,\([0-9]*\),.*/\1/p' "$T/tally.csv") - 1"
		grep -q '^Lost nothing' "$T/report"
	done
}

# Whether the target has one socket left, and waits in io_getevents.
waits_alone() {
	nr_of io_getevents
	(($(find "/proc/$target/fd" -lname 'socket:*' | wc -l) == 1)) && in_call "$target" "$number"
}

# edge [OPTION...]: aio_edges has done what the CSV says, by the hooks of both kinds.
edge() {
	local hooks

	for hooks in syscalls raw; do
		start_gated aio_edges "$@"
		attach -t -p "$target" --hooks "$hooks"
		open_gate
		reap_target
		finish
		csvsum same "$T/csv" "$T/tally.csv"
		same "requests in flight" "$(sum inflight 'aio_.*')" 0
	done
}

@test "linux-aio: requests that the kernel refuses" {
	edge --refused
	grep -q '^Lost nothing' "$T/report"
	same "refused calls" "$(sum error io_submit)" 1
}

@test "linux-aio: one control block for one request after the other" {
	edge --reuse
	grep -q '^Lost nothing' "$T/report"
}

@test "linux-aio: a thousand requests in one call" {
	edge --many 1000
	grep -q '^Lost nothing' "$T/report"
}

@test "linux-aio: more requests in one call than are timed" {
	edge --many 1100
	grep -q '^Lost samples: 76 ' "$T/report"
}

@test "linux-aio: requests of one thread that another one fetches" {
	edge --threads
	grep -q '^Lost nothing' "$T/report"
	same "threads" "$(csvsum values "$T/csv" tid call=aio_poll | wc -l)" 1
	refute same "threads" "$(csvsum values "$T/csv" tid call=aio_poll)" "$target"
}

@test "linux-aio: the books balance" {
	start_gated_server server_linux_aio
	attach -t -i 250ms -p "$target"
	open_gate
	start_client --connections 4 --until-deadline --seconds 1 --pause-us 300
	reap "$client_pid"
	finish INT
	csvsum books "$T/csv" tid="$target"
	csvsum shape "$T/csv"
}

# fio_is MODEL ENGINE REQUESTS: reads a file by that engine in one thread, and says how often.
fio_is() {
	local said

	needs fio
	# A first job, which reads nothing, waits at the gate; the thread of the second one is born
	# behind it. It writes what its shell says into the folder.
	start fio env -C "$T" "$(command -v fio)" --thread --output-format=json --output="$T/fio.json" \
		--name=gate --ioengine=null --size=4k \
		--exec_prerun="touch $T/waits; until test -e $T/gate; do sleep 0.02; done" \
		--name=job --stonewall --filename="$T/data" --size=4M --bs=4k --rw=randread \
		--ioengine="$2" --iodepth=8 --time_based --runtime=1
	wait_for 60 test -e "$T/waits"
	attach -p "$target"
	open_gate
	reap "$target"
	[[ $code == 0 ]]
	finish
	same "model" "$(models_of "$target")" "$1"
	# What fio says of the shell comes first.
	said=$(python3 -B -c 'import json, sys
text = open(sys.argv[1]).read()
print(json.loads(text[text.index("{"):])["jobs"][1]["read"]["total_ios"])' "$T/fio.json")
	same "reads" "$(sum ok "$3")" "$said"
	same "bytes" "$(sum bytes "$3")" $((said * 4096))
}

@test "fio, libaio" {
	fio_is linux-aio libaio aio_read
}

@test "fio, io_uring" {
	fio_is io_uring io_uring uring_read
}

# qemu_is MODEL REQUESTS OPTION...: reads a disk image in the way of the options, when we come.
qemu_is() {
	local model=$1 requests=$2

	shift 2
	needs qemu-img
	truncate -s 64M "$T/image"
	start qemu "$(command -v qemu-img)" bench -f raw -t none "$@" -c 10000000 -d 16 -s 4096 "$T/image"
	wait_for 60 runs_or_ended "$(realpath "$(command -v qemu-img)")"
	sleep 0.2
	attach -p "$target" -d 500ms
	finish
	refute has_ended "$target"
	same "model" "$(models_of "$target")" "$model"
	(($(sum ok "$requests") > 1000))
	same "bytes" "$(sum bytes "$requests")" $(($(sum ok "$requests") * 4096))
	kill -TERM "$target"
	reap "$target"
}

# It makes no io_getevents, but looks into the ring.
@test "QEMU, Linux AIO" {
	qemu_is linux-aio aio_read -n
	same "calls that fetch" "$(sum calls 'io_p?getevents')" 0
}

@test "QEMU, io_uring" {
	qemu_is io_uring uring_read -i io_uring
}
