#!/usr/bin/env bats
# containers.bats - reports name the container that a process is in, and its pid inside; in a pid
# namespace of its own iophase refuses, and what it says to do instead works.
#
# What goes in: build/iophase, unshare, cgroups with the paths that engines make; no engine. The second
# witness is /proc/PID/status. Needs root and BTF, and a hierarchy of cgroups that can be written to.

load cgroups
load helpers
load servers

POD=1a2b3c4d_5e6f_7081_92a3_b4c5d6e7f809

setup() {
	INNER=()
	live_setup
	name=containers$$
	ID=$(container_id)
	ID=${ID:0:63}
	unshare -p -f true || skip "no pid namespace of our own can be had here"
}

teardown() {
	local pid

	# unshare hears no SIGTERM, but the end of its child.
	for pid in "${INNER[@]}"; do
		has_ended "$pid" || kill -KILL "$pid"
	done
	[[ -z ${cgroup:-} ]] || leave_cgroups
	live_teardown
}

# Whether a process has a child: sets it.
child_of() {
	child=$(<"/proc/$1/task/$1/children") && child=${child%% *} && [[ -n $child ]]
}

# Starts a sleeping first process of a pid namespace of its own: sets child, and target to its parent.
contain() {
	start contained unshare -p -f --kill-child sleep 180
	wait_for 60 child_of "$target"
	INNER+=("$child")
	wait_for 60 runs "$child" "$(readlink -f "$(type -P sleep)")"
}

# A column of the rows of a process in a file of csv-processes, one a line: column FILE PID NAME
column() {
	awk -F, -v pid="$2" -v column="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["pid"] == pid { print $at[column] }' "$1"
}

# The last of the numbers that the kernel gives a process.
innermost() {
	awk '$1 == "NSpid:" { print $NF }' "/proc/$1/status"
}

@test "containers: by the paths of each engine, with the pid inside" {
	local -a pids=() paths=(
		"/docker/${ID}0"
		"/system.slice/docker-${ID}1.scope"
		"/kubepods.slice/kubepods-pod$POD.slice/cri-containerd-${ID}2.scope"
		"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod$POD.slice/crio-${ID}3.scope/container"
		"/machine.slice/libpod-${ID}4.scope/container"
	)
	local i list

	for i in "${!paths[@]}"; do
		contain
		pids+=("$child")
		make_cgroup "${paths[i]}"
		echo "$child" >"$cgroup/cgroup.procs"
	done
	# One in a container without a pid namespace, one the other way round, and one in neither.
	start sleeper sleep 180
	pids+=("$target")
	make_cgroup "/docker/${ID}5"
	echo "$target" >"$cgroup/cgroup.procs"
	contain
	pids+=("$child")
	start sleeper sleep 180
	pids+=("$target")
	list=$(printf '%s,' "${pids[@]}")
	attach_only -d 200ms -o "csv-processes:$T/p.csv" -o "json:$T/p.json" -o "text:$T/p.txt" -p "${list%,}"
	finish
	for ((i = 0; i < 6; i++)); do
		same "container $i" "$(column "$T/p.csv" "${pids[i]}" container)" "$ID$i"
		[[ $i == 5 ]] || same "inside $i" "$(column "$T/p.csv" "${pids[i]}" pid_inside)" "$(innermost "${pids[i]}")"
		[[ $i == 5 ]] || grep -qF "\"sleep\" (pid ${pids[i]}, container ${ID:0:12}, pid 1 inside)" "$T/p.txt"
	done
	grep -qF "\"sleep\" (pid ${pids[5]}, container ${ID:0:12})" "$T/p.txt"
	grep -qF "\"sleep\" (pid ${pids[6]}, pid 1 in its namespace)" "$T/p.txt"
	grep -qF "\"sleep\" (pid ${pids[7]})" "$T/p.txt"
	same "no pid inside" "$(column "$T/p.csv" "${pids[5]}" pid_inside)" ""
	same "no container" "$(column "$T/p.csv" "${pids[6]}" container)" ""
	same "neither" "$(column "$T/p.csv" "${pids[7]}" container)$(column "$T/p.csv" "${pids[7]}" pid_inside)" ""
	# A recording says the same.
	"$IOPHASE" report -q -o "csv-processes:$T/again.csv" -o "text:$T/again.txt" "$T/p.json"
	cmp "$T/p.csv" "$T/again.csv"
	cmp "$T/p.txt" "$T/again.txt"
	same "in JSON" "$(jq -r --argjson pid "${pids[0]}" 'select(.type == "process" and .pid == $pid) |
		"\(.container) \(.pid_inside)"' "$T/p.json")" "${ID}0 1"
}

