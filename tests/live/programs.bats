#!/usr/bin/env bats
# programs.bats - servers as languages bring them: Node.js, the JDK's HTTP server and a NIO selector
# loop, Python's http.server and asyncio, Go's net/http. What they say of themselves is the witness.
#
# What goes in: node, java with its compiler, python3, go, as far as they are installed; the sources
# in tests/servers. Needs root and BTF.

load helpers
load servers
load programs

SERVERS_OF=$BATS_TEST_DIRNAME/../servers

setup() {
	live_setup
	needs python3
	unset PYTHONDONTWRITEBYTECODE
}

teardown() {
	live_teardown
}

# --- Node.js

# Starts the HTTP server in Node.js.
start_node() {
	needs node
	start_at_port node "$(command -v node)" "$SERVERS_OF/node/http.js" PORTFILE
}

@test "Node.js, http: a load" {
	start_node
	attach -p "$target"
	http_load 6 40 keep /
	wait_for 60 has_exactly "$target" 1
	finish INT
	is_called epoll-lt
	same "connections" "$(sum ok accept4)" 6
	same "ends of file" "$(sum eof read)" 6
	# Other threads wake the loop by 8 bytes in its eventfd.
	same "bytes read" "$(sum bytes read)" $((sent + 8 * ($(sum ok read) - requests)))
	same "errors" "$(sum error '.*')" 0
	same "what it says" "$(stats)" "connections 6 requests 240 bytes $sent"
}

@test "Node.js, http: in the middle of a load" {
	start_node
	endless_http_load
	attach -p "$target" -d 500ms
	finish
	is_called epoll-lt
	finds_nothing
}

@test "Node.js, http: idle" {
	start_node
	attach -p "$target" -d 300ms
	finish
	waits_as epoll-lt 'epoll_p?wait2?'
}

# --- Java

# Starts a Java program from its source, with what makes it start fast: start_java NAME ARGUMENT...
start_java() {
	needs java
	needs javac
	start_at_port java "$(command -v java)" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto \
		"$SERVERS_OF/java/$1.java" "${@:2}"
}

# The JDK's HTTP server with N threads: idle, under a load with exact counts, in the middle of one.
jdk_serves() {
	local extra wake

	start_java HttpHandlers PORTFILE "$1"
	attach -p "$target" -d 300ms
	finish
	waits_as epoll-lt epoll_wait

	attach -p "$target"
	http_load 6 40 keep /
	wait_for 60 has_eofs_of_all
	finish INT
	is_called epoll-lt
	same "connections" "$(sum ok 'accept4?')" 6
	same "ends of file" "$(sum eof read)" 6
	# The selector is woken by 8 bytes in its eventfd, in older versions by 1 in a pipe.
	extra=$(($(sum ok read) - requests))
	wake=$((extra ? ($(sum bytes read) - sent) / extra : 8))
	same "bytes read" "$(sum bytes read)" $((sent + wake * extra))
	((wake == 8 || wake == 1))
	same "errors" "$(sum error '.*')" 0
	same "what it says" "$(stats)" "requests $requests"

	endless_http_load
	attach -p "$target" -d 300ms
	finish
	is_called epoll-lt
}

# Whether the server has closed its side of all connections that the clients have closed: none is in
# CLOSE_WAIT, state 8. Java listens for IPv6, too.
has_eofs_of_all() {
	awk -v port="$(printf ':%04X' "$port")" '
		$4 == "08" && substr($2, length($2) - 4) == port { left = 1 }
		END { exit left }' /proc/net/tcp /proc/net/tcp6
}

@test "Java, com.sun.net.httpserver: the dispatcher serves" {
	jdk_serves 0
}

@test "Java, com.sun.net.httpserver: the dispatcher hands connections to four threads" {
	jdk_serves 4
}

@test "Java, a NIO selector loop" {
	start_java SelectorLoop PORTFILE 10 "$T/said"
	attach -p "$target" -d 300ms
	finish
	waits_as epoll-lt epoll_wait

	attach -p "$target"
	client --connections 10 --requests 30 --size 100
	finish
	reap_target
	is_called epoll-lt
	same "connections" "$(sum ok 'accept4?')" 10
	same "bytes read" "$(sum bytes read)" $((10 * 30 * 100))
	same "what it says" "$(<"$T/said")" "accepts 10 reads $(sum ok read) bytes 30000 eofs 10"
	same "ends of file" "$(sum eof read)" 10
}

# --- Python

@test "Python, http.server: a thread per connection" {
	start_at_port python python3 -B "$SERVERS_OF/py/http_server.py" --port-file PORTFILE
	head -c 5000 /dev/zero >"$T/small.txt"
	attach -p "$target"
	http_load 6 40 keep /small.txt
	wait_for 60 has_exactly "$target" 1
	finish INT
	is_called blocking
	same "requests in its log" "$(grep -c '"GET /small.txt HTTP/1.1" 200' "$T/python.err")" "$requests"
	same "reads" "$(sum ok recvfrom)" "$requests"
	same "bytes read" "$(sum bytes recvfrom)" "$sent"
	same "ends of file" "$(sum eof recvfrom)" "$connections"
	same "accepts" "$(sum ok accept4)" "$connections"
}

@test "Python, http.server: idle" {
	start_at_port python python3 -B "$SERVERS_OF/py/http_server.py" --port-file PORTFILE
	attach -p "$target" -d 300ms
	finish
	# Of the listener alone: a wait with a time limit.
	waits_as blocking poll
}

@test "Python, asyncio" {
	start_at_port python python3 -B "$SERVERS_OF/py/asyncio_streams.py" --port-file PORTFILE \
		--connections 10
	attach -p "$target"
	client --connections 10 --requests 30 --size 100
	finish
	reap_target
	is_called epoll-lt
	same "what it says" "$(<"$T/python.out")" "connections 10 bytes $((10 * 30 * 100))"
	same "bytes read" "$(sum bytes recvfrom)" $((10 * 30 * 100))
	same "reads" "$(sum ok recvfrom)" 300
	same "ends of file" "$(sum eof recvfrom)" 10
}

@test "Python, asyncio: idle" {
	start_at_port python python3 -B "$SERVERS_OF/py/asyncio_streams.py" --port-file PORTFILE
	attach -p "$target" -d 300ms
	finish
	waits_as epoll-lt epoll_wait
}

# --- Go

@test "Go, net/http" {
	needs go
	HOME=$T GOCACHE=$T/cache GOFLAGS=-p=1 go build -o "$T/http" "$SERVERS_OF/go/http.go"
	start_at_port go "$T/http" PORTFILE
	attach -p "$target" -d 300ms
	finish
	waits_as epoll-et 'epoll_p?wait'

	attach -p "$target"
	http_load 6 40 keep /
	wait_for 60 has_exactly "$target" 1
	finish INT
	# What wakes its poller comes through a pipe to itself, and has no vote.
	is_called epoll-et
	(($(sum ok read) >= requests && $(sum bytes read) >= sent))
	same "connections" "$(sum ok accept4)" 6
	# While a request is served, a read of 1 byte looks for the end: some ends are seen twice.
	(($(sum eof read) >= 6))
	same "what it says" "$(stats)" "requests $requests"
	same "errors" "$(sum error '.*')" 0
}
