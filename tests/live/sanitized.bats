#!/usr/bin/env bats
# sanitized.bats - the whole program under AddressSanitizer (with its search for leaks) and
# UndefinedBehaviorSanitizer, in sessions of every kind; and without them under valgrind, which must
# find no memory that is lost.
#
# What goes in: build/asan/iophase (`make units` builds it), build/iophase and the workloads, root. A
# sanitizer that finds something ends the program with a report on stderr, and with another exit code.

load helpers
load servers

setup() {
	live_setup
	plain=$IOPHASE
	PROGRAM=$(dirname "$IOPHASE")/asan/iophase
	[[ -x $PROGRAM ]]
}

teardown() {
	live_teardown
}

# Expects that no sanitizer has said anything.
is_clean() {
	refute grep -EA 20 'Sanitizer|runtime error:' "$T"/*err
}

# Ends the session in peace, as finish.
finish_clean() {
	finish "$@"
	is_clean
}

# Sets outputs to an option for each kind of output that there is, by its own list of them; a trace of no
# bounded time is refused, so whoever uses them gives -d too.
all_outputs() {
	local kind

	"$PROGRAM" -p 1 -o none:x 2>"$T/kinds.err" || [[ $? == 2 ]]
	outputs=()
	while read -r kind; do
		outputs+=(-o "$kind:$T/all.$kind")
	done < <(sed -n 's/.*KIND is //p' "$T/kinds.err" | sed 's/ or /, /; s/, /\n/g')
	((${#outputs[@]} >= 12))
}

# Expects that each of the files that outputs names has something in it.
all_written() {
	local i

	for ((i = 1; i < ${#outputs[@]}; i += 2)); do
		[[ -s ${outputs[i]#*:} ]]
	done
}

# session OPTION...: an epoll server under load, from its first call to its end.
session() {
	start_gated_server server_epoll --connections 4
	attach_only -p "$target" "$@"
	open_gate
	client --connections 4 --requests 100
	reap_target
	finish_clean
}

@test "sanitized: every output, connections one by one, threads, intervals" {
	all_outputs
	session "${outputs[@]}" -t -s 20 -i 0.1 -d 2m
	all_written
}

@test "sanitized: raw hooks, without connections" {
	session --hooks raw --no-connections -i 0.1
}

@test "sanitized: at most two connections, by bytes" {
	session --max-connections 2 -s --sort bytes -o "csv-connections:$T/rows"
}

@test "sanitized: threads that are born and die" {
	start_gated_server server_threads --connections 20
	attach_only -t -i 0.1 -p "$target"
	open_gate
	client --connections 20 --requests 5
	reap_target
	finish_clean
}

@test "sanitized: families" {
	all_outputs
	start_gated_server server_fork --connections 6
	attach_only -f -s -i 0.1 -d 2m "${outputs[@]}" -p "$target"
	open_gate
	client --connections 6 --requests 20
	reap_target
	finish_clean
	all_written
}

@test "sanitized: requests of io_uring" {
	start_gated_server server_io_uring --connections 4
	[[ ! -s $T/server_io_uring.err ]] || skip "no io_uring here: $(head -n 1 "$T/server_io_uring.err")"
	attach_only -s -t -p "$target"
	open_gate
	client --connections 4 --requests 20
	reap_target
	finish_clean
}

@test "sanitized: a server and a client, signals, a first report that is all" {
	start_gated_server server_signal --connections 2
	start_client --connections 2 --requests 50
	attach_only -p "$target,$client_pid" -i 1h -s
	open_gate
	wait_for 60 has_ended "$client_pid"
	reap_target
	finish_clean
}

@test "sanitized: names that hold anything" {
	start_workload hostile_comm '=a,b"\x0a\x1b[2J\xff'
	attach_only -t -o "csv:$T/rows" -o "csv-processes:$T/more" -p "$target" -d 0.2
	finish_clean
}

@test "sanitized: targets that end while it attaches" {
	local i

	for i in 1 2 3; do
		start_workload churn
		"$PROGRAM" -q -o "csv:$T/rows" -f -p "$target" -d 0.2 2>"$T/$i.err" &
		tracer=$!
		STARTED+=("$tracer")
		kill -KILL "$target"
		reap "$tracer"
		((code == 0 || code == 1))
	done
	is_clean
}

@test "sanitized: outputs that fail" {
	start_workload rhythm
	code=0
	"$PROGRAM" -p "$target" -d 0.2 -o csv:/dev/full -o "csv-processes:$T/rows" >/dev/full 2>"$T/err" || code=$?
	[[ $code == 1 && -s $T/rows ]]
	code=0
	"$PROGRAM" -p "$target" -d 0.2 -o "csv:$T/no/such/folder" 2>"$T/2.err" || code=$?
	[[ $code == 1 ]]
	is_clean
}

@test "sanitized: what is refused" {
	local i=0 words

	while read -ra words; do
		code=0
		i=$((i + 1))
		"$PROGRAM" "${words[@]}" >"$T/out" 2>"$T/$i.err" || code=$?
		((code >= 1 && code <= 4))
		[[ -s $T/$i.err ]]
	done <<-END
		-p
		-p 1,x
		-p 999999999
		-p 2 -d 1
		-p $$ -d never
		-p $$ -o csv
		-p $$ -o csv:a -o csv:a
		-p $$ -s0
		-p $$ --nonsense
		-d 1
		nonsense
		explain nonsense
	END
	((i == 12))
	is_clean
}

@test "sanitized: help, version, and what each finding means" {
	local id

	"$PROGRAM" --help >"$T/help" 2>"$T/help.err"
	"$PROGRAM" -V >"$T/version" 2>"$T/version.err"
	"$PROGRAM" explain >"$T/ids" 2>"$T/ids.err"
	"$PROGRAM" explain "$(awk '/^[a-z]+(-[a-z]+)+ / { print $1; exit }' "$T/ids")" >"$T/one" 2>"$T/one.err"
	[[ -s $T/help && -s $T/version && -s $T/ids && -s $T/one ]]
	is_clean
}

# The arguments of valgrind: what is lost is an error, and so has an exit code of its own.
readonly valgrind=(valgrind --quiet --error-exitcode=99 --leak-check=full --undef-value-errors=no
	--errors-for-leak-kinds=definite,indirect --child-silent-after-fork=yes)

@test "valgrind: a session loses no memory" {
	[[ $(type -P valgrind) ]] || skip "no valgrind"
	all_outputs
	start_server server_fork
	client --connections 2 --requests 5
	code=0
	"${valgrind[@]}" --log-file="$T/valgrind" "$plain" -f -t -s -i 0.3 -d 1 "${outputs[@]}" -p "$target" \
		>"$T/report" 2>"$T/err" || code=$?
	cat "$T/valgrind"
	refute grep -q 'unhandled .* syscall' "$T/valgrind" || skip "this valgrind does not know pidfd_open(2)"
	[[ $code == 0 ]]
	all_written
}

@test "valgrind: nor do the commands, and what is refused" {
	local words wanted

	[[ $(type -P valgrind) ]] || skip "no valgrind"
	while read -r wanted words; do
		code=0
		# shellcheck disable=SC2086 # words
		"${valgrind[@]}" --log-file="$T/valgrind" "$plain" $words >"$T/report" 2>"$T/err" || code=$?
		cat "$T/valgrind"
		same "exit code of $words" "$code" "$wanted"
	done <<-END
		0 --help
		0 explain
		2 explain nonsense
		2 -p 1,2,x
		1 -p 999999999
	END
}
