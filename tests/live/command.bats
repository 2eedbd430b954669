#!/usr/bin/env bats
# command.bats - iophase -- COMMAND: measured from its first instruction; its terminal, descriptors,
# signals, user and exit status.
#
# What goes in: iophase, the workloads, root. What comes out: asserted counts, outputs, exit codes.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# Starts iophase with these arguments in the background, its outputs in $T/iophase.out and .err.
begin() {
	# What is waited for there must not be of the last one.
	rm -f "$T"/iophase.{out,err}
	start iophase "$IOPHASE" "$@"
	tracer=$target
}

# The same to its end, with an exit status: ends_with CODE ARGUMENT...
ends_with() {
	local wanted=$1

	shift
	begin "$@"
	reap "$tracer"
	echo "exit code $code of: $*"
	[[ $code == "$wanted" ]]
}

# The child that waits to become the command, or is it, in `child`.
find_child() {
	read -r child _ <"/proc/$tracer/task/$tracer/children" || [[ -n $child ]]
}

# Whether iophase has no SIGTERM left that it has not taken.
has_taken_term() {
	grep -q '^ShdPnd:.*0000$' "/proc/$tracer/status"
}

# Whether there is no such process, or only a zombie of another parent's.
is_gone() {
	local state parent

	! stat_of "$1" || [[ $state == Z ]]
}

@test "command: every call from its first instruction on, with the threads that it makes" {
	ends_with 0 -q --csv "$T/csv" -- "$SERVERS/exact" --tally "$T/tally.csv" --threads 3
	csvsum shape "$T/csv"
	csvsum same "$T/csv" "$T/tally.csv"
	[[ ! -s $T/iophase.out && ! -s $T/iophase.err ]]
}

@test "command: who waits to become it is in no books" {
	# It does no I/O at all, and sleeps in app for as long as it says.
	ends_with 0 -q --csv "$T/csv" -o "csv-processes:$T/processes" -- sleep 0.3
	csvsum check "$T/csv" -- 'rows == 1' 'call == ["app"]' 'comm == ["sleep"]' 'wait_ns >= 3e8'
	# It was born when it became sleep: all that it lived is in its books.
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR == 2 { exit !($at["lived_ns"] >= 3e8 && $at["wall_ns"] == $at["lived_ns"]) }' \
		"$T/processes"
}

@test "command: its children too, without -f" {
	ends_with 0 -q --csv "$T/csv" -- sh -c 'echo data | cat >/dev/null; :'
	csvsum check "$T/csv" comm=cat call=read -- 'ok == 1' 'eof == 1' 'bytes == 5'
}

@test "command: its exit status, that of a signal, and those of a shell" {
	ends_with 0 -q -- true
	ends_with 7 -q -- sh -c 'exit 7'
	ends_with 143 -q -- sh -c 'kill -TERM $$'
	ends_with 137 -q -- sh -c 'kill -KILL $$'
	ends_with 127 -q -- "$T/none"
	grep -qx "iophase: $T/none: No such file or directory" "$T/iophase.err"
	: >"$T/plain"
	ends_with 126 -q -- "$T/plain"
	grep -qx "iophase: $T/plain: Permission denied" "$T/iophase.err"
	# What never began changes nothing.
	echo precious >"$T/csv"
	ends_with 127 -q --csv "$T/csv" -- "$T/none"
	[[ $(<"$T/csv") == precious ]]
}

@test "command: a report that fails is said, and its exit status stays" {
	ends_with 7 -q --csv /dev/full -- sh -c 'exit 7'
	grep -qx 'iophase: /dev/full: No space left on device' "$T/iophase.err"
}

@test "command: a finding that was asked about is told where its exit status is 0" {
	# connect-fails: of counts alone, so that it is found however slow the machine is.
	local connects='import socket
for i in range(20): assert socket.socket().connect_ex(("127.0.0.1", 1))'

	ends_with 5 -q --fail-on warning -o "csv-findings:$T/findings" -- python3 -c "$connects"
	grep -q ',connect-fails,' "$T/findings"
	ends_with 7 -q --fail-on warning -- python3 -c "$connects
raise SystemExit(7)"
}

