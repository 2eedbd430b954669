# cgroups.bash - cgroups that a test makes for itself.
#
# What goes in: name, a folder's name that is the test's own. What comes out: functions; the test calls
# leave_cgroups at its end if `cgroup` is set.
# shellcheck disable=SC2154 # the test sets name

# An id as engines make them, of this test alone: others may run beside it.
container_id() {
	printf '%s %s %s' "$name" "$BATS_TEST_NUMBER" "$EPOCHREALTIME" | sha256sum | cut -d ' ' -f 1
}

# Makes a cgroup of that path below the mount of v2, or of v1's pids. Sets cgroup: make_cgroup PATH
make_cgroup() {
	local mount

	mount=$(awk '$3 == "cgroup2" { print $2 }' /proc/mounts | head -n 1)
	[[ $mount ]] || mount=$(awk '$3 == "cgroup" && $4 ~ /pids/ { print $2 }' /proc/mounts | head -n 1)
	[[ $mount ]] || skip "no cgroups are mounted here"
	mkdir -p "$mount/$name$1" 2>/dev/null || skip "cgroups cannot be made here"
	export cgroup=$mount/$name$1
	root=$mount/$name
	top=$mount
}

# Moves who is in the cgroups of this test out, and removes them.
leave_cgroups() {
	local folder pid pids

	find "$root" -depth -type d | while read -r folder; do
		# Whoever leaves moves those behind him up: the list is read as a whole first.
		mapfile -t pids <"$folder/cgroup.procs"
		for pid in "${pids[@]}"; do
			echo "$pid" >"$top/cgroup.procs" || return 1
		done
		# Who is on its way to its end cannot be moved, as an iophase that detaches.
		wait_for 60 rmdir "$folder" 2>/dev/null
	done
}