# Whether the latest row of the child has that container.
is_in() {
	[[ $(column "$T/p.csv" "$child" container | tail -n 1) == "$1" ]]
}

@test "containers: who is moved is found there, and who has ended stays where it was" {
	contain
	make_cgroup "/docker/${ID}0"
	echo "$child" >"$cgroup/cgroup.procs"
	attach_only -i 100ms -o "csv-processes:$T/p.csv" -p "$child"
	wait_for 60 is_in "${ID}0"
	make_cgroup "/system.slice/docker-${ID}1.scope"
	echo "$child" >"$cgroup/cgroup.procs"
	wait_for 60 is_in "${ID}1"
	kill -KILL "$child"
	reap "$tracer"
	same "at its end" "$(column "$T/p.csv" "$child" container | tail -n 1)" "${ID}1"
	same "inside" "$(column "$T/p.csv" "$child" pid_inside | sort -u)" 1
}

@test "containers: a family is in one only if all of it are" {
	local apart

	# A runtime makes its child first, and moves it then.
	contain
	make_cgroup "/system.slice/docker-${ID}0.scope"
	echo "$child" >"$cgroup/cgroup.procs"
	BRIEF=1 attach_only -f -d 100ms -o "csv-processes:$T/p.csv" -p "$target"
	finish
	grep -qF "\"unshare\" (pid $target) and 1 more process   " "$T/report"
	grep -qF "  \"sleep\" (pid $child, container ${ID:0:12}, pid 1 inside)" "$T/report"
	apart=$(column "$T/p.csv" "$target" container)
	same "the parent" "$apart" ""
	echo "$target" >"$cgroup/cgroup.procs"
	BRIEF=1 attach_only -f -d 100ms -p "$target"
	finish
	grep -qF "\"unshare\" (pid $target) and 1 more process, all in container ${ID:0:12}   " "$T/report"
}

# Runs a command that ends in iophase, which must refuse by one line and exit code 4 before anything is
# written: refused WHERE COMMAND...
refused() {
	code=0
	timeout 30 "${@:2}" >"$T/refused.out" 2>"$T/refused.err" </dev/null || code=$?
	[[ $code == 4 && ! -s $T/refused.out && $(wc -l <"$T/refused.err") == 1 ]] &&
		grep -qE "^iophase: in $1: pids here are not the kernel's; run iophase on the host, with --container ID .*docker run --pid=host.*hostPID: true" "$T/refused.err" && return 0
	echo "${*:2}: exit code $code"
	cat "$T/refused.err"
	return 1
}

