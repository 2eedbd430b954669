#!/usr/bin/env bats
# full.bats - what is full, or goes wrong in the kernel half: the session goes on, and what was lost is
# counted and named.
#
# What goes in: iophase, its variants with tiny pools (build/tests/iophase-tiny) and with no eye for
# deaths (build/tests/iophase-unaware), the workloads, root. What comes out: exact losses; the rest of
# the counts are right.

load helpers
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# A run of a variant of iophase. Sets PROGRAM.
use() {
	PROGRAM=$SERVERS/iophase-$1
	[[ -x $PROGRAM ]] || skip "build/tests/iophase-$1 is not there"
}

@test "full: more threads than there is room for: the others are said" {
	start_threads 60
	attach -t -d 0.2 --max-threads 40 -p "$target"
	finish
	grep -qx 'iophase: 61 threads, and room for 40: the others are not traced (--max-threads)' "$T/err"
	csvsum check "$T/csv" -- 'len(tid) == 40'
	grep -q '^Lost threads: 21 ' "$T/report"
}

# The id of the map of this name that the latest iophase has.
map_id() {
	local id

	while read -r id; do
		bpftool map show id "$id" | grep -q "name $1 " && echo "$id"
	done < <(cat "/proc/$tracer/fdinfo/"* | sed -En 's/^map_id:\s*([0-9]+)$/\1/p' | sort -u)
}

# Fills a map of 32-bit keys and values, with keys that no thread has. fill_map ID
fill_map() {
	local i

	for ((i = 0; i < 64; i++)); do
		bpftool map update id "$1" key hex "$(printf %02x "$i")" ff ff 7f value hex 00 00 00 00 \
			>"$T/bpftool.out" 2>&1 || return 0
	done
	echo "the map is not full"
	return 1
}

@test "full: more upstreams than there is room for: the others are counted together" {
	use tiny
	need_exchanges
	start asking python3 -B "$HERE/delaying.py" asking "$T/place" 5 "$T/go"
	wait_file "$T/place"
	attach -p "$target" -o "csv-exchanges:$T/exchanges"
	touch "$T/go"
	reap_target
	finish
	# Those that were asked once, twice and three times; then four and five times.
	cut -d, -f5-7 "$T/exchanges"
	same "those with an address" "$(awk -F, '$5 == "client" && $6 { print $7 }' "$T/exchanges" | sort -n |
		tr '\n' ' ')" "1 2 3 "
	same "the others" "$(awk -F, '$5 == "client" && !$6 { print $7 }' "$T/exchanges")" 9
	grep -q '^Lost upstreams: 9 ' <(tr -s '\n ' ' ' <"$T/report" | sed 's/Lost/\n&/')
	grep -qE '^Upstreams   15 requests answered' "$T/report"
	grep -qE '^  9 requests to addresses that there was no room for' "$T/report"
}

@test "full: births that find no place among the claims are counted, the others go on" {
	type bpftool >/dev/null || skip "bpftool is not installed"
	start_gated churn --count 5
	attach -t --max-threads 40 -p "$target"
	fill_map "$(map_id claims)"
	open_gate
	reap_target
	finish
	grep -q '^Lost claims: 5 ' "$T/report"
	csvsum check "$T/csv" -- "tid == [\"$target\"]" 'wall > 0'
	csvsum shape "$T/csv"
}

# Runs iophase under strace, which makes the bpf(2) call of this number fail, if one is given, as where
# a map is full: traced [NUMBER]
traced() {
	strace -o "$T/strace" -e trace=bpf ${1:+-e "inject=bpf:error=E2BIG:when=$1"} \
		"$IOPHASE" -t -d 0.2 --csv "$T/csv" -o "text:$T/report" -p "$target" 2>"$T/err" 3>&-
}

@test "full: a thread that finds no place among the claims at the attach is counted, the others go on" {
	local number

	type strace >/dev/null || skip "strace is not installed"
	start_workload rhythm
	traced
	csvsum check "$T/csv" -- 'len(tid) == 2'
	# The first claim: the only updates that ask for a key that is not there.
	number=$(awk '/BPF_MAP_UPDATE_ELEM.*BPF_NOEXIST/ { print NR; exit }' "$T/strace")
	traced "$number"
	grep -q 'BPF_MAP_UPDATE_ELEM.*BPF_NOEXIST.*INJECTED' "$T/strace"
	grep -q '^Lost claims: 1 ' "$T/report"
	csvsum check "$T/csv" -- 'len(tid) == 1' 'wall > 0'
}

@test "full: a number that is used again after a death that was missed: nothing of the stranger's" {
	use unaware
	start_gated reuse
	attach -t -p "$target"
	open_gate
	reap "$target"
	[[ $code != 3 ]] || skip "this kernel gives no thread number that is asked for"
	[[ $code == 0 ]]
	finish
	csvsum same "$T/csv" "$T/tally.csv"
	csvsum check "$T/csv" call=recvfrom -- 'ok == 1' 'len(tid) == 1'
	# The thread's death, found when its number came again, and the process's, found at its end.
	grep -q '^Lost deaths: 2 ' "$T/report"
}
