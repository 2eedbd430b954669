#!/usr/bin/env bats
# labels.bats - what services are by --label: the path of a program, a container, a unit of systemd;
# and who has none goes by its comm.
#
# What goes in: iophase export, cgroups with the paths that engines and systemd make, root. What comes
# out: the workload's own counts, under the name of its service.

load cgroups
load exporting
load helpers

setup() {
	live_setup
	name=labels$$
}

teardown() {
	[[ -z ${cgroup:-} ]] || leave_cgroups
	live_teardown
}

# The server in a cgroup of that path: its requests are counted for that service, and no other.
# counted_for LABEL CGROUP SERVICE
counted_for() {
	make_cgroup "$2"
	start_server server_epoll
	echo "$target" >"$cgroup/cgroup.procs"
	begin --label "$1" -p "$target"
	client --connections 2 --requests 50
	scrape await "$url" 20 100 iophase_exchanges_total "service=$3"
	[[ $(scrape sum "$url" iophase_exchanges_total) == 100 ]]
	finish INT
}

# The last service or scope in the cgroups of a process.
unit_of() {
	grep -oE '[^/]+[.](service|scope)' "/proc/$1/cgroup" | tail -n 1
}

@test "labels: a unit of systemd" {
	counted_for unit '/system.slice/my\x2dserver.service/inner' 'my\\\\x2dserver.service'
}

@test "labels: a container" {
	local id

	id=$(container_id)
	counted_for container "/docker/$id" "${id:0:12}"
}

@test "labels: the path of a program; who has no unit goes by its comm, in a file too" {
	start_server server_epoll
	begin --label exe -p "$target"
	client --connections 2 --requests 50
	scrape await "$url" 20 100 iophase_exchanges_total "service=$(readlink -f "$SERVERS/server_epoll")"
	finish INT
	attach_only -q -i 100ms --label unit -o "openmetrics:$T/iophase.prom" -p "$target"
	client --connections 2 --requests 50
	finish INT
	# It is of the unit that this test is of, if that is one.
	[[ $(scrape sum "$T/iophase.prom" iophase_exchanges_total) == 100 ]]
	[[ $(unit_of "$$") ]] || [[ $(scrape sum "$T/iophase.prom" iophase_exchanges_total service=server_epoll) == 100 ]]
}

@test "labels: short processes that nobody could look up are of the unit of their parent" {
	make_cgroup /system.slice/comes.service
	install "$SERVERS/churn" "$T/comes_and_goes"
	start comes_and_goes "$T/comes_and_goes" --gate "$T/gate" --count 200 --fork-after 1 \
		--total "$T/total" --seconds 180
	echo "$target" >"$cgroup/cgroup.procs"
	begin --label unit -n comes_and_goes
	scrape await "$url" 20 1 iophase_processes service=comes.service
	open_gate
	reap_target
	scrape await "$url" 20 200 iophase_calls_total service=comes.service call=sendto outcome=ok
	finish INT
}

@test "labels: what is none is refused" {
	run "$IOPHASE" export --label port -n nobody
	[[ $status == 2 ]]
}
