#!/usr/bin/env bats
# rights.bats - the least rights that iophase needs, by file capabilities and by ambient ones; what
# it says of what it may not see; calls that are denied to the target.
#
# What goes in: build/iophase (or $IOPHASE), root. Nothing of this machine is changed: /proc is
# mounted anew in mount namespaces of our own, capabilities are set on a copy.

load helpers

setup() {
	live_setup
	share_programs "$SERVERS/rhythm" "$SERVERS/server_epoll"
}

teardown() {
	live_teardown
}

# A workload that reads and sleeps, as a user: start_as USER
start_as() {
	start rhythm setpriv --reuid "$1" --regid "$1" --clear-groups "$D/rhythm" --seconds 180
	wait_for 60 runs "$target" "$D/rhythm"
}

# Runs as nobody with ambient capabilities: with +a,+b COMMAND...; output in $T/out, $T/err, code.
with() {
	local caps=$1

	shift
	code=0
	as_nobody_with "$caps" timeout 180 "$@" >"$T/out" 2>"$T/err" </dev/null || code=$?
}

# The latest run ended well and saw calls of the workload.
saw_calls() {
	[[ $code == 0 ]]
	awk -F, 'NR > 1 && $7 != "app" { n += $9 } END { exit !(n > 0) }' "$T/out"
}

@test "rights: CAP_BPF and CAP_PERFMON are enough for one's own processes" {
	start_as 65534
	with +bpf,+perfmon "$D/iophase" --hooks raw -d 1 --csv - -p "$target"
	saw_calls
	[[ ! -s $T/err ]]
	with +bpf,+perfmon "$D/iophase" -d 1 --csv - -p "$target"
	saw_calls
}

@test "rights: the same by file capabilities, and tracefs as it may be read" {
	setcap cap_bpf,cap_perfmon+ep "$D/iophase" || skip "the file system keeps no capabilities"
	start_as 65534
	code=0
	as_nobody "$D/iophase" -d 1 --csv - -p "$target" \
		>"$T/out" 2>"$T/err" </dev/null || code=$?
	saw_calls
	setcap cap_bpf,cap_perfmon,cap_dac_read_search+ep "$D/iophase"
	as_nobody "$D/iophase" -v -d 1 --csv - -p "$target" \
		>"$T/out" 2>"$T/err" </dev/null || code=$?
	saw_calls
	grep -q 'each by its own pair of tracepoints' "$T/err"
}

# The capabilities of a process, as the kernel writes them: capabilities PID
capabilities() {
	awk '/^Cap(Inh|Prm|Eff|Amb):/ { print $1, $2 }' "/proc/$1/status"
}

# Whether there are that many intervals: has_reported COUNT
has_reported() {
	(($(cut -d, -f1 "$T/csv" | sort -u | wc -l) > $1))
}

@test "rights: what is not needed any more is given up, by root too" {
	local bpf=0000008000000000 none=0000000000000000 kept

	kept=$(printf 'CapInh: %s\nCapPrm: %s\nCapEff: %s\nCapAmb: %s' $none $bpf $bpf $none)
	start_as 65533
	# It goes on to report at each interval, of connections too, and of somebody else's process.
	attach -f -s -i 100ms -o "csv-connections:$T/connections" -p "$target"
	[[ $(capabilities "$tracer") == "$kept" ]]
	wait_for 60 has_reported 3
	finish INT
	refute grep -q 'Operation not permitted' "$T/err"
	grep -q '^Lost nothing' "$T/report"
	start_as 65534
	start nobody trace_as_nobody -v -i 100ms --csv - -p "$target"
	tracer=$target
	wait_for 60 armed_or_ended "$T/nobody.err"
	[[ $(capabilities "$tracer") == "$kept" ]]
	finish INT
	refute grep -q 'Operation not permitted' "$T/nobody.err"
}

