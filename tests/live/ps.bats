#!/usr/bin/env bats
# ps.bats - iophase ps: who is in the list, and that a row says what the workload, and the recording
# of the same run, say.
#
# What goes in: build/iophase, the servers of tests/servers, nginx with a prefix of its own, ps.py. The
# time that is measured is ended by a signal, so nothing depends on how fast the machine is. Needs root
# and BTF.

load helpers
load servers

setup() {
	live_setup
	# The command is the first word, before what `attach` adds.
	PROGRAM=$T/iophase-ps
	printf '#!/bin/sh\nexec %q ps "$@"\n' "$IOPHASE" >"$PROGRAM"
	chmod +x "$PROGRAM"
	export COLUMNS=250 LC_ALL=C.UTF-8
}

teardown() {
	live_teardown
	[[ -z ${folder:-} ]] || rm -rf -- "$folder"
}

# Lists those until `finish INT`: the table is in $T/report, with a recording of the run beside it.
list() {
	rm -f "$T/recording"
	attach_only -d 100 -o "json:$T/recording" --csv "$T/csv" "$@"
}

# A cell of the table: cell PID COLUMN, or for those of a name that ended, cell NAME COLUMN
cell() {
	python3 -B "$HERE/ps.py" cell "$T/report" "$@"
}

# The pids of the table, in order.
pids() {
	python3 -B "$HERE/ps.py" pids "$T/report"
}

# Asserts that all rows agree with the recording, and that it makes the same table again.
agrees_with_the_recording() {
	cat "$T/report"
	python3 -B "$HERE/ps.py" agrees "$T/report" "$T/recording"
	"$IOPHASE" report -o ps:- "$T/recording" | cmp "$T/report" -
	"$IOPHASE" report "$T/recording" >"$T/text.out"
	grep -q '(pid ' "$T/text.out"
}

