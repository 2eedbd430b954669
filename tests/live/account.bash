# account.bash - a second witness of time: the kernel's own account of a process, held against what
# iophase has charged in the same run.
#
# What goes in: the variables and files of helpers.bash, /proc/PID/task/TID/schedstat, /proc/stat. What
# comes out: bounds that hold at any speed of the machine and beside any load.
#
# An account is "ran queued switches lost": ns on a CPU, ns in the run queue, how often its threads
# were switched out, and ns that hypervisor and interrupts took from the machine's CPUs, which the
# kernel leaves out of `ran` where it can. What iophase measured lies between two pairs of accounts: an
# inner pair, taken while it was armed, and an outer one around its whole run. The threads may be
# born meanwhile, but must not die.

# Skips the test where the kernel keeps no account.
needs_account() {
	[[ -r /proc/self/schedstat ]] || skip "this kernel has no schedstat"
}

# The first CPU that we may run on: to pin a workload to.
one_cpu() {
	taskset -p -c $$ | sed 's/.*: //; s/[-,].*//'
}

# The account of a process until now.
account() {
	local hertz

	hertz=$(getconf CLK_TCK)
	awk -v tick=$((1000000000 / hertz)) '
		FILENAME ~ /schedstat$/ { ran += $1; queued += $2; next }
		FILENAME ~ /status$/ { if (/ctxt_switches:/) switches += $2; next }
		/^cpu / { lost = ($7 + $8 + $9) * tick }
		END { printf "%.0f %.0f %.0f %.0f\n", ran, queued, switches, lost }' \
		/proc/"$1"/task/*/schedstat /proc/"$1"/task/*/status /proc/stat
}

# Attaches as `attach` of helpers.bash does, to the latest workload only, with an account before and
# one after; the test must leave it asleep, or stopped, between `account_end` and `finish`.
attach_accounted() {
	outer_begin=$(account "${target:?}")
	attach "$@" -p "$target"
	inner_begin=$(account "$target")
}

# Notes the end of the inner pair.
account_end() {
	inner_end=$(account "$target")
}

# Stops the latest workload, so that it is on no CPU from now on, and notes the account.
account_stopped() {
	kill -STOP "$target"
	wait_for 60 is_stopped "$target"
	account_end
}

# Asserts that CPU time and run queue in the CSV are the kernel's, within 2 %, 5 ms and, for each time
# that a thread was switched out, 20 us: the kernel stops its clocks a little earlier than it tells of
# the switch. For the upper bound these are 60 us: hypervisors have taken that much there.
check_account() {
	local outer_end ran queued switches lost

	outer_end=$(account "$target")
	echo "accounts: outer $outer_begin to $outer_end, inner $inner_begin to $inner_end"
	read -r ran queued switches lost < <(account_difference "$inner_begin" "$inner_end")
	csvsum check "$T/csv" -- \
		"cpu_ns + copy_ns >= 0.98 * $ran - 5e6 - 20e3 * $switches" \
		"runq_ns >= 0.98 * $queued - 5e6 - 20e3 * $switches"
	read -r ran queued switches lost < <(account_difference "$outer_begin" "$outer_end")
	csvsum check "$T/csv" -- \
		"cpu_ns + copy_ns <= 1.02 * $ran + $lost + 5e6 + 60e3 * $switches" \
		"runq_ns <= 1.02 * $queued + $lost + 5e6 + 60e3 * $switches"
}

# The second account less the first.
account_difference() {
	awk -v from="$1" -v to="$2" 'BEGIN {
		split(from, a)
		split(to, b)
		printf "%.0f %.0f %.0f %.0f\n", b[1] - a[1], b[2] - a[2], b[3] - a[3], b[4] - a[4]
	}'
}
