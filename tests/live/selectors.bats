#!/usr/bin/env bats
# selectors.bats - processes found by what their user knows of them, those that join in and those that
# leave.
#
# What goes in: build/iophase, selected.py, server_epoll and load, shells. Names hold the number of the
# test's shell, so that nothing else on the machine matches. Needs root and BTF.

load cgroups
load helpers
load servers

setup() {
	live_setup
	name=sel$$
	mkdir "$T/one" "$T/two"
}

teardown() {
	[[ -z ${cgroup:-} ]] || leave_cgroups
	live_teardown
}

# Starts a server of that name; it listens at once. Sets target and port: serve NAME FOLDER
serve() {
	: >"$2/listen"
	start "${2##*/}" python3 -B "$HERE/selected.py" serve "$1" "$2"
	wait_file "$2/port"
	port=$(<"$2/port")
}

# Sends bytes to a port and reads each back: ask PORT COUNT
ask() {
	local i byte

	exec 4<>"/dev/tcp/127.0.0.1/$1"
	for ((i = 0; i < $2; i++)); do
		printf x >&4
		read -r -N 1 -t 20 byte <&4 && [[ $byte == x ]]
	done
	exec 4>&-
}

# The pids in the latest CSV, in order, with blanks between them.
traced() {
	awk -F, 'NR > 1 && !seen[$3]++ { print $3 }' "$T/csv" | sort -n | tr '\n' ' '
}

# Measures those who are there for a moment: look TARGETS...
look() {
	attach -d 100ms "$@"
	finish
}

@test "by name, program, port, user and all of them together" {
	local one two server

	serve "$name-a" "$T/one"
	one=$target at=$port
	serve "$name-b" "$T/two"
	two=$target
	start_server server_epoll
	server=$target
	look "$name-a"
	same "a word" "$(traced)" "$one "
	look -n "$name-*"
	same "a glob" "$(traced)" "$(printf '%s\n' "$one" "$two" | sort -n | tr '\n' ' ')"
	grep -q '^all 2 processes ' "$T/report"
	look --exe "$(readlink -f "/proc/$server/exe")"
	[[ " $(traced)" == *" $server "* ]]
	look ":$at"
	same "a port" "$(traced)" "$one "
	look --port "$at" --user "$(id -u)" -n "$name-*"
	same "three kinds" "$(traced)" "$one "
	look -a --exclude "$name-a"
	[[ " $(traced)" == *" $two "* && " $(traced)" == *" $server "* && " $(traced)" != *" $one "* ]]
	look -p "$server" "$name-b"
	same "a pid and a name" "$(traced)" "$(printf '%s\n' "$server" "$two" | sort -n | tr '\n' ' ')"
}

@test "nobody matches" {
	local status

	for args in "$name" ":1 -n $name" "--user 4294967" "--container 0123456789ab" "--exe /bin/$name"; do
		status=0
		# shellcheck disable=SC2086 # words
		"$IOPHASE" -d 1 $args >"$T/out" 2>"$T/messages" || status=$?
		same "exit code of $args" "$status" 1
		[[ ! -s $T/out ]]
		same "messages" "$(grep -c '^iophase: no process .* (--wait waits for one)$' "$T/messages")" 1
	done
	# Who has waited in vain, too.
	status=0
	"$IOPHASE" -w -d 100ms "$name" >"$T/out" 2>"$T/messages" || status=$?
	same "exit code of --wait" "$status" 1
	grep -q "^iophase: no process is called $name" "$T/messages"
	refute grep -q "waits for one" "$T/messages"
	grep -q '^No process was there to be seen' "$T/out"
	refute "$IOPHASE" -d 1 -a --user 4294967 --exclude sshd 2>"$T/messages"
	grep -qx 'iophase: no process is of user 4294967 and has a socket, other than one that is called sshd (--wait waits for one)' "$T/messages"
}

@test "who starts, takes the name or listens later joins in, at once" {
	local reads=300 second

	serve "$name" "$T/one"
	attach "$name"
	python3 -B "$HERE/selected.py" serve "$name" "$T/two" </dev/null >/dev/null 2>&1 3>&- &
	second=$!
	STARTED+=("$second")
	wait_for 60 says "$second" joined
	: >"$T/two/listen"
	wait_file "$T/two/port"
	ask "$(<"$T/two/port")" "$reads"
	finish INT
	same "reads of who joined" "$(sum ok recvfrom "$second")" "$reads"
	grep -q '^all 2 processes ' "$T/report"
	grep -q '^Lost nothing' "$T/report"
}

