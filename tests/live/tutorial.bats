#!/usr/bin/env bats
# tutorial.bats - what docs/tutorial.md says of its three slow servers, and of the same ones mended.
#
# What goes in: scripts/tutorial, and what it runs. Needs root, BTF and Linux 6.3.

load helpers
load servers

setup() {
	live_setup
	need_exchanges
}

teardown() {
	live_teardown
}

# Runs one of the servers: study NAME [--mended]. The report is in $T/study.out.
study() {
	BUILD=$(dirname "$IOPHASE") SECONDS_EACH=1 timeout 120 "$HERE/../../scripts/tutorial" "$@" >"$T/study.out"
	grep -q '^The clients had [0-9,]* answers' "$T/study.out"
}

# Whether the report has a finding.
finds() {
	grep -q "($1)\$" <(tr '\n' ' ' <"$T/study.out" | sed 's/ (\([a-z-]*\))/ (\1)\n/g')
}

@test "tutorial: a pool that is too small" {
	study pool
	finds pool-small
	finds requests-queue
	grep -q 'poller plus workers, 2 workers' "$T/study.out"
	study pool --mended
	refute finds pool-small
	finds upstream-slow
}

@test "tutorial: a handler that keeps everybody waiting" {
	study loop
	finds slow-handler
	grep -q 'event loop, 1 loop' "$T/study.out"
	study loop --mended
	refute finds slow-handler
}

@test "tutorial: requests in pieces" {
	study pieces
	finds delayed-requests
	study pieces --mended
	refute finds delayed-requests
}
