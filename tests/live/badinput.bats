#!/usr/bin/env bats
# badinput.bats - what iophase cannot or must not do: the exit code of each case, exactly one line
# "iophase: ..." on stderr that says why, and nothing on stdout.
#
# What goes in: build/iophase (or $IOPHASE), root. Kernels and rights that lack something are made
# with mount namespaces, setpriv and strace's fault injection: nothing of this machine is changed.

setup_file() {
	local program=${IOPHASE:-$BATS_TEST_DIRNAME/../../build/iophase}

	DIR=$(mktemp -d)
	chmod 755 "$DIR"
	# Other users must be able to run it, wherever the source tree lies.
	install -m 755 "$program" "$DIR/iophase"
	export DIR
}

teardown_file() {
	rm -rf -- "$DIR"
}

setup() {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	[ -r /sys/kernel/btf/vmlinux ] || skip "this kernel has no BTF"
	PIDS=()
	start sleep 180
	TARGET=$STARTED
}

teardown() {
	local pid

	for pid in "${PIDS[@]}"; do
		kill "$pid"
		wait "$pid" || [ $? -gt 128 ]
	done
}

# Starts a program that teardown will end; its pid is in STARTED.
start() {
	"$@" </dev/null >"$DIR/started.out" 2>&1 3>&- &
	STARTED=$!
	PIDS+=("$STARTED")
}

# Waits until a command succeeds, 5 s at most.
await() {
	local i

	for ((i = 0; i < 100; i++)); do
		if "$@"; then return 0; fi
		sleep 0.05
	done
	echo "waited in vain: $*"
	return 1
}

# Runs a command; leaves its exit code in CODE and what it wrote in $DIR/out and $DIR/err.
run_it() {
	CODE=0
	timeout 30 "$@" </dev/null >"$DIR/out" 2>"$DIR/err" || CODE=$?
	echo "command: $*"
	echo "exit code: $CODE"
	sed 's/^/stdout: /' "$DIR/out"
	sed 's/^/stderr: /' "$DIR/err"
}

# Checks that stderr is exactly one line of ours that holds the words.
one_line() {
	[ "$(wc -l <"$DIR/err")" -eq 1 ]
	grep -q '^iophase: .' "$DIR/err"
	grep -qF -- "$1" "$DIR/err"
}

# refuse CODE WORDS COMMAND...: the command ends with the code, a line with the words, and no data.
refuse() {
	local code=$1 words=$2

	shift 2
	run_it "$@"
	[ "$CODE" -eq "$code" ]
	one_line "$words"
	[ ! -s "$DIR/out" ]
}

# usage WORDS ARGUMENT...: wrong usage.
usage() {
	local words=$1

	shift
	refuse 2 "$words" "$DIR/iophase" "$@"
}

# Skips a test that hides parts of the file system where that cannot be done, as in a chroot.
needs_mounts() {
	unshare -m --propagation private true || skip "no mount namespace of our own can be had here"
}

# hiding DIRECTORY... -- COMMAND...: runs it where the directories that exist are empty.
hiding() {
	# shellcheck disable=SC2016 # the inner shell expands
	run_it unshare -m --propagation private bash -euc '
		while [ "$1" != -- ]; do
			if [ -d "$1" ]; then mount -t tmpfs none "$1"; fi
			shift
		done
		shift
		exec "$@"' bash "$@"
}