@test "command: stdin, stdout and stderr are its own; the report goes to stderr" {
	printf 'some\ndata' >"$T/in"
	code=0
	timeout 60 "$IOPHASE" -- sh -c 'cat; echo mine >&2' <"$T/in" >"$T/out" 2>"$T/err" 3>&- || code=$?
	[[ $code == 0 ]]
	cmp "$T/in" "$T/out"
	grep -qx mine "$T/err"
	grep -q '^Where the time went' "$T/err"
	timeout 60 "$IOPHASE" -o "text:$T/report" -- sh -c 'echo mine >&2' >"$T/out" 2>"$T/err" 3>&-
	[[ $(<"$T/err") == mine && ! -s $T/out ]]
	grep -q '^Where the time went' "$T/report"
	# What was closed is closed, what was ignored is ignored, and no descriptor of ours is left.
	timeout 60 "$IOPHASE" -q -- ls /proc/self/fd <&- >"$T/out" 3>&-
	ls /proc/self/fd <&- >"$T/plain" 3>&-
	diff "$T/plain" "$T/out"
	timeout 60 "$IOPHASE" -q -- grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status >"$T/out" 3>&-
	grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status >"$T/plain"
	diff "$T/plain" "$T/out"
}

@test "command: signals that iophase gets are passed on, and the report follows" {
	local signal

	for signal in INT HUP QUIT; do
		begin -- python3 -c "
import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIG$signal})
print('ready', flush=True)
signal.sigwait({signal.SIG$signal})
sys.exit(3)"
		wait_file "$T/iophase.out"
		kill "-$signal" "$tracer"
		reap "$tracer"
		[[ $code == 3 ]]
		grep -q '^Where the time went' "$T/iophase.err"
	done
}

@test "command: one that heeds no signal goes on, and so does its measuring" {
	mkfifo "$T/fifo"
	begin -q --csv "$T/csv" -- sh -c 'trap "" TERM; echo ready; read -r x <"$0"; exit 4' "$T/fifo"
	wait_file "$T/iophase.out"
	kill -TERM "$tracer"
	wait_for 60 has_taken_term
	echo x >"$T/fifo"
	reap "$tracer"
	[[ $code == 4 ]]
	csvsum check "$T/csv" comm=sh call=read -- 'bytes == 2'
}

@test "command: Ctrl-C at a terminal reaches it once, and Ctrl-Z stops both" {
	timeout 120 python3 -B "$HERE/terminal.py" "$IOPHASE"
}

@test "command: a duration ends the measuring, not the command, whose end is waited for" {
	mkfifo "$T/fifo"
	begin -d 200ms -- sh -c 'read -r x <"$0"; exit 5' "$T/fifo"
	wait_for 60 grep -q '^Lost nothing' "$T/iophase.err"
	refute has_ended "$tracer"
	find_child
	refute is_gone "$child"
	echo x >"$T/fifo"
	reap "$tracer"
	[[ $code == 5 ]]
}

