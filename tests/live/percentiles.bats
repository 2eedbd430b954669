#!/usr/bin/env bats
# percentiles.bats - a percentile is the upper end of the one bucket that its call belongs to.
#
# What goes in: server_blocking, which makes exactly two accepts. Of two calls the longer one is the
# maximum and the shorter one is the sum less that, so each percentile is known to the nanosecond.
# Needs root and BTF.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# Prints "p50 p90 p99" as it must be for two calls, from their sum and the longer one (ns): the
# upper end of the shorter one's bucket, 1/16 of its power of two wide, and the longer one itself.
expected() {
	awk -v sum="$1" -v max="$2" '
		function upper(v, step) {
			for (step = 1; v >= 32 * step; step *= 2)
				;
			return v < 16 ? v : (int(v / step) + 1) * step - 1
		}
		BEGIN {
			p50 = upper(sum - max)
			printf "%.0f %.0f %.0f\n", p50 < max ? p50 : max, max, max
		}'
}

# Prints "p50 p90 p99" as iophase has it: measured wait|busy.
measured() {
	echo "$(sum "$1_p50_ns" accept) $(sum "$1_p90_ns" accept) $(sum "$1_p99_ns" accept)"
}

# Two accepts that both have to wait, the second one for 0.2 s at least.
check_two_calls() {
	start_gated_server server_blocking --connections 2
	attach --hooks "$1" -p "$target"
	open_gate
	wait_for 60 grep -q '^\(43\|202\) ' "/proc/$target/syscall"
	client
	# A wait that is known to be long is what is arranged here.
	sleep 0.2
	client
	reap_target
	finish
	same "accepts" "$(sum ok accept)" 2
	same "wait" "$(measured wait)" "$(expected "$(sum wait_ns accept)" "$(sum wait_max_ns accept)")"
	same "busy" "$(measured busy)" "$(expected "$(($(sum cpu_ns accept) + $(sum copy_ns accept)))" \
		"$(sum busy_max_ns accept)")"
	# The longer one is not hidden in the bucket of the shorter one.
	(($(sum wait_p99_ns accept) > 2 * $(sum wait_p50_ns accept)))
}

@test "percentiles of two calls, to the nanosecond" {
	check_two_calls syscalls
}

@test "percentiles of two calls, raw hooks" {
	check_two_calls raw
}
