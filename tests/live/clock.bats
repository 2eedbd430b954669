#!/usr/bin/env bats
# clock.bats - the edges of the connection's clock: what is an exchange and what is not, each edge in a
# process of its own that knows how many there are, and where it delays. The clients' own stamps are the
# second witness: iophase says no more than they have waited.
#
# What goes in: clock_edges.py and its groups. Needs root, BTF and Linux 6.3.

load helpers
load servers

setup() {
	live_setup
	need_exchanges
}

teardown() {
	live_teardown
}

# All edges of a group, of which there are so many: edges GROUP COUNT.
edges() {
	start edges python3 -B "$HERE/clock_edges.py" serve "$T/gate" "$T/place" "$T/done" "$1"
	wait_file "$T/place"
	attach -f -p "$(<"$T/place")" -o "csv-exchanges:$T/exchanges"
	open_gate
	reap_target
	finish
	grep -q '^Lost nothing' "$T/report"
	same edges "$(wc -l <"$T/done")" "$2"
	python3 -B "$HERE/clock_edges.py" check "$T/exchanges" "$T/done"
}

@test "clock: how requests are read, and what comes instead of one" {
	edges reads 14
}

@test "clock: who has a socket, and since when" {
	edges shares 9
}

@test "clock: how answers are written, what is written unasked, datagrams" {
	edges writes 8
}

@test "clock: TLS, whose handshakes are exchanges, too" {
	command -v openssl >/dev/null || skip "openssl is not installed"
	edges tls 3
}
