#!/usr/bin/env bats
# sockets.bats - connections one by one: what both ends themselves say that they did on each is what
# the records say, and each adds up. And there are no more than there may be: those are let go that
# were used longest ago, and what their processes have answered is still counted, each request.
#
# What goes in: sockets.py. Needs root, BTF and Linux 6.3.

load helpers
load servers

setup() {
	live_setup
	need_exchanges
}

teardown() {
	live_teardown
}

# Starts the server and its client, with connections from before the attach. Sets server, client.
start_both() {
	start server python3 -B "$HERE/sockets.py" server "$T/place" "$T/served"
	server=$target
	wait_file "$T/place"
	start client python3 -B "$HERE/sockets.py" client "$T/place" "$T/asked" "$T/gate"
	client=$target
	wait_file "$T/asked.ready"
}

# Lets the client ask, until both ends have said what they did.
ask_all() {
	: >"$T/served.go"
	open_gate
	wait_file "$T/asked"
	kill -USR1 "$server"
	wait_file "$T/served"
}

@test "sockets: each connection, at both ends, is what they say" {
	start_both
	attach -p "$server,$client" -s 5 --sort bytes -o "csv-connections:$T/connections"
	ask_all
	finish INT
	python3 -B "$HERE/sockets.py" check "$T/connections" "$T/served" "$T/asked"
	grep -q '^Lost nothing' "$T/report"
	# 10 of the client, 10 of the server, but for UDP one each; five are shown.
	grep -q '^Connections   20 open, the most bytes first' "$T/report"
	same "rows" "$(sed -n '/^  remote /,/^$/p' "$T/report" | grep -cE '127\.0\.0\.1|socket')" 5
}

@test "sockets: intervals follow each other" {
	start_both
	attach -i 50ms -p "$server,$client" -s -o "csv-connections:$T/connections"
	ask_all
	finish INT
	# Of each that was there before the attach the intervals add up to the same, all of the time.
	awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{
			lived[$at["pid"] " " $at["fd"]] += $at["lived_ns"]
			reads += $at["reads"]
			sum = 0
			for (i = at["idle_ns"]; i <= at["asked_ns"]; i++)
				sum += $i
			if (sum != $at["lived_ns"]) { print "states of " $0; wrong = 1 }
		}
		END {
			for (key in lived)
				all = lived[key] > all ? lived[key] : all
			for (key in lived)
				early += lived[key] == all
			if (early != 12) { print early " were there all the time"; wrong = 1 }
			# Both ends of 1 + 2 + ... + 9 requests, less that of who is gone.
			if (reads < 90) { print reads " reads"; wrong = 1 }
			exit wrong
		}' "$T/connections"
}

# Whether connections have been let go, as the processes' records say.
some_let_go() {
	awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ sum += $at["connections_let_go"] }
		END { exit !sum }' "$T/processes"
}

# Whether in the latest interval at most so many connections had books, and some.
at_most() {
	awk -F, -v most="$1" '
		NR > 1 { count[$1]++; last = $1 }
		END { exit !(last && count[last] <= most) }' "$T/connections"
}

@test "sockets: who is let go is still counted" {
	start_gated_server server_epoll
	open_gate
	attach -p "$target" --max-connections 100 -i 100ms -s -o "csv-exchanges:$T/exchanges" \
		-o "csv-processes:$T/processes" -o "csv-connections:$T/connections"
	start_beside many python3 -B "$HERE/sockets.py" many "$port" 300 "$T/first" "$T/second"
	wait_file "$T/first.done"
	wait_for 60 some_let_go
	wait_for 60 at_most 100
	: >"$T/first"
	wait_file "$T/second.done"
	: >"$T/second"
	wait_file "$T/second.end"
	finish INT
	same "exchanges" "$(exchange exchanges)" "$(<"$T/second.end")"
	same "exchanges" "$(exchange exchanges)" 1200
	grep -qE '^Connections let go: [0-9,]+\. There were more than 100;' "$T/report"
	refute grep -q '^Lost [^n]' "$T/report"
}

@test "sockets: who listens no more takes up no room" {
	start listeners python3 -B "$HERE/sockets.py" listeners 1500 "$T/gate" "$T/done"
	attach -p "$target" --max-connections 100 -o "csv-exchanges:$T/exchanges"
	open_gate
	wait_file "$T/done"
	finish INT
	same "exchanges" "$(exchange exchanges)" 1
	grep -q '^Lost nothing' "$T/report"
	refute grep -q '^Connections let go' "$T/report"
}
