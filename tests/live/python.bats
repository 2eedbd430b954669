#!/usr/bin/env bats
# python.bats - the textbook's servers in Python are called what they are, and every connection,
# byte and end of file of the load is counted.
#
# What goes in: tests/servers/py, the client of tests/servers, python3. Needs root and BTF.

load helpers
load servers

CONNECTIONS=10
REQUESTS=30
SIZE=100

setup() {
	live_setup
	command -v python3 >/dev/null || skip "python3 is not installed"
	unset PYTHONDONTWRITEBYTECODE
}

teardown() {
	live_teardown
}

# Starts tests/servers/py/NAME.py; it ends after CONNECTIONS were served and closed. Sets port.
start_python() {
	rm -f "$T/port"
	start "$1" python3 -B "$HERE/../servers/py/$1.py" --port-file "$T/port" \
		--connections "$CONNECTIONS"
	wait_file "$T/port"
	port=$(<"$T/port")
}

# serves_as MODEL NAME: attached before the load, the server is of the model and its books agree
# with the load: each request of SIZE bytes is one read, since the next one awaits the echo.
serves_as() {
	start_python "$2"
	attach -p "$target"
	client --connections "$CONNECTIONS" --requests "$REQUESTS" --size "$SIZE"
	# Its target's end is the end of iophase too.
	finish
	reap_target
	is_called "$1"
	same "accepts" "$(sum ok accept4)" "$CONNECTIONS"
	same "reads" "$(sum ok recvfrom)" $((CONNECTIONS * REQUESTS))
	same "bytes read" "$(sum bytes recvfrom)" $((CONNECTIONS * REQUESTS * SIZE))
	same "ends of file" "$(sum eof recvfrom)" "$CONNECTIONS"
	same "bytes written" "$(sum bytes sendto)" $((CONNECTIONS * REQUESTS * SIZE))
	same "errors" "$(sum error '.*')" 0
}

@test "socket, blocking" {
	serves_as blocking blocking
	same "retries" "$(sum again '.*')" 0
}

@test "socket, non-blocking" {
	serves_as nonblocking nonblocking
	(($(sum again accept4) > 0))
}

@test "select.select" {
	serves_as select select_server
	(($(sum ok 'select|pselect6') > 0))
}

@test "select.poll" {
	serves_as poll poll_server
	(($(sum ok poll) > 0))
}

@test "selectors: epoll, level-triggered" {
	serves_as epoll-lt selectors_server
	same "registrations" "$(($(sum ok epoll_ctl) > CONNECTIONS))" 1
}

@test "select.epoll, edge-triggered" {
	serves_as epoll-et epoll_et
	# Every edge is served until there is no more.
	(($(sum again recvfrom) > 0))
}

@test "socketserver, a thread per connection" {
	serves_as blocking socketserver_threading
	# The loop polls, the threads block: each thread is called by what it does itself.
	(($(sum ok poll) >= CONNECTIONS))
}

@test "socketserver, thread by thread" {
	start_python socketserver_threading
	attach -t -p "$target"
	client --connections "$CONNECTIONS" --requests "$REQUESTS" --size "$SIZE"
	finish
	reap_target
	# The main thread polls the listener alone, and accepts; it reads nothing.
	same "model of the loop" "$(models_of "$target" "$target")" blocking
	tr -s '\n ' ' ' <"$T/report" | grep -q '; poll of one descriptor, then accept: '
	same "threads that block" "$(awk -F, -v main="$target" '
		NR > 1 && $6 == "blocking" && $4 != main { seen[$4] = 1 }
		END { print length(seen) }' "$T/csv")" "$CONNECTIONS"
}

@test "attached in the middle of a load" {
	CONNECTIONS=100
	start_python epoll_et
	endless_load
	attach -p "$target" -d 300ms
	finish
	is_called epoll-et
	(($(sum ok recvfrom) > 0))
}
