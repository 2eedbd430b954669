#!/usr/bin/env bats
# readme.bats - what README.md shows first: the demo, and the words by which it says how to read a report.
#
# What goes in: scripts/demo, and what it runs. Needs root and BTF.

load helpers

setup() {
	live_setup
	root=$HERE/../..
}

teardown() {
	live_teardown
}

@test "readme: make demo traces its server, to the last call" {
	BUILD=$(dirname "$IOPHASE") SECONDS_EACH=1 timeout 60 "$root/scripts/demo" >"$T/demo"
	grep -q '^  multiplexing: epoll, edge-triggered (100.0 %' "$T/demo"
	grep -q '^Lost nothing\.' "$T/demo"
	grep -q '^The load says: ' "$T/demo"
	grep -q '^time,interval_ns,pid,tid,comm,' "$T/demo"
}

@test "readme: each word of the report in ten seconds is one that the report has" {
	sed -n '/^## The report in ten seconds/,/^## The textbook/p' "$root/README.md" | grep -o '`[^`]*`' | tr -d '\`' >"$T/words"
	(($(wc -l <"$T/words") >= 10))
	while read -r word; do
		grep -rqF -- "${word%.}" "$root"/user/sinks/*.c || {
			echo "the report has no '$word'"
			return 1
		}
	done <"$T/words"
}
