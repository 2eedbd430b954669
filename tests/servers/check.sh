#!/usr/bin/env bash
# Checks the workloads themselves, without iophase: runs each under strace and compares its own
# tally with strace's counts, and runs the client against each server.
#
# In: BUILD (default build/tests), where the programs are. Out: one line per check, "ok" or "FAILED"
# and the difference; exit code 1 if any failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${BUILD:-$here/../../build/tests}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

# A tally without the requests that the kernel carried out, which strace does not see.
calls_only() {
	grep -vE '^(aio|uring)_' "$1"
}

# Prints the verdict on the last run: name, and the tally file and strace log in $tmp.
verdict() {
	local name=$1 code=$2
	if [[ $code == 0 ]] && python3 "$here/strace_tally.py" "$tmp/log" >"$tmp/strace.csv" &&
		diff "$tmp/strace.csv" <(calls_only "$tmp/tally.csv") >"$tmp/diff"; then
		echo "ok      $name ($(awk -F, 'NR > 1 { n += $2 } END { print n + 0 }' "$tmp/tally.csv") calls)"
	else
		echo "FAILED  $name (exit code $code)"
		cat "$tmp/diff" || echo "no difference was computed"
		failed=1
	fi
}

# Waits for a file to appear, at most 10 s.
wait_for() {
	for ((i = 0; i < 1000; i++)); do
		[[ -e $1 ]] && return 0
		sleep 0.01
	done
	return 1
}

# A server under strace and the client beside it. Arguments: client's options, then the server.
server() {
	local load=$1 code=0 pid
	shift
	rm -f "$tmp"/*
	strace -f -yy -e trace=all -o "$tmp/log" "$build/$1" "${@:2}" --port-file "$tmp/port" \
		--tally "$tmp/tally.csv" --seconds 60 &
	pid=$!
	wait_for "$tmp/port" || code=99
	# shellcheck disable=SC2086 # the client's options are words
	[[ $code == 99 ]] || "$build/load" --port "$(cat "$tmp/port")" $load >"$tmp/load" || code=98
	wait "$pid" || code=$?
	verdict "$* <- load $load" "$code"
}

# A program that needs no client, under strace.
alone() {
	local code=0
	rm -f "$tmp"/*
	strace -f -yy -o "$tmp/log" "$build/$1" "${@:2}" --tally "$tmp/tally.csv" >"$tmp/out" || code=$?
	verdict "$*" "$code"
}

few="--connections 10 --requests 20 --size 100"
big="--connections 4 --requests 2 --size 3000000"
server "--connections 1 --requests 50" server_blocking --connections 1
for s in server_threads "server_pool --threads 10" "server_nonblocking --pause-us 500" server_select \
	"server_select --select" server_poll "server_poll --ppoll" server_epoll "server_epoll --et" \
	"server_epoll --pwait --read" "server_epoll --pwait2 --readv" "server_epoll --et --recvmsg" \
	"server_epoll --workers 3" "server_epoll --et --workers 3" \
	"server_epoll --workers 3 --reuseport" "server_handoff --threads 3" server_fork \
	"server_epoll_kinds --oneshot" "server_epoll_kinds --exclusive --dup" \
	"server_epoll_kinds --sets 3 --outer-et --twice" "server_epoll_kinds --sets 3 --by-poll --et" \
	"server_epoll_kinds --threads 3 --oneshot --et"; do
	# shellcheck disable=SC2086 # a server and its options are words
	server "$few" $s --connections 10
	# shellcheck disable=SC2086
	server "$big" $s --connections 4
done
for s in server_io_uring "server_io_uring --how readv" "server_io_uring --multishot" \
	"server_io_uring --poll oneshot" "server_io_uring --poll multi" "server_io_uring --sqpoll" \
	"server_io_uring --busy" "server_io_uring --defer --how recvmsg" \
	"server_io_uring --iowq --how read" "server_io_uring --linked-timeout 1" \
	"server_io_uring --wait-ms 1" server_linux_aio "server_linux_aio --readv" \
	"server_linux_aio --recv" "server_linux_aio --pgetevents" "server_linux_aio --user-reap" \
	"server_linux_aio --wait-ms 1"; do
	# shellcheck disable=SC2086
	server "$few" $s --connections 10
	# shellcheck disable=SC2086
	server "$big" $s --connections 4
done
server "--connections 1 --requests 50" server_linux_aio --no-poll --connections 1
alone rhythm --count 5
alone bigread --count 5
alone churn --count 50
alone aio_edges --refused --reuse --many 50 --threads
if [[ -x $build/exact ]]; then
	gate=$(mktemp)
	alone exact --gate "$gate" --rounds 2
	alone exact --gate "$gate" --rounds 2 --threads 3
	rm -f "$gate"
fi
exit "$failed"
