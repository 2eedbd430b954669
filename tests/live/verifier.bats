#!/usr/bin/env bats
# verifier.bats - how much work the kernel half is to the verifier: most of the time until we are
# armed goes there, and every instruction that is looked at once more with each constant, or on each
# way through a loop, adds to it.
#
# What goes in: build/iophase, root, a kernel that tells (5.16 and later). What is held is a count of
# instructions, which is the same however slow the machine is. Kernels differ in it by some percent,
# so the limit is what Linux 6.18 needs and some percent. Whoever has made it less may lower the limit.

load helpers
load servers

setup() { live_setup; }
teardown() { live_teardown; }

# The programs that process $1 holds, and how many instructions the verifier looked at for each.
verified() {
	local file

	for file in /proc/"$1"/fdinfo/*; do
		awk '/^prog_id:/ { id = $2 } /^verified_insns:/ { print id, $2 }' "$file"
	done | sort -u
}

# Starts a tracer with the given hooks, whose programs together may take that many instructions.
check_work() {
	local sum

	start_workload rhythm
	attach --hooks "$1" -p "$target"
	verified "$tracer" >"$T/verified"
	finish INT
	[[ -s $T/verified ]] || skip "this kernel does not tell how much it has verified"
	sum=$(awk '{ sum += $2 } END { print sum }' "$T/verified")
	echo "$sum instructions verified of at most $2 in $(wc -l <"$T/verified") programs"
	(($(wc -l <"$T/verified") >= 5 && sum <= $2))
}

@test "verifier: its work, system call hooks" {
	check_work syscalls 192000
}

@test "verifier: its work, raw hooks" {
	check_work raw 165000
}

@test "verifier: its work, no hooks on calls" {
	need_exchanges
	check_work light 72000
}