@test "rights: the ports of somebody else's process are in the list, also by its pid" {
	start server setpriv --reuid 65533 --regid 65533 --clear-groups "$D/server_epoll" --seconds 180
	wait_for 60 runs "$target" "$D/server_epoll"
	with +bpf,+perfmon,+sys_ptrace,+dac_read_search "$D/iophase" ps -d 1 -p "$target"
	[[ $code == 0 ]]
	cat "$T/out"
	awk -v pid="$target" '$1 == pid { port = $4 } END { exit !(port + 0 > 0) }' "$T/out"
}

# iophase as nobody, with more than it needs then.
trace_as_nobody() {
	exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +bpf,+perfmon,+sys_ptrace \
		--ambient-caps +bpf,+perfmon,+sys_ptrace "$D/iophase" "$@"
}

@test "rights: where a filter refuses bpf(2) or perf_event_open(2), as in a container, it is named" {
	local error

	start_as 65534
	for error in EPERM ENOSYS; do
		code=0
		"$SERVERS/limited" --deny bpf=$error "$D/iophase" -d 1 -p "$target" >"$T/out" 2>"$T/err" ||
			code=$?
		[[ $code != 77 ]] || skip "$(<"$T/err")"
		[[ $code == 3 && ! -s $T/out && $(wc -l <"$T/err") == 1 ]]
		grep -q 'not permitted: .*seccomp' "$T/err"
	done
	code=0
	"$SERVERS/limited" --deny perf_event_open=EPERM "$D/iophase" -d 1 --csv - -p "$target" \
		>"$T/out" 2>"$T/err" || code=$?
	saw_calls
	grep -q 'perf_event_open(2) is refused .*seccomp filter.*: using --hooks raw' "$T/err"
	code=0
	"$SERVERS/limited" --deny bpf=EPERM "$D/iophase" check >"$T/out" 2>"$T/err" || code=$?
	[[ $code == 3 ]]
	grep -q '^use of bpf(2)  *not permitted' "$T/out"
	grep -q 'seccomp=unconfined' "$T/out"
}

@test "rights: another user's process needs CAP_SYS_PTRACE, and no more" {
	start_as 65533
	with +bpf,+perfmon "$D/iophase" -d 1 --csv - -p "$target"
	[[ $code == 3 ]]
	grep -q 'lacking CAP_SYS_PTRACE;' "$T/err"
	with +bpf,+perfmon,+sys_ptrace "$D/iophase" -d 1 --csv - -p "$target"
	saw_calls
}

@test "rights: perf_event_open refused: the raw pair, and a line says so" {
	command -v strace >"$T/strace" || skip "no strace"
	start_as 65534
	code=0
	strace -f -qq -o "$T/trace" -e trace=perf_event_open -e inject=perf_event_open:error=EACCES \
		"$D/iophase" -d 1 --csv - -p "$target" >"$T/out" 2>"$T/err" || code=$?
	saw_calls
	grep -q 'perf_event_open(2) is refused' "$T/err"
}

@test "rights: attaching fails later: never silently nothing" {
	command -v strace >"$T/strace" || skip "no strace"
	start_as 65534
	code=0
	strace -f -qq -o "$T/trace" -e trace=perf_event_open \
		-e inject=perf_event_open:error=EACCES:when=2+ \
		"$D/iophase" -d 1 -p "$target" >"$T/out" 2>"$T/err" || code=$?
	[[ $code == 3 ]]
	grep -q 'cannot attach the BPF programs' "$T/err"
	[[ ! -s $T/out ]]
	# The first calls of the table are attached, the rest is not.
	code=0
	strace -f -qq -o "$T/trace" -e trace=perf_event_open \
		-e inject=perf_event_open:error=EINVAL:when=20+ \
		"$D/iophase" -d 1 -p "$target" >"$T/out" 2>"$T/err" || code=$?
	[[ $code == 0 ]]
	grep -q 'not seen, their time is in app: calls of ' "$T/err"
	grep -q 'not seen, their time is in app: calls of ' "$T/out"
}