@test "command: when the duration is over nothing stays in the kernel, though the command goes on" {
	command -v bpftool >"$T/bpftool" || skip "bpftool is not installed"
	mkfifo "$T/fifo"
	# What iophase has in the kernel is looked up while it is stopped, by the command's first act.
	begin -d 1s -- sh -c 'kill -STOP "$PPID"; echo ready; read -r x <"$0"' "$T/fifo"
	wait_file "$T/iophase.out"
	bpf_ids "$tracer" >"$T/ids"
	kill -CONT "$tracer"
	(($(grep -c '^prog' "$T/ids") >= 5 && $(grep -c '^map' "$T/ids") >= 5))
	wait_for 60 all_gone "$T/ids"
	refute has_ended "$tracer"
	# Nor is there a process of iophase's beside it, dead or alive.
	read -r -a children <"/proc/$tracer/task/$tracer/children" || [[ ${#children[@]} -gt 0 ]]
	[[ ${#children[@]} == 1 ]]
	echo x >"$T/fifo"
	reap "$tracer"
	[[ $code == 0 ]]
}

@test "command: what it leaves behind is said, and not ended" {
	ends_with 0 -q -- sh -c 'sleep 60 >/dev/null 2>&1 & echo $!'
	grep -qx 'iophase: sh has ended; what it has left behind goes on, not measured: 1 thread' \
		"$T/iophase.err"
	runs "$(<"$T/iophase.out")" "$(readlink -f "$(type -P sleep)")"
	kill "$(<"$T/iophase.out")"
}

@test "command: iophase killed before it begins leaves nothing, killed later leaves it alone" {
	local child waits

	mkfifo "$T/fifo" "$T/read"
	# It waits for the reader of its output, and the child for it.
	begin -q --csv "$T/fifo" -- touch "$T/touched"
	wait_for 60 grep -q 'waiting for one' "$T/iophase.err"
	find_child
	kill -KILL "$tracer"
	reap "$tracer"
	wait_for 60 is_gone "$child"
	[[ ! -e $T/touched ]]
	# A signal to the one ends both.
	begin -q --csv "$T/fifo" -- touch "$T/touched"
	wait_for 60 grep -q 'waiting for one' "$T/iophase.err"
	find_child
	kill -TERM "$tracer"
	reap "$tracer"
	[[ $code == 1 && ! -e $T/touched ]]
	is_gone "$child"
	begin -q -- sh -c 'echo ready; read -r x <"$0"; echo "$x" >"$1"' "$T/read" "$T/touched"
	wait_file "$T/iophase.out"
	kill -KILL "$tracer"
	reap "$tracer"
	echo done >"$T/read"
	wait_file "$T/touched"
}

@test "command: --run-as has the rights of the user, and no others" {
	local user=nobody

	getent passwd "$user" >"$T/user" || skip "there is no user $user"
	chmod 711 "$T"
	ends_with 0 -q --run-as "$user" --csv "$T/csv" -- sh -c \
		'id -u; id -g; id -G; echo "$USER $LOGNAME $HOME $SHELL"; grep -E "^(Uid|Cap(Prm|Eff|Amb))" /proc/self/status'
	[[ $(sed -n 1p "$T/iophase.out") == "$(id -u "$user")" ]]
	[[ $(sed -n 2p "$T/iophase.out") == "$(id -g "$user")" ]]
	[[ $(sed -n 3p "$T/iophase.out") == "$(id -G "$user")" ]]
	[[ $(sed -n 4p "$T/iophase.out") == "$user $user $(cut -d: -f6 "$T/user") $(cut -d: -f7 "$T/user")" ]]
	grep -qx "Uid:$(printf '\t%s' "$(id -u "$user")"{,,,})" "$T/iophase.out"
	[[ $(grep -c '^Cap.*0000000000000000$' "$T/iophase.out") == 3 ]]
	csvsum check "$T/csv" comm=grep -- 'rows >= 1'
	# Nor has it what one has who may change users without being root.
	share_programs
	code=0
	setpriv --reuid "$(id -u daemon)" --regid "$(id -g daemon)" --clear-groups --inh-caps=-all,+bpf,+perfmon,+setuid,+setgid \
		--ambient-caps=-all,+bpf,+perfmon,+setuid,+setgid --bounding-set=-all,+bpf,+perfmon,+setuid,+setgid \
		"$D/iophase" -q --run-as "$user" -- sh -c 'id -u; id -G; grep -E "^Cap(Inh|Prm|Eff|Amb)" /proc/self/status' \
		>"$T/out" 2>"$T/err" 3>&- </dev/null || code=$?
	[[ $code == 0 && $(sed -n 1p "$T/out") == "$(id -u "$user")" ]]
	[[ $(sed -n 2p "$T/out") == "$(id -G "$user")" ]]
	[[ $(grep -c '^Cap.*0000000000000000$' "$T/out") == 4 ]]
	# Signals are passed on to another user's process.
	begin -q --run-as "$user" -- sh -c 'echo ready; exec sleep 180'
	wait_file "$T/iophase.out"
	kill -TERM "$tracer"
	reap "$tracer"
	[[ $code == 143 ]]
	# What it must not execute, it does not find executable.
	install -m 700 "$(type -P true)" "$T/true"
	ends_with 126 -q --run-as "$user" -- "$T/true"
	# By its number, as chown takes it.
	ends_with 0 -q --run-as "$(id -u "$user")" -- sh -c "test \"\$(id)\" = \"$(id "$user")\" && test \"\$USER\" = \"$user\""
	for wrong in 4294967294 4294967296 12x; do
		ends_with 2 -q --run-as "$wrong" -- true
		grep -qx "iophase: --run-as $wrong: no such user" "$T/iophase.err"
	done
	ends_with 2 -q --run-as "no such user" -- true
	grep -qx 'iophase: --run-as no such user: no such user' "$T/iophase.err"
	code=0
	timeout 60 setpriv --inh-caps -setuid,-setgid --bounding-set -setuid,-setgid \
		"$IOPHASE" -q --run-as "$user" -- touch "$T/touched" 2>"$T/err" 3>&- || code=$?
	[[ $code == 3 && ! -e $T/touched ]]
	grep -q 'CAP_SETUID and CAP_SETGID' "$T/err"
}