@test "containers: in a pid namespace of its own iophase refuses, whatever it is asked" {
	local apart=(unshare -p -f --mount-proc) somewhere="a pid namespace, as a container has one"
	local there=$BATS_RUN_TMPDIR/iophase-$$

	"${apart[@]}" true || skip "no /proc of our own can be had here"
	refused "$somewhere" "${apart[@]}" "$IOPHASE" -d 0.1 -p 1
	refused "$somewhere" "${apart[@]}" "$IOPHASE" -d 0.1 sleep
	refused "$somewhere" "${apart[@]}" "$IOPHASE" -d 0.1 -w -a
	# A command is not begun.
	refused "$somewhere" "${apart[@]}" "$IOPHASE" -- touch "$T/begun"
	[[ ! -e $T/begun ]]
	# More rights would be of no use: nobody is sent to get them first.
	install -m 755 "$IOPHASE" "$there"
	chmod 711 "$BATS_RUN_TMPDIR"
	refused "$somewhere" "${apart[@]}" setpriv --reuid 65534 --regid 65534 --clear-groups "$there" -p 1
	rm "$there"
	# It says which container, if the paths of its cgroups are to be seen.
	make_cgroup "/docker/${ID}0"
	# shellcheck disable=SC2016 # the inner shell expands
	refused "the pid namespace of container ${ID:0:12}" bash -c 'echo $$ >"$1/cgroup.procs" && exec "${@:2}"' \
		bash "$cgroup" "${apart[@]}" "$IOPHASE" -p 1
}

@test "containers: check says so too, and what needs no pids works there" {
	local apart=(unshare -p -f --mount-proc)

	"${apart[@]}" true || skip "no /proc of our own can be had here"
	code=0
	"${apart[@]}" "$IOPHASE" check >"$T/check" 2>"$T/check.err" || code=$?
	[[ $code == 4 && ! -s $T/check.err ]]
	grep -qE '^initial pid namespace +lacks ' "$T/check"
	grep -qE '^BTF +works ' "$T/check"
	grep -A 4 '^  initial pid namespace: lacks' "$T/check" | tr -s '\n ' ' ' | grep -q 'get it run iophase on the host, with --container ID'
	same "the last line" "$(tail -n 1 "$T/check")" "iophase cannot measure here"
	awk 'length > 100 { exit 1 }' "$T/check"
	start sleeper sleep 180
	attach_only -d 100ms -o "json:$T/p.json" -o "text:$T/p.txt" -p "$target"
	finish
	"${apart[@]}" "$IOPHASE" report "$T/p.json" >"$T/again.txt"
	cmp "$T/p.txt" "$T/again.txt"
	"${apart[@]}" "$IOPHASE" explain run-queue | grep -q run-queue
}

@test "containers: by its id, from the host or from a container with the host's pids" {
	local headline="\"sleep\" (pid PID, container ${ID:0:12}, pid 1 inside)"

	unshare -m -u -i -n -C true || skip "no such namespaces can be had here"
	contain
	make_cgroup "/system.slice/docker-${ID}0.scope"
	echo "$child" >"$cgroup/cgroup.procs"
	headline=${headline/PID/$child}
	attach_only -d 100ms --container "${ID:0:12}"
	finish
	grep -qF "$headline" "$T/report"
	# A neighbour, in all namespaces of its own but that of pids: as docker run --pid=host.
	make_cgroup "/system.slice/docker-${ID}1.scope"
	cat >"$T/beside" <<-END
		#!/usr/bin/env bash
		echo \$\$ >"$cgroup/cgroup.procs"
		exec unshare -m -u -i -n -C "$IOPHASE" "\$@"
	END
	chmod +x "$T/beside"
	PROGRAM=$T/beside attach_only -d 100ms --container "${ID}0"
	finish
	grep -qF "$headline" "$T/report"
	# By its pid it is the same.
	PROGRAM=$T/beside attach_only -d 100ms -p "$child"
	finish
	grep -qF "$headline" "$T/report"
	# A command is where iophase is, and has ended before the first report. To who has a cgroup
	# namespace, the paths do not tell where he is himself.
	sed -i 's/ -C / /' "$T/beside"
	# It may have ended before anybody can look at it, and more often so where other things go on.
	for _ in {1..10}; do
		"$T/beside" -q -o "csv-processes:$T/c.csv" -- true
		same "a command" "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
			NR == 2 { print $at["container"] }' "$T/c.csv")" "${ID}1"
	done
}