@test "rights: too few open files: exit 1, and what helps" {
	start_as 65534
	code=0
	(ulimit -n 64 && exec "$D/iophase" -d 1 -p "$target") >"$T/out" 2>"$T/err" || code=$?
	[[ $code == 1 ]]
	grep -q 'Too many open files; allow more' "$T/err"
}

# hidden DIRECTORY: where that is empty, iophase ends with exit code 4 and says so in one line.
hidden() {
	code=0
	# shellcheck disable=SC2016 # the inner shell expands
	unshare -m --propagation private bash -c 'mount -t tmpfs none "$1" && exec "${@:2}"' bash \
		"$1" "$D/iophase" -d 1 -p "$target" >"$T/out" 2>"$T/err" || code=$?
	[[ $code == 4 && ! -s $T/out && $(wc -l <"$T/err") == 1 ]]
	grep -q "$1 is not mounted" "$T/err"
}

@test "rights: no /proc, no /sys, and the /proc of others: exit 4 with the truth" {
	unshare -m --propagation private true || skip "no mount namespace of our own can be had here"
	start_as 65534
	hidden /proc
	hidden /sys
	code=0
	# shellcheck disable=SC2016 # the inner shell expands
	unshare -m --propagation private bash -c 'unshare -p -f mount -t proc proc /proc && exec "$@"' \
		bash "$D/iophase" -d 1 -p "$target" >"$T/out" 2>"$T/err" || code=$?
	[[ $code == 4 ]]
	grep -q '/proc is that of another pid namespace' "$T/err"
}

# Whether a process has a child: sets it.
child_of() {
	child=$(<"/proc/$1/task/$1/children") && child=${child%% *} && [[ -n $child ]]
}

@test "rights: a process in a container is traced from outside, by its pid there" {
	unshare -m -p -f --mount-proc true || skip "no pid namespace of our own can be had here"
	start rhythm unshare -m -p -f --mount-proc "$D/rhythm" --seconds 180
	wait_for 60 child_of "$target"
	wait_for 60 runs "$child" "$D/rhythm"
	attach -d 500ms -p "$child"
	finish
	[[ $(csvsum values "$T/csv" pid) == "$child" ]]
	csvsum check "$T/csv" class=read -- 'calls > 0'
	kill -TERM "$child"
	reap "$target"
}

@test "rights: hidepid: what cannot be seen is said, with the capability" {
	unshare -m --propagation private true || skip "no mount namespace of our own can be had here"
	start_as 65533
	code=0
	# shellcheck disable=SC2016 # the inner shell expands
	unshare -m --propagation private bash -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' \
		bash setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +bpf,+perfmon \
		--ambient-caps +bpf,+perfmon "$D/iophase" -d 1 -p "$target" >"$T/out" 2>"$T/err" ||
		code=$?
	[[ $code == 3 ]]
	grep -q 'lacking CAP_SYS_PTRACE;' "$T/err"
	start_as 65534
	code=0
	# shellcheck disable=SC2016 # the inner shell expands
	unshare -m --propagation private bash -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' \
		bash setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +bpf,+perfmon \
		--ambient-caps +bpf,+perfmon "$D/iophase" -f -d 1 -p "$target" >"$T/out" 2>"$T/err" ||
		code=$?
	[[ $code == 0 ]]
	grep -q 'hidepid.*CAP_SYS_PTRACE' "$T/err"
	grep -q 'hidepid' "$T/out"
}

@test "rights: a child of another user is asleep, and a note says what is not known" {
	local parent child

	start parent python3 -c '
import os, socket, sys
a, b = socket.socketpair()
if os.fork() == 0:
    os.setgroups([])
    os.setresgid(65533, 65533, 65533)
    os.setresuid(65533, 65533, 65533)
    b.recv(1)
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
os.execv("/bin/sleep", ["sleep", "60"])'
	parent=$target
	wait_for 60 grep -q '^sleep' "/proc/$parent/comm"
	child=$(<"/proc/$parent/task/$parent/children")
	wait_for 60 in_call "${child%% *}" 45
	with +bpf,+perfmon "$D/iophase" -f -d 1 --csv - -p "$parent"
	kill "${child%% *}"
	[[ $code == 0 ]]
	grep -q 'without CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH it cannot be seen' "$T/err"
	awk -F, -v pid="${child%% *}" '$3 == pid && $7 == "app" { ok = $18 > 0.9 * $2 } END { exit !ok }' \
		"$T/out"
}

