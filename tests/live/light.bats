#!/usr/bin/env bats
# light.bats - --hooks light: no hook on system calls, and what it counts is exact all the same; what it
# does not see is empty and not 0; models and shapes are those of the full hooks.
#
# What goes in: the workloads of tests/servers. Needs root, BTF, Linux 6.3, bpftool.

load helpers
load servers

setup() {
	live_setup
	need_exchanges
}

teardown() {
	live_teardown
}

# Attaches without hooks on calls.
attach_light() {
	attach --hooks light "$@"
}

# A cell of the row of a call of the target: cell COLUMN CALL.
cell() {
	csvsum values "$T/csv" "$1" "call=$2" "pid=$target"
}

# Reads and writes of a server are those of its load, and model and shape are right:
# exact MODEL SHAPE READS WRITES SERVER [OPTION...].
exact() {
	local model=$1 shape=$2 reads=$3 writes=$4

	shift 4
	start_gated_server "$@"
	attach_light -p "$target" -o "csv-exchanges:$T/exchanges"
	open_gate
	# With pauses, so that the server sleeps in its mux calls.
	client --connections 8 --requests 40 --pause-us 300
	# Its load may be gone before the server has read all ends.
	wait_for 60 has_exactly "$target" 1
	finish INT
	is_called "$model"
	same "shape of $*" "$(shapes_of "$target")" "$shape"
	same "bytes read by $*" "$(sum bytes "$reads")" $((8 * 40 * 64))
	same "reads of $*" "$(sum ok "$reads")" $((8 * 40))
	same "ends of files of $*" "$(sum eof "$reads")" 8
	same "writes of $*" "$(sum ok "$writes")" $((8 * 40))
	same "bytes written by $*" "$(sum bytes "$writes")" $((8 * 40 * 64))
	same "exchanges of $*" "$(exchange exchanges)" 320
	same "connections of $*" "$(exchange connections)" 8
	same "time in the read, which is not known" "$(csvsum values "$T/csv" busy_p50_ns "call=$reads")" ""
	stop_target
}

@test "reads, writes, exchanges, model and shape: a thread per connection" {
	exact blocking thread-per-connection recvfrom sendto server_threads
	exact blocking thread-per-connection read write server_threads --read
}

@test "the same: non-blocking polling, select, poll" {
	exact nonblocking single recvfrom sendto server_nonblocking --pause-us 200
	exact select event-loop recvfrom sendto server_select
	exact poll event-loop recvfrom sendto server_poll
	exact poll event-loop recvfrom sendto server_poll --ppoll
}

@test "the same: epoll" {
	exact epoll-lt event-loop recvfrom sendto server_epoll
	exact epoll-et event-loop recvfrom sendto server_epoll --et
	exact epoll-lt event-loop readv writev server_epoll --readv
	exact epoll-lt event-loop recvmsg sendmsg server_epoll --recvmsg
}

