#!/usr/bin/env bats
# check.bats - `iophase check`: what it says of this kernel, without rights, with some, under a filter,
# and that it agrees with what a trace does.
#
# What goes in: build/iophase (or $IOPHASE), root. Nothing of this machine is changed.

load helpers

setup() {
	live_setup
	share_programs
}

teardown() {
	live_teardown
}

# Runs `iophase check` behind a command; its output in $T/out and $T/err, code. check [COMMAND...]
check() {
	code=0
	"$@" timeout 180 "$D/iophase" check >"$T/out" 2>"$T/err" 3>&- </dev/null || code=$?
	# A table: each line of it has a state, and no line is wider than 100 columns.
	awk 'length > 100 { exit 1 }' "$T/out"
	(($(table | wc -l) >= 20))
	refute grep -vqE '^.{29}(works|lacks|not permitted|not known) ' <(table)
}

# The lines of the table.
table() {
	awk '/^WHAT / { on = 1; next } !NF { on = 0 } on' "$T/out"
}

# The table says so: is NAME STATE
is() {
	table | grep -qF "$(printf '%-29s%-15s' "$1" "$2")" && return 0
	echo "it does not say '$1: $2'"
	return 1
}

@test "check: this kernel can; the last row has loaded and attached everything" {
	check
	[[ $code == 0 && ! -s $T/err ]]
	is 'all of these together' works
	is CAP_BPF works
	is BTF works
	[[ $(tail -n 1 "$T/out") == 'iophase can measure here' ]]
	# -v is of no matter, and not taken:
	code=0
	"$D/iophase" check -v 2>"$T/err" || code=$?
	[[ $code == 2 ]]
}

@test "check: without rights it says which are missing, what that costs and how to get them: exit 3" {
	check as_nobody
	[[ $code == 3 ]]
	is CAP_BPF 'not permitted'
	is CAP_PERFMON 'not permitted'
	is BTF works
	is 'all of these together' 'not known'
	grep -q 'costs  *everything: nothing can be measured' "$T/out"
	grep -q 'get it .*setcap cap_bpf,cap_perfmon+ep iophase' "$T/out"
	[[ $(tail -n 1 "$T/out") == 'iophase cannot measure here' ]]
	# And so says who would trace.
	code=0
	as_nobody "$D/iophase" -d 0.1 -p $$ 2>"$T/err" || code=$?
	[[ $code == 3 ]]
}

@test "check: with the least rights it can, and what others' processes take is said" {
	check as_nobody_with +bpf,+perfmon
	[[ $code == 0 ]]
	is CAP_BPF works
	is CAP_SYS_PTRACE 'not permitted'
	is 'all of these together' works
	grep -q 'costs  *only processes of your own user can be traced' "$T/out"
	check as_nobody_with +bpf
	[[ $code == 3 ]]
	is CAP_BPF works
	is CAP_PERFMON 'not permitted'
}

@test "check: in a user namespace no capability counts: exit 3" {
	unshare -r true || skip "no user namespace can be had here"
	check unshare -r
	[[ $code == 3 ]]
	is 'initial user namespace' 'not permitted'
	is CAP_BPF 'not permitted'
}

# Where folders, between them blanks, are empty: without FOLDERS COMMAND...
without() {
	# shellcheck disable=SC2016 # the inner shell expands
	unshare -m --propagation private bash -c '
		for folder in $1; do
			[[ ! -d $folder ]] || mount -t tmpfs none "$folder" || exit 125
		done
		exec "${@:2}"' bash "$@"
}

@test "check: what is not mounted is said, and all the rest is looked for" {
	unshare -m --propagation private true || skip "no mount namespace of our own can be had here"
	check without /proc
	[[ $code == 4 ]]
	is /proc lacks
	is CAP_BPF works
	is tracefs works
	grep -q 'get it  *do: mount -t proc proc /proc' "$T/out"
	check without "/sys/kernel/btf /boot /lib/modules /usr/lib/debug"
	[[ $code == 4 ]]
	is BTF lacks
	is sock:sk_data_ready 'not known'
	grep -q 'CONFIG_DEBUG_INFO_BTF' "$T/out"
}

@test "check: a kernel half that is not taken is no kernel that can" {
	command -v strace >"$T/strace" || skip "no strace"
	# The probes ask bpf(2) a few times, the programs come later.
	check strace -f -qq -o "$T/trace" -e trace=bpf -e inject=bpf:error=EINVAL:when=30+
	[[ $code == 4 ]]
	is 'use of bpf(2)' works
	is 'all of these together' lacks
	[[ $(wc -l <"$T/err") == 1 ]]
	grep -Eq 'cannot [a-z ]+ the BPF programs' "$T/err"
}

@test "check: a kernel that does not tell of sockets: what is not timed is said" {
	PROGRAM=$SERVERS/iophase-older
	[[ -x $PROGRAM ]] || skip "build/tests/iophase-older is not there"
	install -m 755 "$PROGRAM" "$D/iophase"
	check
	[[ $code == 0 ]]
	is sock:sk_data_ready lacks
	is 'all of these together' works
	tr -s '\n ' ' ' <"$T/out" | grep -q 'backlog and wake-up are not measured.*get it Linux 6.3'
}

@test "check: what could not be attached is said, though the rest works" {
	command -v strace >"$T/strace" || skip "no strace"
	# The first calls of the table are attached, the rest is not.
	check strace -f -qq -o "$T/trace" -e trace=perf_event_open \
		-e inject=perf_event_open:error=EINVAL:when=20+
	[[ $code == 0 ]]
	is 'all of these together' works
	is 'part of the kernel half' lacks
	tr -s '\n ' ' ' <"$T/out" | grep -q 'why not seen, their time is in app: calls of .*(Invalid argument)'
}