@test "who listens at the port later joins in, and --wait waits for it" {
	local reads=200 free

	start one python3 -B "$HERE/selected.py" serve "$name" "$T/one"
	wait_for 60 has_udp "$target"
	free=$(udp_port "$target")
	# It has the port for UDP before it listens, and no longer then.
	attach --wait --port "$free"
	wait_for 60 says "$target" joined
	: >"$T/one/listen"
	wait_file "$T/one/port"
	same "port" "$(<"$T/one/port")" "$free"
	ask "$free" "$reads"
	: >"$T/one/end"
	reap "$target"
	is_child "$tracer"
	finish INT
	same "reads" "$(sum ok recvfrom "$target")" "$reads"
}

# The port that a process has for UDP, and whether it has one.
udp_port() {
	local inode

	for inode in $(readlink "/proc/$1/fd/"* | sed -n 's/^socket:\[\(.*\)\]$/\1/p'); do
		awk -v inode="$inode" '$10 == inode { print $2 }' "/proc/$1/net/udp"
	done | while IFS=: read -r _ port; do
		echo $((16#$port))
	done
}
has_udp() {
	[[ -n $(udp_port "$1") ]]
}

@test "--wait: nobody is there yet" {
	attach --wait -n "$name"
	serve "$name" "$T/one"
	wait_for 60 says "$target" joined
	ask "$port" 10
	: >"$T/one/end"
	reap "$target"
	rm "$T/one/"*
	serve "$name" "$T/one"
	wait_for 60 says "$target" joined
	finish INT
	same "processes" "$(traced | wc -w)" 2
}

@test "who runs another program leaves, with what it has done" {
	# The shell becomes a shell of another name, which goes on.
	ln -s "$(command -v bash)" "$T/$name"
	start one "$T/$name" -c "until [ -e $T/go ]; do sleep 0.01; done; exec sleep 120"
	attach -w -n "$name" -n "$name-none"
	: >"$T/go"
	wait_for 60 says "$target" "matches no longer"
	finish INT
	grep -q "matches no longer" "$T/report"
	same "what it ran" "$(<"/proc/$target/comm")" sleep
	grep -q '^Lost nothing' "$T/report"
}

@test "who leaves and comes back many times has books that balance" {
	local turns=12 reads wall

	start one python3 -B "$HERE/selected.py" turn "$turns" "$name" "other$$" "$T"
	attach -w -i 300ms -n "$name" -o "csv-processes:$T/processes"
	: >"$T/go"
	reap "$target"
	same "exit code" "$code" 0
	finish INT
	# Twelve times it left, and once it ended.
	same "left" "$(grep -c "pid $target: matches no longer" "$T/err")" "$turns"
	same "joined" "$(grep -c "pid $target: joined" "$T/err")" $((turns + 1))
	reads=$(sum ok recvfrom "$target")
	echo "$reads of $(<"$T/one.out")"
	((reads > 0 && reads < $(awk '/^reads/ { print $2 }' "$T/one.out")))
	# Every ns of its threads' lives with us is in one row.
	wall=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ sum += $at["wall_ns"] } END { printf "%.0f\n", sum }' "$T/processes")
	same "wall" "$(($(sum wait_ns '.*') + $(sum runq_ns '.*') + $(sum cpu_ns '.*') + $(sum copy_ns '.*')))" "$wall"
	# Three threads, however often they came back.
	same "threads" "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 1 && $at["threads_ever"] > most { most = $at["threads_ever"] } END { print most }' "$T/processes")" 3
	same "losses" "$(grep -c '^Lost nothing' "$T/report")" "$(grep -c '^-- ' "$T/report" | awk '{ print $1 + 1 }')"
}

@test "with -f the children of who matches stay, whatever they run" {
	ln -s "$(command -v bash)" "$T/$name"
	start one "$T/$name" -c "until [ -e $T/go ]; do sleep 0.01; done; sleep 0.3; sleep 30; true"
	attach -f -n "$name"
	: >"$T/go"
	wait_for 60 runs_sleep_30
	finish INT
	(($(awk -F, 'NR > 1 && $5 == "sleep" && !seen[$3]++' "$T/csv" | wc -l) >= 2))
}

@test "with -f the descendants of who matches no longer stay, itself leaves" {
	local children

	ln -s "$(command -v bash)" "$T/$name"
	# It has two children of other names when it becomes a shell of another name, and ends.
	start one "$T/$name" -c "until [ -e $T/go ]; do sleep 0.01; done
		sleep 121 & sleep 122 & exec bash -c 'until [ -e $T/end ]; do read -t 0.05 <>$T/none; done'"
	mkfifo "$T/none"
	attach -f -w -n "$name"
	: >"$T/go"
	wait_for 60 says "$target" "matches no longer"
	# They may run their programs later than their parent does.
	wait_for 60 eval '(($(pgrep -P "$target" -x sleep | wc -l) == 2))'
	children=$(pgrep -P "$target" -x sleep | tr '\n' ' ')
	: >"$T/end"
	reap "$target"
	# Their parent is another one now. Two looks at all processes are over a second each.
	sleep 2.5
	for child in $children; do
		refute says "$child" "matches no longer"
	done
	finish INT
	for child in $children; do
		kill "$child"
		[[ " $(traced)" == *" $child "* ]]
	done
}

# Whether the target's child is the last of its sleeps.
runs_sleep_30() {
	local child

	child=$(pgrep -P "$target") && [[ $(tr '\0' ' ' <"/proc/$child/cmdline") == "sleep 30 " ]]
}

@test "by cgroup and container, and who is moved there or away" {
	local turn id

	id=$(container_id)
	serve "$name" "$T/one"
	make_cgroup "/docker-$id.scope"
	echo "$target" >"$cgroup/cgroup.procs"
	look --cgroup "$root"
	same "a folder" "$(traced)" "$target "
	look --cgroup "/$name/docker-$id.scope"
	same "a path" "$(traced)" "$target "
	look --container "${id:0:12}"
	same "a container" "$(traced)" "$target "
	attach --wait --container "${id:0:12}"
	echo "$target" >"$top/cgroup.procs"
	wait_for 60 says "$target" "matches no longer"
	echo "$target" >"$cgroup/cgroup.procs"
	# It has joined a second time, and more often, since a look at all may be the first to see it.
	wait_for 60 joined_twice
	for ((turn = 0; turn < 4; turn++)); do
		echo "$target" >"$top/cgroup.procs"
		wait_for 60 says_times "matches no longer" $((turn + 2))
		echo "$target" >"$cgroup/cgroup.procs"
		wait_for 60 says_times joined $((turn + 3))
	done
	finish INT
	(($(told joined) > 1 && $(told "matches no longer") > 1))
}

# Whether that much has been said of the target so often: says_times WHAT COUNT
says_times() {
	(($(grep -c "^iophase: pid $target: $1" "$T/err") == $2))
}

joined_twice() {
	(($(grep -c "pid $target: joined" "$T/err") == 2))
}

# How often the messages say of the target that, as the kernel told, and not a look at all: told WHAT
told() {
	grep -c "^iophase: pid $target: $1\$" "$T/err" || [[ $? == 1 ]]
}

@test "-a: who makes its first socket is there from that on, however short it lives" {
	local count=30 first second third

	serve "$name" "$T/one"
	attach -a
	start first python3 -B "$HERE/selected.py" ask "$port" "$count"
	first=$target
	start second bash -c "exec -a short python3 -B $HERE/selected.py ask $port $count"
	second=$target
	: >"$T/two/go"
	start third python3 -B "$HERE/selected.py" ask_late "$port" "$count" "$T/two"
	third=$target
	reap "$first" && reap "$second" && reap "$third"
	finish INT
	for target in "$first" "$second" "$third"; do
		same "connects of $target" "$(sum ok connect "$target")" 1
		same "writes of $target" "$(sum ok sendto "$target")" "$count"
		same "reads of $target" "$(sum ok recvfrom "$target")" "$count"
	done
	grep -q '^Lost nothing' "$T/report"
	# The machine's processes are none that we may know: not one of ours, and not iophase itself.
	[[ " $(traced)" != *" $tracer "* ]]
}

@test "who becomes another user is seen at once, by either hooks" {
	local hooks turns=6

	for hooks in syscalls raw; do
		rm -f "$T/go" "$T/bound"
		start one python3 -B "$HERE/selected.py" users "$turns" 54321 "$T"
		attach -w --hooks "$hooks" --user 54321
		: >"$T/go"
		reap "$target"
		same "exit code" "$code" 0
		finish INT
		same "joined" "$(grep -c "pid $target: joined" "$T/err")" "$turns"
		# A look, each second, may be the first to see one of them.
		(($(told joined) > 1 && $(told "matches no longer") > 1))
		rm "$T/go"
	done
}

@test "who binds a port of UDP joins in before it is read" {
	local count=20 i

	port=$(python3 -c 'import socket
s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	start one python3 -B "$HERE/selected.py" datagrams "$port" "$count" "$T"
	attach -w ":$port"
	: >"$T/go"
	wait_file "$T/bound"
	for ((i = 0; i < count; i++)); do
		echo x >"/dev/udp/127.0.0.1/$port"
	done
	reap "$target"
	finish INT
	same "reads" "$(sum ok recvfrom "$target")" "$count"
}

@test "who begins while we measure and joins in later is counted, a child from its birth is not" {
	local late='1 process joined in late, up to [0-9]* ms after it had begun: what it did before that is not in the report'
	local began most short

	cp "$(command -v bash)" "$T/$name-sh"
	cp "$(command -v sleep)" "$T/$name"
	mkfifo "$T/two/none"
	# A copy of itself it stays, under the same name.
	"$T/$name-sh" -c 'until [[ -e $0/go ]]; do read -r -t 0.02 <>"$0/none"; done
		(echo "$BASHPID" >"$0/child"; read -r -t 30 <>"$0/none"); :' "$T/two" 3>&- &
	STARTED+=("$!")
	attach -n "$name*"
	: >"$T/two/go"
	wait_file "$T/two/child"
	finish INT
	grep -q '^2 members of the family' "$T/report"
	refute grep -q 'joined in' "$T/report"
	serve "$name" "$T/one"
	attach -o "json:$T/json" -o "csv-processes:$T/processes" -o "openmetrics:$T/metrics" "$name"
	began=$(date +%s%N)
	"$T/$name" 30 </dev/null >/dev/null 2>&1 3>&- &
	short=$!
	STARTED+=("$short")
	wait_for 60 says "$short" joined
	most=$((($(date +%s%N) - began) / 1000000))
	kill "$short"
	finish INT
	tr -s ' \n' ' ' <"$T/report" | grep -q "$late"
	grep -q "$late" "$T/json"
	grep -q '^Lost nothing of what was taken in\. ' "$T/report"
	grep -q '"losses":\[\].*"joined_late":1,' "$T/json"
	same "in the CSV" "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR == 2 { print $at["joined_late"], $at["lost"] }' "$T/processes")" "1 0"
	grep -qx 'iophase_joined_late_total 1' "$T/metrics"
	"$IOPHASE" report "$T/json" >"$T/again"
	grep -q '^Lost nothing of what was taken in\. ' "$T/again"
	# Ticks of /proc are 10 ms: one is lost at either end.
	most=$((most + 20))
	(($(grep -o 'up to [0-9]* ms after' "$T/json" | sed -n '1s/[^0-9]//gp') <= most))
}

@test "who becomes what is looked for is counted as late, too" {
	mkfifo "$T/go" "$T/none"
	start one bash -c 'read -r _ <"$0/go"; printf %s "$1" >/proc/$$/comm; read -r _ <>"$0/none"' "$T" "$name"
	attach -w -n "$name"
	echo >"$T/go"
	wait_for 60 says "$target" joined
	finish INT
	tr -s ' \n' ' ' <"$T/report" | grep -q "Lost nothing of what was taken in\. .* 1 process joined in late: what it did before that is not in the report; 1 of them was there before becoming what is looked for"
}

# How many processes the latest tracer had in its books, and has seen to have ended unseen, together.
in_books_or_missed() {
	python3 -c 'import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
print(len({row["pid"] for row in rows}) + int(rows[0]["ended_unseen"]))' "$T/processes"
}

@test "who has come and gone before it could be looked at is counted" {
	serve "$name" "$T/one"
	attach -o "csv-processes:$T/processes" -n "$name"
	# Each bears the name for a moment; how many of them are looked at in time depends on the machine.
	timeout 60 python3 -B "$HERE/selected.py" brief "$name" 100
	finish INT
	same "in the books or counted" "$(in_books_or_missed)" 101
}

# Whether the first thread of a process is a zombie.
first_has_ended() {
	grep -q '^State:.*Z' "/proc/$1/status"
}

# What /proc/PID tells is its first thread's; the others are asked then.
@test "a server whose first thread has ended is found as any other" {
	local by program=$SERVERS/server_threads

	start_gated_server server_threads --main-ends --connections 1
	open_gate
	wait_for 60 first_has_ended "$target"
	for by in ":$port" "--exe $(realpath "$program")" "-n server_thread* --user $(id -un)" "-a --exclude sshd"; do
		# shellcheck disable=SC2086 # words
		attach -d 100ms $by
		finish
		[[ " $(traced)" == *" $target "* ]]
	done
	"$IOPHASE" ps -d 200ms -p "$target" >"$T/list" 2>"$T/ps.err"
	grep -Eq "^ *$target .*\\b$port\\b" "$T/list"
	attach ":$port"
	client --connections 1 --requests 20
	reap_target
	finish
	csvsum same "$T/csv" "$T/tally.csv"
}