@test "rights: calls that a seccomp filter denies count as what they returned, nothing is lost" {
	local hooks

	for hooks in syscalls raw; do
		rm -f "$T/go"
		start denied "$SERVERS/denied" "$T/go" 50
		wait_for 60 runs "$target" "$SERVERS/denied"
		wait_for 60 grep -q '^Seccomp:.*2' "/proc/$target/status"
		attach --hooks "$hooks" -p "$target"
		touch "$T/go"
		reap_target
		finish
		csvsum check "$T/csv" call=recvmsg -- "calls == 50" "error == 50" "bytes == 0" \
			"wait_ns == 0"
		csvsum check "$T/csv" call=sendmsg -- "calls == 50" "error == 50" "bytes == 0"
		csvsum check "$T/csv" call=recvfrom -- "calls == 50" "ok == 50"
		refute grep -q 'Lost enters' "$T/report"
	done
}

# Counts twenty calls by 32-bit numbers, which the server int80 makes, as what they are.
twenty_are_counted() {
	attach --hooks raw -p "$target"
	touch "$T/go"
	reap_target
	finish
	refute grep -q ',recvfrom,' "$T/csv"
	grep -q 'Lost 32-bit: *20' "$T/report"
}

@test "rights: 32-bit calls of a 64-bit process are not taken for others, and counted" {
	start int80 "$SERVERS/int80" "$T/go" 20
	sleep 0.3
	if has_ended "$target"; then
		reap "$target"
		[[ $code == 77 ]]
		skip "this machine or kernel has no int 0x80"
	fi
	twenty_are_counted
}

@test "rights: nor are calls of x32 of a 64-bit process" {
	[[ $(uname -m) == x86_64 ]] || skip "there is no x32 on $(uname -m)"
	start int80 "$SERVERS/int80" "$T/go" 20 x32
	twenty_are_counted
}

@test "rights: a kernel half that cannot be opened: one line, no crash" {
	cat >"$T/fail.c" <<-'END'
		int bpf_object__open_skeleton(void *s, const void *o);
		int bpf_object__open_skeleton(void *s, const void *o)
		{
			return -12;
		}
	END
	cc -shared -fPIC -o "$T/fail.so" "$T/fail.c" || skip "no compiler"
	ldd "$IOPHASE" | grep -q libbpf || skip "libbpf is in the program itself"
	start_as 65534
	code=0
	LD_PRELOAD="$T/fail.so" "$IOPHASE" -d 1 -p "$target" >"$T/out" 2>"$T/err" || code=$?
	[[ $code == 1 ]]
	grep -q 'cannot open the BPF programs' "$T/err"
}

@test "rights: selectors do not take in who may not be looked into, and count them" {
	local denied='[0-9]* process[es]* could not be looked into (pid [0-9]*[^)]*): lacking CAP_SYS_PTRACE'

	start_as 65533
	for args in "-n rhythm --user 65533" "-a --user 65533" "--exe $D/rhythm --user 65533"; do
		# shellcheck disable=SC2086 # words
		with +bpf,+perfmon "$D/iophase" -d 1 $args
		[[ $code == 3 && ! -s $T/out ]]
		grep -q "^iophase: no process .*; 1 process could not be looked into (pid $target): lacking CAP_SYS_PTRACE" "$T/err"
	done
	start_as 65534
	with +bpf,+perfmon "$D/iophase" -d 1 -o "json:-" -n rhythm
	[[ $code == 0 ]]
	grep -q "$denied" "$T/out"
	[[ $(grep -c '"type":"process"' "$T/out") == 1 ]]
	with +bpf,+perfmon "$D/iophase" -d 1 --csv - -n rhythm
	saw_calls
	grep -q "^iophase: $denied" "$T/err"
}