@test "no program hangs on a system call, and what is not seen is empty" {
	start_gated_server server_epoll
	attach_light -p "$target"
	awk '/^prog_id:/ { print $2 }' /proc/"$tracer"/fdinfo/* 2>/dev/null | sort -u |
		while read -r id; do bpftool -j prog show id "$id" | jq -r .name; done >"$T/programs"
	grep -q '^sched_switch$' "$T/programs"
	refute grep -E '^sys_(enter|exit)' "$T/programs"
	open_gate
	client --connections 8 --requests 40
	finish INT
	same "calls of epoll_wait" "$(cell calls epoll_wait)" ""
	same "those that said ready" "$(cell ok epoll_wait)" ""
	(($(cell wait_ns epoll_wait) > 0))
	(($(cell wait_p50_ns epoll_wait) > 0))
	grep -q 'without hooks on system calls' "$T/report"
	csvsum books "$T/csv" "pid=$target"
}

@test "time on a CPU is divided by samples, and their error is said; without any it is all in app" {
	local all

	start_gated burn --cpu-ms 600 --done-file "$T/done"
	attach_light -p "$target"
	open_gate
	wait_for 60 test -e "$T/done"
	finish INT
	grep -Eq '[0-9]+ samples? of what was on a CPU divide that time' "$T/report"
	all=$(sum samples '.*')
	((all > 0 && $(sum samples app) * 10 >= all * 9))
	stop_target

	start_gated_server server_epoll
	attach_light --samples 0 -p "$target"
	open_gate
	client --connections 8 --requests 40
	finish INT
	same "time on a CPU in recvfrom" "$(cell cpu_ns recvfrom)" ""
	(($(cell cpu_ns app) > 0))
	refute grep -q 'of what was on a CPU' "$T/report"
}

@test "a recording of it is reported again as it was" {
	start_gated_server server_epoll
	attach_light -p "$target" -o "json:$T/ndjson" -o "text:$T/text"
	open_gate
	client --connections 8 --requests 40
	finish INT
	"$IOPHASE" report "$T/ndjson" --csv "$T/again.csv" >"$T/again.text"
	cmp "$T/csv" "$T/again.csv"
	cmp "$T/text" "$T/again.text"
}

@test "io_uring: requests are counted, and what kernel workers do is theirs" {
	[[ ! -e /proc/sys/kernel/io_uring_disabled || $(</proc/sys/kernel/io_uring_disabled) != 2 ]] ||
		skip "io_uring is disabled on this machine"
	start_gated_server server_io_uring --connections 2 --size 65536 --iowq
	# A worker makes no calls: its time on a CPU is known without a sample.
	attach_light --samples 0 -p "$target"
	open_gate
	client --connections 2 --requests 200 --size 65536
	reap_target
	finish
	same "model" "$(models_of "$target")" io_uring
	same "bytes read" "$(sum bytes uring_read)" $((2 * 200 * 65536))
	csvsum check "$T/csv" call=iou-worker -- 'copy_ns > 0' 'cpu_ns > 0'
	csvsum check "$T/csv" call=io_uring_enter -- 'copy_ns == 0'
}

# A server of datagrams that answers each as it is; it writes its port, and ends with the one that is empty.
datagrams='
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(("127.0.0.1", 0))
    open(sys.argv[1], "w").write(str(s.getsockname()[1]))
    data = b"x"
    while data:
        data, peer = s.recvfrom(100)
        s.sendto(data, peer)
'
asking='
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.connect(("127.0.0.1", int(sys.argv[1])))
    for data in [b"x"] * int(sys.argv[2]) + [b""]:
        s.send(data)
        s.recv(100)
'

@test "the read that a server was asleep in at the attach: its exchange begins when it goes on" {
	start datagrams python3 -B -c "$datagrams" "$T/port"
	wait_file "$T/port"
	wait_for 60 sleeps_in_recvfrom "$target"
	attach_light -p "$target" -o "csv-exchanges:$T/exchanges"
	timeout 20 python3 -B -c "$asking" "$(<"$T/port")" 50
	reap_target
	finish
	same "exchanges" "$(exchange exchanges)" 51
	same "reads" "$(sum calls recvfrom)" 51
	# All of them together took less than it was attached.
	(($(exchange service_ns) + $(exchange queueing_ns) <= $(csvsum values "$T/csv" interval_ns)))
	(($(exchange response_max_ns) <= $(csvsum values "$T/csv" interval_ns)))
	# The first one slept; who reads without sleeping then has waited so before.
	same "votes" "$(csvsum values "$T/csv" model_counts)" "blocking=51"
}

# Starts a server of unseen.py and attaches to it: serves MODE. Sets port.
serves() {
	start "$1" python3 -B "$HERE/unseen.py" "$1" "$T/port"
	wait_file "$T/port"
	port=$(<"$T/port")
	attach_light -p "$target"
}

@test "recvmmsg: its reads tell of the threads' shape" {
	serves mmsg
	timeout 20 python3 -B -c "$asking" "$port" 50
	reap_target
	finish
	same "bytes" "$(sum bytes recvmmsg)" 50
	is_called epoll-lt
	same "shape" "$(shapes_of "$target")" event-loop
}

@test "the first read of a connection that it has made itself is what the poll told of that began later" {
	serves relay
	python3 -B -c 'import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as end:
    for _ in range(30):
        end.sendall(b"x")
        assert end.recv(1) == b"x"' "$port"
	reap_target
	finish
	same "reads" "$(sum ok recvfrom)" 60
	# Of its client some are blocking.
	votes=$(csvsum values "$T/csv" model_counts | grep -o 'poll=[0-9]*')
	echo "$votes"
	((${votes#*=} >= 30))
}

@test "who sleeps in accept: its reads have votes from the first one on" {
	serves accept
	python3 -B -c 'import socket, sys
for data in [b"x"] * 5 + [b""]:
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as end:
        end.sendall(data)
        end.shutdown(socket.SHUT_WR)
        assert end.recv(1) == data' "$port"
	reap_target
	finish
	headline "$target"
	headline "$target" | grep -q 'blocking (100.0 % of 6 reads)'
}

# Whether a process is asleep in recvfrom.
sleeps_in_recvfrom() {
	local nr

	nr_of recvfrom
	# shellcheck disable=SC2154 # nr_of sets it
	nr=$number
	grep -q "^$nr " "/proc/$1/syscall"
}

# A dispatcher that takes a connection out of its epoll set and hands it to a thread, which reads, answers
# and gives it back; it writes its port and ends when all clients have gone.
handing='
import queue, select, socket, sys, threading
listener = socket.create_server(("127.0.0.1", 0))
watch, work, back, left = select.epoll(), queue.Queue(), socket.socketpair(), [int(sys.argv[2])]
watch.register(listener, select.EPOLLIN)
ends = {}
def serve():
    while True:
        end = work.get()
        data = end.recv(4096)
        if not data:
            left[0] -= 1
            back[0].send(b"x")
            return
        end.sendall(data)
        watch.register(end, select.EPOLLIN)
watch.register(back[1], select.EPOLLIN)
open(sys.argv[1], "w").write(str(listener.getsockname()[1]))
while left[0]:
    for fd, _ in watch.poll():
        if fd == listener.fileno():
            end = listener.accept()[0]
            ends[end.fileno()] = end
            threading.Thread(target=serve, daemon=True).start()
            watch.register(end, select.EPOLLIN)
        elif fd == back[1].fileno():
            back[1].recv(1)
        else:
            watch.unregister(fd)
            work.put(ends[fd])
'

@test "a file that is handed from an epoll set to a thread is read in the way of the set" {
	start handing python3 -B -c "$handing" "$T/port" 4
	wait_file "$T/port"
	port=$(<"$T/port")
	attach_light -p "$target"
	client --connections 4 --requests 30 --pause-us 500
	reap_target
	finish
	is_called epoll-lt
	csvsum values "$T/csv" model_counts
	# Not the ends of files, which epoll is told of in another way, nor what came before it was given back.
	csvsum values "$T/csv" model_counts | grep -Eq 'epoll-lt=1[0-2][0-9]'
}

# Six clients of taking.py, one after the other, see it in a mode: take MODE. The first two make it wait.
take() {
	local mode=$1 pid port

	start "$mode" python3 -B "$HERE/taking.py" "$mode" "$T/$mode"
	wait_file "$T/$mode"
	read -r pid port <"$T/$mode"
	attach_light -f -p "$pid"
	python3 -c 'import socket, sys, time
for i in range(6):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as end:
        time.sleep(.2 if i < 2 else 0)
        end.sendall(b"x")
        assert end.recv(1) == b"x"' "$port"
	finish INT
	kill -TERM "$pid"
}

@test "families whose accepts do not sleep: whose the file is tells who has accepted" {
	take fork
	same "shapes" "$(csvsum values "$T/csv" shape)" process-per-connection
	same "processes" "$(csvsum values "$T/csv" pid | wc -l)" 7
	take prefork
	same "shapes" "$(csvsum values "$T/csv" shape)" prefork
	same "processes" "$(csvsum values "$T/csv" pid | wc -l)" 3
	# Select told of the listener, not of what is read: reads that do not sleep have no vote.
	same "votes" "$(csvsum values "$T/csv" model_counts | grep -c select=)" 0
}

@test "requests that were there before epoll was to watch them: the file tells" {
	take late
	same "votes" "$(csvsum values "$T/csv" model_counts)" epoll-lt=6
}

@test "without connections nobody tells when a copy is over: copying stays in cpu" {
	start_gated_server server_epoll
	attach_light --no-connections -p "$target"
	open_gate
	client --connections 8 --requests 40 --pause-us 300
	finish INT
	same "time copying" "$(sum copy_ns '.*')" 0
	(($(cell wait_ns epoll_wait) > 0))
	same "model" "$(models_of "$target")" epoll-lt
	grep -q 'nobody tells when a copy is over' "$T/report"
	csvsum books "$T/csv" "pid=$target"
}

@test "a read of a device ends no call of a socket: writes behind it are writes" {
	[[ -c /dev/net/tun ]] || skip "no /dev/net/tun"
	start tun unshare -n python3 -B "$HERE/tun.py"
	wait_for 60 grep -q ready "$T/tun.out"
	attach_light -p "$target"
	kill -USR1 "$target"
	wait_for 60 grep -q done "$T/tun.out"
	finish INT
	same "writes" "$(sum ok 'sendto')" 50
	same "bytes written" "$(sum bytes 'sendto')" 5000
	same "reads" "$(sum ok 'read|recv.*')" 0
	same "bytes read" "$(sum bytes 'read|recv.*')" 0
	csvsum books "$T/csv" "pid=$target"
	kill -TERM "$target"
}

# Exchanges of a process, by its pid or name: exchanges_of WHO ROLE.
exchanges_of() {
	awk -F, -v who="$1" -v role="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		($at["pid"] == who || $at["comm"] == who) && $at["role"] == role { sum += $at["exchanges"] }
		END { print sum + 0 }' "$T/exchanges"
}

@test "with -a whoever is born is there with its first socket: client, server, each request" {
	local first client

	start_server server_epoll
	first=$target
	attach_light -a -o "csv-exchanges:$T/exchanges"
	sleep 0.3
	start_client --connections 4 --requests 500
	client=$client_pid
	reap "$client"
	same "exit code of the client" "$code" 0
	start_server server_threads
	start_client --connections 4 --requests 100
	reap "$client_pid"
	same "exit code of the client" "$code" 0
	finish INT
	grep -q '^Lost nothing' "$T/report"
	# Others on the machine may have the same names.
	same "requests of the first client" "$(exchanges_of "$client" client)" 2000
	same "requests of the second client" "$(exchanges_of "$client_pid" client)" 400
	same "requests of the server that was there" "$(exchanges_of "$first" server)" 2000
	same "requests of the server that was born" "$(exchanges_of "$target" server)" 400
}

@test "an answer that comes before the write has ended is one" {
	"$IOPHASE" --hooks light -q -o "csv-exchanges:$T/exchanges" -- \
		python3 -B "$HERE/early.py" 200 >"$T/answered" 2>"$T/err" 3>&-
	[[ $(<"$T/answered") == 200 ]]
	same "exchanges of the client" "$(exchanges_of python3 client)" 200
}

@test "who finds no books is lost once, however often it uses its socket" {
	local lost

	start_server server_epoll
	attach_light -a --max-threads 8
	start_server server_threads
	start_client --connections 20 --requests 200
	reap "$client_pid"
	same "exit code of the client" "$code" 0
	finish INT
	lost=$(sed -n 's/^Lost threads: \([0-9,]*\) .*/\1/p' "$T/report")
	echo "lost threads: $lost"
	lost=${lost//,/}
	# 22 threads and a client began, and others on the machine may have; each request has two chances.
	((lost >= 10 && lost < 200))
}
