#!/usr/bin/env bats
# lost.bats - threads and processes that find no books, and those whom they make: each is traced, or
# lost by name.
#
# What goes in: iophase, its variant that remembers few who are lost (build/tests/iophase-tiny), the
# workload trees, which says how many were born, root. What comes out: born = seen + lost.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# How many of a kind the latest tracer has lost: lost KIND. Of threads that begin at the same time one
# may find no room among the claims, too: KIND may be threads|claims.
lost() {
	tr -d , <"$T/report" | awk -v "kind=^Lost ($1): " '$0 ~ kind { sum += $3 } END { print sum + 0 }'
}

# How many threads the latest tracer has seen, all processes together.
seen() {
	python3 -c 'import csv, sys
print(sum(int(row["threads_ever"]) for row in csv.DictReader(open(sys.argv[1]))))' "$T/processes"
}

# Traces five children with four grandchildren each, made in that way, with so many books; sets born:
# the first process and all that it says. grow WAY BOOKS [OPTION...]
grow() {
	start_gated trees --how "$1" --children 5 --grandchildren 4 --total "$T/total"
	attach -f --max-threads "$2" "${@:3}" -o "csv-processes:$T/processes" -o "json:$T/json" -p "$target"
	open_gate
	reap_target
	finish
	born=$(($(<"$T/total") + 1))
}

# The same of the sums in JSON.
lost_in_json() {
	python3 -c 'import json, sys
told = [json.loads(line).get("losses", []) for line in open(sys.argv[1])]
print(sum(loss["count"] for loss in [some for some in told if some][-1] if loss["name"] in ("threads", "claims")))' "$T/json"
}

# With books for the first process alone, nobody else is seen; all else is lost, as often as it is
# born: none_but_the_first WAY BORN HOOKS
none_but_the_first() {
	grow "$1" 1 --hooks "$3"
	same born "$born" "$2"
	same seen "$(seen)" 1
	same lost "$(lost "threads|claims")" $((born - 1))
	same "lost in JSON" "$(lost_in_json)" $((born - 1))
	grep -q "threads-lost,warning,.*lost_threads=$((born - 1))\$" "$T/findings"
}

@test "lost: whom the lost make by fork, and whom these make" {
	none_but_the_first fork 46 syscalls
}

@test "lost: the same, light" {
	none_but_the_first fork 46 light
}

@test "lost: the same, raw hooks" {
	none_but_the_first fork 46 raw
}

@test "lost: by vfork" {
	none_but_the_first vfork 26 syscalls
}

@test "lost: by posix_spawn, as another program" {
	none_but_the_first spawn 46 syscalls
}

@test "lost: by clone3, as children of their parent" {
	none_but_the_first sibling 46 syscalls
}

@test "lost: threads" {
	none_but_the_first thread 46 syscalls
}

@test "lost: one that becomes another program" {
	none_but_the_first exec 26 syscalls
}

@test "lost: one whose second thread becomes another program" {
	none_but_the_first thread-exec 31 syscalls
}

@test "lost: one that ends before its children" {
	none_but_the_first orphan 46 light
}

@test "lost: where books come and go, each is seen or lost" {
	local way books

	for way in fork vfork spawn sibling thread exec thread-exec orphan; do
		for books in 2 3; do
			grow "$way" "$books"
			echo "$way, $books books: $born born, $(seen) seen, $(lost "threads|claims") lost"
			same "seen and lost" $(($(seen) + $(lost "threads|claims"))) "$born"
		done
	done
}

# Starts a process that has the only books of those that are traced with it, as it was first. Sets first.
start_first() {
	start_threads 0
	first=$target
}

@test "lost: threads of a target that found no books itself; its children are not meant without -f" {
	start_first
	start_gated churn --count 20 --fork-after 10
	attach --max-threads 1 -d 120 -p "$first" -p "$target"
	open_gate
	reap_target
	finish INT
	same lost "$(lost "threads|claims")" 11
}

# How many lost threads the latest tracer has note of.
noted() {
	local map

	map=$(bpf_ids "$tracer" | awk '$1 == "map" { print $2 }' |
		while read -r id; do bpftool map show id "$id"; done | sed -n 's/^\([0-9]*\): .* name lost_threads .*/\1/p')
	bpftool -j map dump id "$map" | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))'
}

@test "lost: of those that have ended no note is kept" {
	type bpftool >/dev/null || skip "bpftool is not installed"
	start_first
	start_gated churn --count 20
	attach --max-threads 1 -d 120 -p "$first" -p "$target"
	same "noted at first" "$(noted)" 1
	open_gate
	reap_target
	same noted "$(noted)" 0
	finish INT
	same lost "$(lost "threads|claims")" 21
}

# A variant that takes note of three at a time.
use_tiny() {
	PROGRAM=$SERVERS/iophase-tiny
	[[ -x $PROGRAM ]] || skip "build/tests/iophase-tiny is not there"
}

@test "lost: who has ended takes no room from those that come" {
	use_tiny
	none_but_the_first fork 46 syscalls
	same children "$(lost children)" 0
}

@test "lost: more than note can be taken of are counted, and that their children are not" {
	start_threads 5
	first=$target
	use_tiny
	start_gated trees --children 5 --grandchildren 4 --total "$T/total"
	attach -f --max-threads 1 -p "$target" -p "$first" -o "json:$T/json"
	open_gate
	reap_target
	finish
	# Six threads that were there, of which three are known, and five children that are not.
	same lost "$(lost "threads|claims")" 11
	same children "$(lost children)" 8
	grep -q '"name":"children","count":8,' "$T/json"
}

@test "lost: whom those make that match no longer is not meant" {
	local name=becoming$BASHPID

	start_first
	ln -s "$(type -P python3)" "$T/$name"
	start becoming "$T/$name" -c 'import os, sys, time
while not os.path.exists(sys.argv[1]):
    time.sleep(0.01)
os.execv(sys.argv[2], sys.argv[2:])' "$T/change" "$SERVERS/churn" --tally "$T/tally.csv" --gate "$T/gate" --count 20
	wait_for 60 grep -qx "$name" "/proc/$target/comm"
	attach --max-threads 1 -d 120 -p "$first" -n "$name"
	touch "$T/change"
	wait_for 60 says "$target" "matches no longer"
	open_gate
	reap_target
	finish INT
	same lost "$(lost "threads|claims")" 1
}

# Whether the latest tracer has seen a process beside the first and one of its children.
has_seen_three() {
	(($(cut -d, -f3 "$T/processes" | sort -u | grep -c '^[0-9]') >= 3))
}

@test "lost: whom the lost make is traced where there is room again, of the same family" {
	start_gated trees --until-closed --children 2 --total "$T/total"
	attach -f --max-threads 2 -i 0.1 -o "csv-processes:$T/processes" -p "$target"
	open_gate
	wait_for 60 has_seen_three
	rm "$T/gate"
	reap_target
	finish
	# A thread that lived in two intervals counts in both: their sum is no number of threads.
	same families "$(tail -n +2 "$T/processes" | cut -d, -f5 | sort -u)" "$target"
	(($(lost "threads|claims") >= 1))
}