# Reads that have a model, and requests answered, as the recording has them for a process of that name.
recorded() {
	jq -s --arg comm "$1" '[.[] | select(.type == "process" and .comm == $comm)] |
		[(map(select(.model_basis == "reads") | .model_counts | add) | add // 0),
		 (map(.exchanges[]? | select(.role == "server") | .exchanges) | add // 0)] |
		map(tostring) | join(" ")' -r "$T/recording"
}

# Starts who listens at that many ports, of TCP and UDP: listen TCP UDP [COMMAND BEFORE IT...]
listen() {
	local tcp=$1 udp=$2

	shift 2
	rm -f "$T/ports"
	start listener "$@" python3 -B "$HERE/ps.py" listen "$T/ports" "$tcp" "$udp"
	wait_file "$T/ports"
}

# Whether the latest server has only the socket that it listens with.
is_alone() {
	! has_sockets "$target" 2
}

# What the workload counted: tallied COLUMN CALL
tallied() {
	awk -F, -v column="$1" -v call="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["call"] == call { print $at[column] }' "$T/tally.csv"
}

@test "ps: a server under load, and who is idle, with their ports" {
	local requests=500 server idle

	listen 2 1
	idle=$target
	start_gated_server server_epoll
	list ":$port" -p "$idle"
	open_gate
	client --connections 2 --requests $((requests / 2))
	wait_for 60 is_alone
	finish INT
	server=$target
	stop_target
	agrees_with_the_recording
	same "pids" "$(pids)" "$server $idle"
	same "requests by the tally" "$(tallied ok recvfrom)" "$requests"
	# Each connection's end is a read, too.
	same "reads" "$(recorded server_epoll | cut -d' ' -f1)" \
		$(($(tallied ok recvfrom) + $(tallied eof recvfrom)))
	! has_exchanges || same "requests" "$(recorded server_epoll | cut -d' ' -f2)" "$requests"
	same "ports" "$(cell "$server" PORTS)" "$port"
	same "model" "$(cell "$server" MODEL)" epoll-lt
	same "shape" "$(cell "$server" SHAPE)" event-loop
	same "ports of the idle one" "$(cell "$idle" PORTS)" "$(<"$T/ports")"
	same "model of the idle one" "$(cell "$idle" MODEL)" idle
	same "its reads" "$(cell "$idle" READS/s)" -
	same "user" "$(cell "$idle" USER)" "$(id -un)"
	grep -q '^Lost nothing' "$T/report"
	! has_exchanges || grep -q -- '--hooks lightest, which is light here' "$T/report"
}

@test "ps: hooks on system calls are had when they are asked for" {
	start_gated_server server_epoll
	list -p "$target" --hooks syscalls
	open_gate
	client --connections 2 --requests 20
	finish INT
	agrees_with_the_recording
	same "accepts" "$(csvsum values "$T/csv" calls call=accept4)" 2
	refute grep -q 'without hooks' "$T/report"
}

@test "ps: children that served a connection each are one row, with what all of them did" {
	local requests=60

	start_gated_server server_fork
	list ":$port"
	open_gate
	client --connections 6 --requests $((requests / 6))
	wait_for 60 has_no_children
	finish INT
	agrees_with_the_recording
	same "pids" "$(pids | tr ' ' '\n' | sort | xargs)" "$(printf '%s\n' '(6)' "$target" | sort | xargs)"
	grep -q '(N): so many that ended, instead of a pid' "$T/report"
	stop_target
	same "requests by the tally" "$(tallied ok recvfrom)" "$requests"
	same "reads" "$(recorded server_fork | cut -d' ' -f1)" \
		$(($(tallied ok recvfrom) + $(tallied eof recvfrom)))
	! has_exchanges || same "requests" "$(recorded server_fork | cut -d' ' -f2)" "$requests"
	# Their rate is over all of the time that was measured.
	awk -v row="$(cell server_fork READS/s)" -v reads="$(recorded server_fork | cut -d' ' -f1)" \
		-v ns="$(jq -r 'select(.type == "interval") | .interval_ns' "$T/recording" | head -n 1)" 'BEGIN {
			gsub(",", "", row); exit !(row - reads * 1e9 / ns < 0.51 && reads * 1e9 / ns - row < 0.51) }'
	grep -q '^Lost nothing' "$T/report"
}

# Whether the latest server has no child that lives.
has_no_children() {
	[[ -z $(pgrep -r R,S,D -P "$target") ]]
}

@test "ps: the whole machine: who has sockets, once each, without threads of the kernel and without us" {
	local pid with_sockets=0

	listen 1 0
	start sleeper sleep 180
	attach_only -d 300ms -o "csv-processes:$T/processes"
	finish
	cat "$T/report"
	same "ports" "$(cell "$(pgrep -f "ps.py listen $T/ports")" PORTS)" "$(<"$T/ports")"
	same "rows of one pid" "$(pids | tr ' ' '\n' | sort | uniq -d)" ""
	for pid in $(pids); do
		[[ $pid != \(* ]] || continue
		[[ $pid != "$tracer" && $pid != "$target" ]]
		# Of the rows of those that live, none is of a thread of the kernel: these have no program.
		! has_ended "$pid" || continue
		[[ -n $(readlink "/proc/$pid/exe") ]]
		with_sockets=$((with_sockets + 1))
	done
	((with_sockets > 0))
	refute grep -q ",$target,sleep," "$T/processes"
}

@test "ps: more ports than there is room for are counted; those of another network namespace are seen" {
	local many first

	listen 40 0
	many=$target
	first=$(cut -d, -f1 "$T/ports")
	listen 1 1 unshare --net
	list -p "$many,$target"
	finish INT
	agrees_with_the_recording
	same "ports that are named and counted" \
		"$(cell "$many" PORTS | awk -F'[,+]' '{ print NF - 1 + $NF }')" 40
	[[ $(cell "$many" PORTS) == "$first,"* ]]
	same "ports of the other namespace" "$(cell "$target" PORTS)" "$(<"$T/ports")"
}

@test "ps: nginx, a master and its workers, by name" {
	local workers requests

	PATH=$PATH:/usr/sbin
	command -v nginx >/dev/null || skip "nginx is not installed"
	port=$(free_port)
	mkdir -p "$T/nginx"
	cat >"$T/nginx/nginx.conf" <<-END
		daemon off;
		user nobody nogroup;
		worker_processes 2;
		pid nginx.pid;
		error_log error.log;
		events { }
		http {
			access_log access.log;
			client_body_temp_path body;
			proxy_temp_path proxy;
			fastcgi_temp_path fastcgi;
			uwsgi_temp_path uwsgi;
			scgi_temp_path scgi;
			server {
				listen 127.0.0.1:$port;
				location / { return 200 "hello"; }
			}
		}
	END
	start nginx "$(command -v nginx)" -p "$T/nginx" -c nginx.conf -e error.log
	wait_for 60 has_two_workers
	list nginx --exclude "user=daemon"
	python3 -B "$HERE/http_load.py" "$port" 3 20 keep / >"$T/load.out"
	finish INT
	agrees_with_the_recording
	requests=$(wc -l <"$T/nginx/access.log")
	same "requests by nginx's log" "$requests" 60
	! has_exchanges || same "requests" "$(recorded nginx | cut -d' ' -f2)" "$requests"
	mapfile -t workers < <(pgrep -P "$target")
	same "pids" "$(pids | tr ' ' '\n' | sort -n | xargs)" \
		"$(printf '%s\n' "$target" "${workers[@]}" | sort -n | xargs)"
	same "ports of the master" "$(cell "$target" PORTS)" "$port"
	same "user of the master" "$(cell "$target" USER)" root
	same "user of a worker" "$(cell "${workers[1]}" USER)" nobody
	same "ports of a worker" "$(cell "${workers[1]}" PORTS)" "$port"
}

# Whether nginx has its workers, and they have become somebody else.
has_two_workers() {
	(($(pgrep -c -u nobody -P "$target") == 2))
}

@test "ps: lines fit, and what has no room is named" {
	local columns

	listen 3 0
	"$IOPHASE" ps -d 50ms -p "$target" -o "json:$T/recording" >"$T/report"
	for columns in 80 100 160 250; do
		COLUMNS=$columns LC_ALL=C "$IOPHASE" report -o ps:- "$T/recording" >"$T/$columns.out"
		((columns - $(wc -L <"$T/$columns.out") >= 0))
		refute grep -q '[^ -~]' "$T/$columns.out"
		grep -q " $target " "$T/$columns.out"
	done
	# Where nobody says, as the report: a hundred.
	env -u COLUMNS "$IOPHASE" report -o ps:- "$T/recording" >"$T/piped.out"
	(($(wc -L <"$T/piped.out") <= 100))
}

@test "ps: losses are in it, and with JSON on stdout on stderr" {
	start_threads 60
	"$IOPHASE" ps -d 100ms --max-threads 40 -p "$target" >"$T/report" 2>"$T/err"
	grep -q '^Lost threads: 21 ' "$T/report"
	"$IOPHASE" ps -d 100ms --max-threads 40 -p "$target" -o json:- >"$T/json.out" 2>"$T/err"
	grep -q '^iophase: lost threads: 21 ' "$T/err"
	same "lines" "$(jq -r .type "$T/json.out" | sort | uniq -c | xargs)" "1 header 1 interval 1 process"
	jq -e 'select(.type == "process") | .user == "root" and .ports == "none"' "$T/json.out"
}

# Runs ps with wrong words, or without rights: refuses CODE PATTERN WORD...
refuses() {
	local wanted=$1 pattern=$2

	shift 2
	code=0
	"$@" >"$T/refused.out" 2>"$T/refused.err" || code=$?
	same "exit code of $*" "$code" "$wanted"
	[[ ! -s $T/refused.out ]]
	grep -qE "^iophase: $pattern" "$T/refused.err"
}

@test "ps: what is refused, as trace refuses it" {
	listen 1 0
	refuses 2 '--interval is no option of iophase ps' "$IOPHASE" ps -i 1
	refuses 2 '--sort .size.: it is requests, reads' "$IOPHASE" ps --sort size
	refuses 1 'no process is called none-such and has a socket(;.*not permitted, though .*)?$' "$IOPHASE" ps none-such
	# A user who may enter the folder that it is in.
	folder=$(mktemp -d)
	chmod 755 "$folder"
	install -m 755 "$IOPHASE" "$folder/iophase"
	refuses 3 '.*CAP_' setpriv --reuid 65534 --regid 65534 --clear-groups "$folder/iophase" ps
}
