#!/usr/bin/env bats
# own_cost.bats - what iophase says of its own cost, against what the kernel says: CPU time of the
# process, and of its programs in the kernel where that is counted.
#
# What goes in: iophase export, bpftool, root. What comes out: asserted numbers.

load helpers
load exporting

setup() {
	live_setup
	command -v bpftool >/dev/null || skip "bpftool is not installed"
	start_server server_epoll
}

teardown() {
	[[ -z ${switch:-} ]] || echo "$switch" >"$SWITCH"
	live_teardown
}

SWITCH=/proc/sys/kernel/bpf_stats_enabled

@test "own cost: time on a CPU is what the kernel says" {
	begin -p "$target"
	client --connections 2 --requests 100
	scrape cpu "$url" "$tracer"
	finish INT
}

@test "own cost: --bpf-stats has the time of each program, as bpftool has it" {
	local ns fds

	begin --bpf-stats -p "$target"
	client --connections 2 --requests 1000
	scrape await "$url" 20 2000 iophase_exchanges_total service=server_epoll
	ns=$(scrape programs "$url" "$tracer")
	echo "$ns ns"
	# Each request takes a system call at least, and each of these two programs.
	((ns >= 2000 * 2 * 10))
	curl -sf "$url" | promtool check metrics
	finish INT
	[[ ! -s $T/report ]]
	refute grep -q bpf_seconds "$T/err"
}

@test "own cost: where nobody has the kernel count, nothing is told" {
	[[ $(<"$SWITCH") == 0 ]] || skip "the kernel times BPF programs"
	begin -p "$target"
	client --connections 2 --requests 100
	[[ $(curl -sf "$url" | grep -c iophase_bpf_seconds) == 0 ]]
	finish INT
}

@test "own cost: without the right to have it counted, that is said once and the rest is there" {
	[[ $(<"$SWITCH") == 0 ]] || skip "the kernel times BPF programs"
	share_programs
	: >"$T/err"
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps +bpf,+perfmon,+sys_ptrace,+dac_read_search \
		--ambient-caps +bpf,+perfmon,+sys_ptrace,+dac_read_search "$D/iophase" export --bpf-stats --listen 127.0.0.1:0 -p "$target" >"$T/report" 2>"$T/err" 3>&- </dev/null &
	await_url
	client --connections 2 --requests 50
	scrape await "$url" 20 100 iophase_exchanges_total service=server_epoll
	[[ $(curl -sf "$url" | grep -c iophase_bpf_seconds) == 0 ]]
	[[ $(grep -c 'no iophase_bpf_seconds_total: that takes CAP_SYS_ADMIN' "$T/err") == 1 ]]
	finish TERM
}

@test "own cost: where the machine's switch is on, it is told without being asked for, until that is off" {
	switch=$(<"$SWITCH")
	echo 1 >"$SWITCH"
	begin -p "$target"
	client --connections 2 --requests 100
	(($(scrape programs "$url" "$tracer") > 0))
	echo 0 >"$SWITCH"
	wait_for 60 is_told_no_more
	grep -q 'iophase_bpf_seconds_total ends' "$T/err"
	echo "$switch" >"$SWITCH"
	switch=
	finish INT
}

# Whether the metrics have no time of programs.
is_told_no_more() {
	[[ $(curl -sf "$url" | grep -c iophase_bpf_seconds) == 0 ]]
}

@test "own cost: -o openmetrics has it too; without metrics it is refused" {
	run "$IOPHASE" --bpf-stats -d 1 -p "$target"
	[[ $status == 2 && $output == *'about metrics'* ]]
	attach_only -q -i 100ms --bpf-stats -o "openmetrics:$T/iophase.prom" -p "$target"
	client --connections 2 --requests 100
	finish INT
	[[ $(scrape sum "$T/iophase.prom" iophase_bpf_seconds_total program=sys_exit) != 0 ]]
}