# Runs a program in a domain of Landlock, out of which it may not look into processes, whatever its
# capabilities: landlocked COMMAND... Without Landlock in the kernel exit code 77.
landlocked() {
	python3 -c 'import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
make_sym = struct.pack("<Q", 1 << 12)
rules = libc.syscall(444, make_sym, len(make_sym), 0)
if rules < 0:
    sys.exit(77)
libc.prctl(38, 1, 0, 0, 0)
assert libc.syscall(446, rules, 0) == 0, os.strerror(ctypes.get_errno())
os.execv(sys.argv[1], sys.argv[1:])' "$@"
}

@test "rights: whom even root may not look into is counted by selectors, and traced by name as by pid" {
	local why='not permitted, though no capability is lacking'

	start rhythm "$D/rhythm" --seconds 180
	wait_for 60 runs "$target" "$D/rhythm"
	code=0
	landlocked "$IOPHASE" -d 1 --exe "$D/rhythm" >"$T/out" 2>"$T/err" || code=$?
	[[ $code != 77 ]] || skip "this kernel has no Landlock"
	[[ $code == 1 && ! -s $T/out ]]
	grep -Eq "^iophase: no process runs .*; [0-9]+ processes could not be looked into \(pid [0-9]+, for one\): $why \(--wait" "$T/err"
	code=0
	landlocked "$IOPHASE" -d 1 -n rhythm --user 0 --csv - >"$T/out" 2>"$T/err" || code=$?
	saw_calls
	grep -q "^iophase: pid $target: $why: it cannot be seen what threads were blocked in" "$T/err"
	# Who comes from the same domain may be looked into.
	code=0
	landlocked "$(command -v bash)" -c '"$1" --seconds 180 </dev/null >/dev/null 2>&1 3>&- & "$2" -d 1 --exe "$1" -o "csv-processes:$3"
		code=$?; kill "$!"; exit "$code"' bash "$D/rhythm" "$IOPHASE" "$T/csv" >"$T/out" 2>"$T/err" || code=$?
	[[ $code == 0 ]]
	tr -s ' \n' ' ' <"$T/out" | grep -Eq "Lost nothing of what was taken in\. .*[0-9]+ processes? could not be looked into \(pid [0-9]+[^)]*\): $why; what matches among them is not in the report"
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 1 { if ($at["comm"] != "rhythm" || !$at["not_looked_into"] || $at["lost"]) exit 1; n++ } END { exit n != 1 }' "$T/csv"
}

@test "rights: processes that /proc hides from selectors are spoken of" {
	start_as 65533
	start_as 65534
	for hidepid in 1 2; do
		code=0
		unshare --mount bash -c 'mount -t proc -o "hidepid=$1" proc /proc && shift && exec "$@"' bash "$hidepid" \
			setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +bpf,+perfmon --ambient-caps +bpf,+perfmon \
			"$D/iophase" -d 1 -n rhythm >"$T/out" 2>"$T/err" || code=$?
		[[ $code == 0 ]]
		tr -s ' \n' ' ' <"$T/out" >"$T/line"
		grep -q '^"rhythm" (pid '"$target" "$T/out"
		grep -q "Lost nothing of what was taken in\\." "$T/line"
		if ((hidepid == 1)); then
			grep -Eq "[0-9]+ processes could not be looked into \(pid [0-9]+, for one\): lacking CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH; what" "$T/line"
		else
			grep -q "processes of others are hidden by hidepid of /proc: lacking CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH; what" "$T/line"
		fi
	done
	code=0
	unshare --mount bash -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' bash \
		setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +bpf,+perfmon --ambient-caps +bpf,+perfmon \
		"$D/iophase" -d 1 --user 65533 >"$T/out" 2>"$T/err" || code=$?
	[[ $code == 3 ]]
	grep -q "^iophase: no process is of user 65533; processes of others are hidden by hidepid of /proc: lacking CAP_SYS_PTRACE" "$T/err"
}
