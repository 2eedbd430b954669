# helpers.bash - what the live tests share: workloads that are started, gated and loaded, iophase
# attached to them, and everything ended by the pid that it was started with.
#
# What goes in: IOPHASE (default build/iophase) and SERVERS (default build/tests), both from the
# environment. What comes out: functions for a .bats file, which calls `load helpers`, has
# `setup() { live_setup; }` and `teardown() { live_teardown; }`, and finds its files in $T.
#
# Variables set here for the tests: T (folder of the test), D (of programs for other users), target (pid of the latest workload),
# port (of the latest server), tracer (pid of the latest iophase), code (exit code of the latest
# program that was waited for). Nothing is slept for: what is awaited is polled, with a bound.

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
IOPHASE=$(realpath "${IOPHASE:-$HERE/../../build/iophase}")
SERVERS=$(realpath "${SERVERS:-$HERE/../../build/tests}")

# A python3 that is a script looks for the real one each time (as pyenv's does), which takes longer
# than what the tests ask of it; once per run is enough.
if [[ $(head -c 2 "$(type -P python3 || echo /dev/null)") == '#!' ]]; then
	if [[ ! -e $BATS_RUN_TMPDIR/bin/python3 ]]; then
		mkdir -p "$BATS_RUN_TMPDIR/bin"
		ln -s "$(python3 -c 'import sys; print(sys.executable)')" "$BATS_RUN_TMPDIR/bin/python3"
	fi
	PATH=$BATS_RUN_TMPDIR/bin:$PATH
fi

# Skips the test, with the reason, where live tests cannot run; makes T.
live_setup() {
	[[ $(id -u) == 0 ]] || skip "not root"
	[[ -r /sys/kernel/btf/vmlinux ]] || skip "this kernel has no BTF"
	[[ -d /sys/kernel/tracing/events || -d /sys/kernel/debug/tracing/events ]] ||
		skip "tracefs is not mounted"
	[[ -x $IOPHASE ]] || {
		echo "$IOPHASE is not there: run make first"
		return 1
	}
	T=$BATS_TEST_TMPDIR D=
	STARTED=()
}

