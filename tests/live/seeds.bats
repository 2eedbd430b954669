#!/usr/bin/env bats
# seeds.bats - what is known of calls and sockets from before the attach.
#
# What goes in: build/iophase, small programs in Python. Needs root and BTF.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# The models of the processes in the latest csv-processes, by their pids: models PID...
models_of() {
	local pid

	for pid in "$@"; do
		awk -F, -v pid="$pid" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
			$at["pid"] == pid { print $at["model"], $at["model_counts"] }' "$T/processes"
	done | tr '\n' ';'
}

@test "a select or poll that began before the attach watches one descriptor, or several" {
	local kind name pids=()

	for kind in "select 1" "poll 1" "select 2" "poll 2"; do
		name=${kind/ /}
		mkfifo "$T/$name" "$T/$name-other"
		# shellcheck disable=SC2086 # words
		start "$name" python3 -c 'import os, select, sys
kind, count, path = sys.argv[1:]
files = [os.open(p, os.O_RDWR) for p in (path, path + "-other")][:int(count)]
if kind == "select":
    select.select(files, [], [])
else:
    poll = select.poll()
    for file in files:
        poll.register(file, select.POLLIN)
    poll.poll()
os.read(files[0], 1)' $kind "$T/$name"
		pids+=("$target")
		[[ $kind == poll* ]] && nr_of poll || nr_of pselect6
		wait_for 60 in_call "$target" "$number"
	done
	attach -d 100ms -o "csv-processes:$T/processes" -p "${pids[*]}"
	finish
	same "by time" "$(models_of "${pids[@]}")" "blocking ;blocking ;select ;poll ;"
	attach -o "csv-processes:$T/processes" -p "${pids[*]}"
	for kind in select1 poll1 select2 poll2; do
		echo >"$T/$kind"
	done
	reap "$tracer"
	same "exit code" "$code" 0
	same "by reads" "$(models_of "${pids[@]}")" "blocking blocking=1;blocking blocking=1;select select=1;poll poll=1;"
	grep -q 'select of one descriptor, then read: 1' "$T/report"
	grep -q 'poll of one descriptor, then read: 1' "$T/report"
}

@test "a pair of sockets by which a process talks to itself is no connection, however old" {
	local turns=50

	mkfifo "$T/go"
	# It serves a client by another pair, of which its child has the other end.
	start talks python3 -c 'import os, socket, sys
turns, path = int(sys.argv[1]), sys.argv[2]
near, far = socket.socketpair()
listener = socket.socket(socket.AF_UNIX)
listener.bind(path + "/listener")
listener.listen()
print("ready", flush=True)
open(path + "/go").read()
for _ in range(turns):
    near.send(b"x")
    far.recv(1)
    far.send(b"y")
    near.recv(1)
if not os.fork():
    client = socket.socket(socket.AF_UNIX)
    client.connect(path + "/listener")
    for _ in range(turns):
        client.send(b"z")
        client.recv(1)
    os._exit(0)
peer = listener.accept()[0]
while peer.recv(1):
    peer.send(b"z")' "$turns" "$T"
	wait_file "$T/talks.out"
	attach -o "csv-exchanges:$T/exchanges" -o "csv-connections:$T/connections" -p "$target"
	grep -q 'sock:sk_data_ready: yes' "$T/err" || skip "this kernel does not tell when data are ready"
	echo >"$T/go"
	reap "$tracer"
	same "exit code" "$code" 0
	same "reads" "$(sum ok recvfrom "$target")" $((3 * turns))
	same "exchanges" "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 1 { print $at["role"], $at["exchanges"] }' "$T/exchanges")" "server $turns"
}

@test "who leaves and comes back has queued for nothing that was read meanwhile" {
	local name=seed$$ longest

	start leaves python3 -c 'import os, socket, sys, time
name, path = sys.argv[1:]
def is_called(what):
    open("/proc/self/comm", "w").write(what)
def wait_for(file):
    while not os.path.exists(f"{path}/{file}"):
        time.sleep(0.005)
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
is_called("other")
if not os.fork():
    client = socket.socket()
    client.connect(listener.getsockname())
    for file in "go", "away", "back":
        wait_for(file)
        client.send(b"x")
        client.recv(1)
        open(f"{path}/{file}.done", "w").close()
    os._exit(0)
is_called(name)
peer = listener.accept()[0]
print("ready", flush=True)
for file in "go", "away", "back":
    peer.recv(1)
    peer.send(b"y")
    if file == "go":
        wait_for("leave")
        is_called("other")
    elif file == "away":
        time.sleep(1)
        is_called(name)' "$name" "$T"
	wait_file "$T/leaves.out"
	attach -w -o "csv-exchanges:$T/exchanges" -n "$name"
	: >"$T/go"
	wait_for 60 test -e "$T/go.done"
	: >"$T/leave"
	wait_for 60 grep -q "pid $target: matches no longer" "$T/err"
	: >"$T/away"
	wait_for 60 test -e "$T/away.done"
	wait_for 60 comes_back
	# What it waits for from here on is what the test takes to ask: it sends, at once.
	: >"$T/back"
	reap "$target"
	finish INT
	# Two requests were seen; neither was there a second before it was read.
	if grep -q 'sock:sk_data_ready: yes' "$T/err"; then
		longest=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
			NR > 1 { n += $at["exchanges"]; ns += $at["queueing_ns"] } END { print n, (ns < 1e9) }' "$T/exchanges")
		same "exchanges, and whether they queued for less than it was away" "$longest" "2 1"
	fi
}

# Whether the target has joined twice.
comes_back() {
	(($(grep -c "pid $target: joined" "$T/err") == 2))
}

@test "who computes at the attach has not been asleep until it is switched out" {
	start computes python3 -c 'print("ready", flush=True)
while True:
    pass'
	wait_file "$T/computes.out"
	attach -d 300ms -p "$target"
	finish
	same "exit code" "$code" 0
	csvsum check "$T/csv" call=app -- 'wait_ns == 0' 'cpu_ns > 0' 'cpu_ns + runq_ns == wall'
}