# As root, but without the named capabilities: without a,b COMMAND...
without() {
	local caps=-${1//,/,-}

	shift
	run_it setpriv --inh-caps "$caps" --bounding-set "$caps" "$@"
}

# ---- the command line

@test "pids that are none: exit 2" {
	usage "which process?" -d 1
	for list in "" " " $'\n' abc 0 -1 +1 ", $TARGET" "$TARGET ," "$TARGET x" "${TARGET}x" 0x10 1.5 "," "$TARGET," ",$TARGET" \
		"$TARGET,,$TARGET" "$TARGET,-2" 2147483648 4294967297 18446744073709551617; do
		usage "--pid '$list'" -d 0.1 -p "$list"
	done
}

@test "times that are none: exit 2" {
	for time in "" s abc -1 -5s +5 " 5" "5 " 5us 1e3 1. . .s 1..5; do
		usage "--duration '$time': not a time" -p "$TARGET" -d "$time"
		usage "--interval '$time': not a time" -p "$TARGET" -i "$time"
	done
	for time in 0 0s 0ms 0.0001 31536000 525600m 99999999999999999999999999; do
		usage "--duration '$time': a time is at least" -p "$TARGET" -d "$time"
		usage "--interval '$time': a time is at least" -p "$TARGET" -i "$time"
	done
}

@test "options and words that are none: exit 2" {
	usage "unknown option '-x'" -x -p "$TARGET"
	usage "'--nonsense'" --nonsense -p "$TARGET"
	usage "--pid needs an argument" -p
	usage "--csv needs an argument" -p "$TARGET" --csv
	usage "--csv ''" -p "$TARGET" --csv ""
	usage "--hooks 'kprobes'" -p "$TARGET" --hooks kprobes
	usage "--follow takes no argument" -p "$TARGET" --follow=yes
	usage "--output 'json-:x': write it as KIND:FILE" -p "$TARGET" -o json-:x
	usage "KIND is text, ps, csv" -p "$TARGET" -o out.csv
	usage "another output goes to stdout" -p "$TARGET" -o csv-processes:- --csv -
	usage "'4711': a pid is given with -p" -p "$TARGET" 4711
	usage "'4711': a pid is given with -p" 4711 -p "$TARGET"
	usage "unexpected '\\x1b[31m\\x0ared'" check $'\e[31m\nred'
}

@test "a pid given twice is traced once, and a line says so" {
	run_it "$DIR/iophase" -d 0.2 --csv - -p "$TARGET,$TARGET"
	[ "$CODE" -eq 0 ]
	one_line "pid $TARGET is given twice"
	# The header, and the time outside I/O calls of one process.
	[ "$(grep -c ',app,app,' "$DIR/out")" -eq 1 ]
}

@test "pids as pidof and pgrep print them; trace is the default command" {
	start sleep 180
	for list in "$TARGET $STARTED" "$TARGET"$'\n'"$STARTED"$'\n' " $TARGET, $STARTED "; do
		run_it "$DIR/iophase" trace -d 0.1 -o csv-processes:- -p "$list"
		[ "$CODE" -eq 0 ]
		[ ! -s "$DIR/err" ]
		[ "$(grep -cE ",($TARGET|$STARTED),sleep," "$DIR/out")" -eq 2 ]
	done
}

@test "an interval longer than the duration gives one report, and a line says so" {
	run_it "$DIR/iophase" -d 0.2 -i 5 --csv - -p "$TARGET"
	[ "$CODE" -eq 0 ]
	one_line "interval is longer than the duration"
	[ "$(grep -c ',app,app,' "$DIR/out")" -eq 1 ]
}

@test "help and version need no rights, and a full disk is an error" {
	run_it setpriv --reuid 65534 --regid 65534 --clear-groups "$DIR/iophase" --help
	[ "$CODE" -eq 0 ]
	[ ! -s "$DIR/err" ]
	grep -q '^EXAMPLES' "$DIR/out"
	run_it "$DIR/iophase" --version
	[ "$CODE" -eq 0 ]
	grep -Eq '^iophase [0-9]' "$DIR/out"
	# shellcheck disable=SC2016 # the inner shell expands
	refuse 1 "No space left" bash -c 'exec "$1" --help >/dev/full' bash "$DIR/iophase"
}

# ---- targets

@test "no such process: exit 1" {
	local gone

	sleep 0 &
	gone=$!
	wait "$gone"
	refuse 1 "pid $gone: no such process" "$DIR/iophase" -d 0.1 -p "$gone"
	refuse 1 "pid 2147483647: no such process" "$DIR/iophase" -d 0.1 -p 2147483647
}

@test "one that has ended among others: a line says so, the others are traced" {
	run_it "$DIR/iophase" -d .1 --csv - -p "2147483646 $TARGET 2147483647"
	[ "$CODE" -eq 0 ]
	[ "$(grep -cxE "iophase: pid 214748364[67]: no such process; the others are traced" "$DIR/err")" -eq 2 ]
	[ "$(grep -c ",$TARGET,,sleep,.*,app,app," "$DIR/out")" -eq 1 ]
	run_it "$DIR/iophase" -d .1 -p "2147483646 2147483647"
	[ "$CODE" -eq 1 ]
	[ "$(grep -c "no such process$" "$DIR/err")" -eq 2 ]
}

@test "a kernel thread, also among others that can be traced: exit 1" {
	[ "$(cat /proc/2/comm)" = kthreadd ] || skip "no kernel threads are visible here"
	refuse 1 "pid 2: a kernel thread" "$DIR/iophase" -d 0.1 -p 2
	refuse 1 "pid 2: a kernel thread" "$DIR/iophase" -d 0.1 -p "$TARGET,2"
}

@test "a zombie: exit 1" {
	local zombie

	# shellcheck disable=SC2016 # the inner shell expands
	start bash -c 'sleep 0 & echo $! >"$1"; exec sleep 60' bash "$DIR/zombie"
	await test -s "$DIR/zombie"
	zombie=$(cat "$DIR/zombie")
	await grep -q '^State:.Z' "/proc/$zombie/status"
	refuse 1 "pid $zombie: a zombie" "$DIR/iophase" -d 0.1 -p "$zombie"
}

# Whether a process has two threads.
has_two_threads() {
	[ "$(find "/proc/$1/task" -mindepth 1 -maxdepth 1 | wc -l)" -eq 2 ]
}

@test "a thread: exit 1, and a line names its process" {
	local process tid

	start python3 -c '
import threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
time.sleep(60)'
	process=$STARTED
	await has_two_threads "$process"
	tid=$(find "/proc/$process/task" -mindepth 1 -maxdepth 1 ! -name "$process" -printf '%f\n')
	refuse 1 "pid $tid: a thread of process $process" "$DIR/iophase" -d 0.1 -p "$tid"
}

@test "iophase itself: exit 1" {
	# shellcheck disable=SC2016 # the inner shell expands
	refuse 1 "iophase itself" bash -c 'exec "$1" -d 0.1 -p $$' bash "$DIR/iophase"
}

# Makes a 32-bit program without a C library, $DIR/NAME, of a C statement: compile_32_bit NAME CODE
compile_32_bit() {
	echo "void _start(void) { for (;;) $2 }" >"$DIR/$1.c"
	cc -m32 -O1 -nostdlib -static -fno-pie -no-pie -o "$DIR/$1" "$DIR/$1.c" 2>"$DIR/cc.err"
}

# Skips the test where a 32-bit program cannot be made, or does not get through its exit(0).
needs_32_bit() {
	[ "$(uname -m)" = x86_64 ] || skip "not an x86-64 machine"
	# shellcheck disable=SC2016 # a dollar of the assembler
	compile_32_bit ends '__asm__ volatile("int $0x80" ::"a"(1), "b"(0));' ||
		skip "the compiler cannot make 32-bit programs"
	timeout 10 "$DIR/ends" 2>"$DIR/ends.err" || skip "this kernel runs no 32-bit programs"
}

# Starts a 32-bit program that calls pause().
start_32_bit() {
	needs_32_bit
	# shellcheck disable=SC2016 # a dollar of the assembler
	compile_32_bit tiny '__asm__ volatile("int $0x80" ::"a"(29));'
	start "$DIR/tiny"
	await grep -q tiny "/proc/$STARTED/comm"
}

@test "a 32-bit process alone: exit 4; beside others it is left out with a warning" {
	start_32_bit
	refuse 4 "pid $STARTED: a 32-bit process" "$DIR/iophase" -d 0.1 -p "$STARTED"
	run_it "$DIR/iophase" -d 0.2 --csv - -p "$STARTED,$TARGET"
	[ "$CODE" -eq 0 ]
	one_line "pid $STARTED: a 32-bit process"
	grep -q ",$TARGET,,sleep,.*,app,app," "$DIR/out"
	[ "$(grep -c ",$STARTED," "$DIR/out")" -eq 0 ]
}

@test "in a pid namespace: exit 4" {
	needs_mounts
	refuse 4 "pid namespace" unshare -p -f --mount-proc "$DIR/iophase" -d 0.1 -p 1
}

# ---- rights

@test "not root: exit 3, and a line names the capabilities" {
	refuse 3 "lacking CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE" setpriv --reuid 65534 --regid 65534 \
		--clear-groups "$DIR/iophase" -d 0.1 -p "$TARGET"
}

@test "each capability that is missing is named: exit 3" {
	without sys_admin,bpf "$DIR/iophase" -d 0.1 -p "$TARGET"
	[ "$CODE" -eq 3 ]
	one_line "lacking CAP_BPF;"
	[ ! -s "$DIR/out" ]
	without sys_admin,perfmon "$DIR/iophase" -d 0.1 -p "$TARGET"
	[ "$CODE" -eq 3 ]
	one_line "lacking CAP_PERFMON;"
	[ ! -s "$DIR/out" ]
	without sys_ptrace "$DIR/iophase" -d 0.1 -p "$TARGET"
	[ "$CODE" -eq 3 ]
	one_line "lacking CAP_SYS_PTRACE;"
	[ ! -s "$DIR/out" ]
}

# As nobody, with the named capabilities: with +a,+b COMMAND...
with() {
	local caps=$1

	shift
	run_it setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps "$caps" \
		--ambient-caps "$caps" "$@"
}

@test "tracefs that may not be read: the raw pair, and a line names CAP_DAC_READ_SEARCH" {
	[ "$(stat -c %a /sys/kernel/tracing)" = 700 ] || skip "everybody may read tracefs here"
	with +bpf,+perfmon,+sys_ptrace "$DIR/iophase" -d 0.1 -p "$TARGET"
	[ "$CODE" -eq 0 ]
	grep -qxF "iophase: tracefs may not be read without CAP_DAC_READ_SEARCH: using --hooks raw" \
		"$DIR/err"
	grep -q "CAP_DAC_READ_SEARCH: using --hooks raw" "$DIR/out"
}

@test "the capabilities that are named are enough" {
	with +bpf,+perfmon,+sys_ptrace,+dac_read_search "$DIR/iophase" -d 0.2 --csv - -p "$TARGET"
	[ "$CODE" -eq 0 ]
	[ ! -s "$DIR/err" ]
}

@test "what another user's thread was blocked in may not be read: the line names the capability" {
	with +bpf,+perfmon,+sys_ptrace "$DIR/iophase" --hooks raw -d 0.2 --csv - -p "$TARGET"
	[ "$CODE" -eq 0 ]
	one_line "pid $TARGET: without CAP_DAC_READ_SEARCH it cannot be seen what threads were blocked in"
}

@test "in a user namespace: exit 3" {
	unshare -r true || skip "user namespaces are not permitted here"
	refuse 3 "in a user namespace" unshare -r "$DIR/iophase" -d 0.1 -p "$TARGET"
}

@test "bpf(2) refused, as in a container: exit 3" {
	command -v strace >"$DIR/strace.path" || skip "no strace"
	refuse 3 "bpf(2) is refused" strace -qq -o "$DIR/trace" -e trace=bpf -e inject=bpf:error=EPERM \
		"$DIR/iophase" -d 0.1 -p "$TARGET"
}

# ---- kernels

@test "a kernel without BPF: exit 4" {
	command -v strace >"$DIR/strace.path" || skip "no strace"
	refuse 4 "CONFIG_BPF_SYSCALL" strace -qq -o "$DIR/trace" -e trace=bpf \
		-e inject=bpf:error=ENOSYS "$DIR/iophase" -d 0.1 -p "$TARGET"
}

@test "a kernel without BTF: exit 4; without rights, the rights are named first" {
	needs_mounts
	local btf=(/sys/kernel/btf /boot /lib/modules /usr/lib/debug)

	hiding "${btf[@]}" -- "$DIR/iophase" -d 0.1 -p "$TARGET"
	[ "$CODE" -eq 4 ]
	one_line "CONFIG_DEBUG_INFO_BTF"
	[ ! -s "$DIR/out" ]
	hiding "${btf[@]}" -- setpriv --reuid 65534 --regid 65534 --clear-groups "$DIR/iophase" \
		-d 0.1 -p "$TARGET"
	[ "$CODE" -eq 3 ]
	one_line "CAP_BPF"
}

@test "no tracefs: the raw pair, and a line says how to mount it; asked for, it needs none" {
	needs_mounts
	local places=(/sys/kernel/debug /sys/kernel/tracing)

	hiding "${places[@]}" -- "$DIR/iophase" -d 0.2 --csv - -p "$TARGET"
	[ "$CODE" -eq 0 ]
	one_line "(mount -t tracefs tracefs /sys/kernel/tracing): using --hooks raw"
	grep -q ",$TARGET,,sleep,.*,app,app," "$DIR/out"
	hiding "${places[@]}" -- "$DIR/iophase" --hooks raw -d 0.2 --csv - -p "$TARGET"
	[ "$CODE" -eq 0 ]
	[ ! -s "$DIR/err" ]
	grep -q ",$TARGET,,sleep,.*,app,app," "$DIR/out"
}

@test "no system call tracepoints: it uses the raw pair, and a line says so" {
	needs_mounts
	[ -d /sys/kernel/tracing/events/syscalls ] || skip "tracefs is not at /sys/kernel/tracing"
	hiding /sys/kernel/tracing/events/syscalls -- "$DIR/iophase" -d 0.2 --csv - -p "$TARGET"
	[ "$CODE" -eq 0 ]
	one_line "using --hooks raw"
	grep -q ",$TARGET,,sleep,.*,app,app," "$DIR/out"
}

@test "a kernel that is locked down: exit 3" {
	needs_mounts
	# shellcheck disable=SC2016 # the inner shell expands
	refuse 3 "locked down" unshare -m --propagation private bash -euc '
		mkdir "$2/tracing"
		mount --rbind /sys/kernel/tracing "$2/tracing"
		mount -t tmpfs none /sys/kernel
		mkdir /sys/kernel/security /sys/kernel/tracing
		mount --move "$2/tracing" /sys/kernel/tracing
		echo "none integrity [confidentiality]" >/sys/kernel/security/lockdown
		exec "$1" -d 0.1 -p "$3"' bash "$DIR/iophase" "$DIR" "$TARGET"
}

# ---- the CSV file

@test "a CSV file that cannot be opened: exit 1" {
	refuse 1 "No such file or directory" "$DIR/iophase" -d 0.1 -p "$TARGET" --csv "$DIR/none/x.csv"
	refuse 1 "Is a directory" "$DIR/iophase" -d 0.1 -p "$TARGET" --csv "$DIR"
	mkdir "$DIR/closed"
	chown 65534 "$DIR/closed"
	chmod 555 "$DIR/closed"
	without dac_override,dac_read_search "$DIR/iophase" -d 0.1 -p "$TARGET" \
		--csv "$DIR/closed/x.csv"
	[ "$CODE" -eq 1 ]
	one_line "Permission denied"
	[ ! -s "$DIR/out" ]
}

@test "a full disk under the CSV file: exit 1" {
	refuse 1 "No space left on device" "$DIR/iophase" -q -d 0.1 -p "$TARGET" --csv /dev/full
}

@test "a full disk under stdout: exit 1" {
	# shellcheck disable=SC2016 # the inner shell expands
	refuse 1 "No space left on device" bash -c 'exec "$1" -d 0.1 -p "$2" >/dev/full' bash \
		"$DIR/iophase" "$TARGET"
	# shellcheck disable=SC2016 # the inner shell expands
	refuse 1 "No space left on device" bash -c 'exec "$1" -d 0.1 -p "$2" --csv - >/dev/full' bash \
		"$DIR/iophase" "$TARGET"
}

@test "a reader that goes away: exit 0, not a word" {
	# shellcheck disable=SC2016 # the inner shell expands
	run_it bash -c '"$1" -i 0.1 -d 5 --csv - -p "$2" | head -n 1; exit "${PIPESTATUS[0]}"' bash \
		"$DIR/iophase" "$TARGET"
	[ "$CODE" -eq 0 ]
	[ ! -s "$DIR/err" ]
	[ "$(wc -l <"$DIR/out")" -eq 1 ]
}