# Copies iophase, and these programs, to where other users can run them, wherever the source tree lies:
# to a new folder D, which teardown removes. share_programs [PROGRAM...]
share_programs() {
	D=$(mktemp -d)
	chmod 755 "$D"
	install -m 755 "$IOPHASE" "$D/iophase"
	(($# == 0)) || install -m 755 "$@" "$D"
}

# Runs a command as nobody, without capabilities.
as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# The same with ambient capabilities: as_nobody_with +a,+b COMMAND...
as_nobody_with() {
	as_nobody --inh-caps "$1" --ambient-caps "$1" "${@:2}"
}

# Ends, by their pids, all that the test has started; shows stderr and reports of a failed test.
live_teardown() {
	local pid file

	for pid in "${STARTED[@]}"; do
		is_child "$pid" || continue
		kill -CONT "$pid"
		kill -TERM "$pid"
		wait_for 3 has_ended "$pid" || kill -KILL "$pid"
		wait "$pid" || continue
	done
	[[ -z ${D:-} ]] || rm -rf -- "$D"
	[[ -z ${BATS_TEST_COMPLETED:-} && -n ${T:-} ]] || return 0
	for file in "$T"/*err "$T"/*.out "$T"/report; do
		[[ -s $file ]] || continue
		echo "--- ${file##*/}"
		tail -n 12 "$file" | cat -v
	done
}

# The state and the parent of a process, in `state` and `parent`; 1 if there is none.
stat_of() {
	local line stat

	# A comm may hold a newline: the fields begin after the last parenthesis.
	mapfile line 2>/dev/null <"/proc/$1/stat" || return 1
	stat="${line[*]}"
	[[ -n $stat ]] || return 1
	read -r state parent _ <<<"${stat##*) }"
}

# Whether the pid is a child of this shell, still to be waited for: then it is nobody else's.
is_child() {
	local state parent

	stat_of "$1" && [[ $parent == "$BASHPID" ]]
}

# Whether a child has ended: it is a zombie, or has been waited for.
has_ended() {
	local state parent

	! stat_of "$1" || [[ $state == Z ]]
}

# Whether a process is stopped.
is_stopped() {
	local state parent

	stat_of "$1" && [[ $state == T ]]
}

# Writes the ids of what a process holds in the kernel: "prog 12", "link 13", "map 14".
bpf_ids() {
	cat "/proc/$1/fdinfo/"* | sed -En 's/^(prog|link|map)_id:\s*([0-9]+)$/\1 \2/p' | sort -u
}

# Whether none of the objects in a file of ids is there any more.
all_gone() {
	local kind id

	while read -r kind id; do
		! bpftool "$kind" show id "$id" >"$T/bpftool.out" 2>&1 || return 1
	done <"$1"
}

# Polls until a command succeeds: wait_for SECONDS COMMAND [ARGUMENT...]. 1 if it never did.
wait_for() {
	local i rounds=$(($1 * 50))

	shift
	for ((i = 0; i < rounds; i++)); do
		"$@" && return 0
		sleep 0.02
	done
	"$@"
}

# Succeeds if a command fails: refute COMMAND [ARGUMENT...]. (`! COMMAND` never fails a test.)
refute() {
	! "$@"
}

# Polls until a file exists and is not empty: wait_file FILE [SECONDS].
wait_file() {
	wait_for "${2:-60}" test -s "$1" && return 0
	echo "$1 did not appear within ${2:-60} s"
	return 1
}

# Starts a program in the background; its output goes to $T/NAME.out and .err. Sets target.
# start NAME PROGRAM [ARGUMENT...]
start() {
	local name=$1

	shift
	"$@" >"$T/$name.out" 2>"$T/$name.err" 3>&- </dev/null &
	target=$!
	STARTED+=("$target")
}

# Whether a process has begun to run the program: /proc/PID/exe is it (and no longer the shell).
runs() {
	[[ $(readlink "/proc/$1/exe") == "$2" ]]
}

# Whether the latest workload runs, or has ended already.
runs_or_ended() {
	runs "$target" "$1" || has_ended "$target"
}

# Starts a program with so many threads that wait for nothing, beside the first; returns when all are
# there: start_threads COUNT. Sets target.
start_threads() {
	start threads python3 -c 'import sys, threading
never = threading.Event()
for _ in range(int(sys.argv[1])):
    threading.Thread(target=never.wait, daemon=True).start()
print("ready", flush=True)
never.wait()' "$1"
	wait_file "$T/threads.out"
}

# Starts a workload of tests/servers with its tally in $T/tally.csv; returns when its own program
# runs. start_workload NAME [OPTION...]
start_workload() {
	local name=$1

	shift
	rm -f "$T/tally.csv"
	start "$name" "$SERVERS/$name" --tally "$T/tally.csv" --seconds 180 "$@"
	wait_for 60 runs_or_ended "$SERVERS/$name" && ! has_ended "$target" && return 0
	echo "$name $* does not run"
	return 1
}

# The same for one that waits at the gate, $T/gate, before its first tallied call.
start_gated() {
	rm -f "$T/gate"
	start_workload "$1" --gate "$T/gate" "${@:2}"
}

# Lets the gated workloads go.
open_gate() {
	: >"$T/gate"
}

# The same for one that writes a port file when it is ready. Sets port.
start_server() {
	rm -f "$T/port"
	start_workload "$1" --port-file "$T/port" "${@:2}"
	wait_file "$T/port"
	port=$(<"$T/port")
}

# The same, ready and at the gate.
start_gated_server() {
	rm -f "$T/gate"
	start_server "$1" --gate "$T/gate" "${@:2}"
}

# Sets number to that of a system call on this architecture; skips the test where it has none.
nr_of() {
	local arch call nr

	arch=$(uname -m)
	while read -r call nr && [[ $call != "$arch/$1" && $call != unknown ]]; do
		continue
	done <<-END
		x86_64/accept 43
		x86_64/connect 42
		x86_64/msgrcv 70
		x86_64/recvfrom 45
		x86_64/read 0
		x86_64/select 23
		x86_64/pselect6 270
		x86_64/poll 7
		x86_64/epoll_wait 232
		x86_64/restart_syscall 219
		x86_64/io_getevents 208
		aarch64/accept 202
		aarch64/connect 203
		aarch64/msgrcv 188
		aarch64/recvfrom 207
		aarch64/read 63
		aarch64/pselect6 72
		aarch64/restart_syscall 128
		aarch64/io_getevents 4
		unknown -1
	END
	[[ $call != unknown ]] || skip "there is no $1 on $arch, or its number is not known here"
	export number=$nr
}

# Whether a process's main thread is inside the system call of this number: in_call PID NUMBER.
in_call() {
	[[ $(<"/proc/$1/syscall") == "$2 "* ]]
}

# Runs the client against the latest server, to its end; fails if a byte came back wrong.
client() {
	"$SERVERS/load" --port "$port" "$@" >>"$T/client.out" 2>>"$T/client.err"
}

# Starts the client in the background. Sets client_pid.
start_client() {
	local server=$target

	start client "$SERVERS/load" --port "$port" "$@"
	export client_pid=$target
	target=$server
}

# Whether iophase has said that it is armed, or has ended.
armed_or_ended() {
	grep -q 'armed: ' "$1" || has_ended "$tracer"
}

# Attaches: iophase -v --csv $T/csv -o csv-findings:$T/findings OPTION... in the background, its text
# in $T/report, its messages in $T/err. Returns when it is armed; fails if it ends before. Sets tracer. With AS=NAME
# before it, the files are $T/NAMEcsv, $T/NAMEreport and $T/NAMEerr.
attach() {
	rm -f "$T/${AS:-}findings"
	attach_only --csv "$T/${AS:-}csv" -o "csv-findings:$T/${AS:-}findings" "$@"
}

# The same without --csv. With -f each process has a block, unless BRIEF is set.
attach_only() {
	local out=$T/${AS:-}

	[[ " $* " != *" -f "* || -n ${BRIEF:-} ]] || set -- --members "$@"
	rm -f "${out}csv"
	: >"${out}err"
	"${PROGRAM:-$IOPHASE}" -v "$@" >"${out}report" 2>"${out}err" 3>&- </dev/null &
	tracer=$!
	STARTED+=("$tracer")
	wait_for 60 armed_or_ended "${out}err" && grep -q 'armed: ' "${out}err" && return 0
	echo "iophase $* did not get armed"
	return 1
}

# Waits at most SECONDS for a child's end, without failing by its exit code, which is in `code`.
# reap PID [SECONDS]
reap() {
	code=0
	wait_for "${2:-60}" has_ended "$1" || {
		echo "pid $1 has not ended within ${2:-60} s"
		return 1
	}
	wait "$1" || code=$?
}

# Waits for the end of iophase, after a signal if one is given, and expects exit code 0.
# finish [SIGNAL]
finish() {
	[[ -z ${1:-} ]] || kill "-$1" "$tracer"
	reap "$tracer"
	[[ $code == 0 ]] && return 0
	echo "iophase ended with exit code $code"
	return 1
}

# Ends the latest workload by SIGTERM and waits for its tally; expects exit code 0.
stop_target() {
	kill -TERM "$target"
	reap_target
}

# Waits for the end of the latest workload; expects exit code 0.
reap_target() {
	reap "$target" 180
	[[ $code == 0 ]] && return 0
	echo "the workload ended with exit code $code"
	return 1
}

# Asserts about a CSV: csvsum COMMAND ARGUMENT...; see csvsum.py.
csvsum() {
	python3 -B "$HERE/csvsum.py" "$@"
}

# Whether that much of the messages of iophase has a process as the subject of a sentence.
says() {
	grep -q "^iophase: pid $1: $2" "$T/err"
}
