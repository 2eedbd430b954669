#!/usr/bin/env bats
# nginx.bats - a real server under a real load: nginx, a master and two workers, edge-triggered. Its
# access log says how many requests and bytes there were; strace -c is the second witness.
#
# What goes in: nginx (any package) with a prefix of its own, http_load.py. Nothing of the system's
# nginx is touched. Needs root and BTF.

load helpers
load servers

setup() {
	live_setup
	PATH=$PATH:/usr/sbin
	command -v nginx >/dev/null || skip "nginx is not installed"
	start_nginx
}

teardown() {
	live_teardown
}

# Writes the configuration of a private nginx in $T/nginx.
configure() {
	mkdir -p "$T/nginx/html" "$T/nginx/tmp"
	chmod 755 "$T" "$T/nginx" "$T/nginx/html"
	chmod 777 "$T/nginx/tmp"
	head -c 300000 /dev/zero >"$T/nginx/html/big.bin"
	echo "hello" >"$T/nginx/html/small.txt"
	cat >"$T/nginx/nginx.conf" <<-END
		daemon off;
		user root;
		worker_processes 2;
		pid nginx.pid;
		error_log error.log;
		events {
			worker_connections 256;
		}
		http {
			log_format sizes '\$request_length \$bytes_sent';
			access_log access.log sizes;
			client_body_temp_path tmp/body;
			proxy_temp_path tmp/proxy;
			fastcgi_temp_path tmp/fastcgi;
			uwsgi_temp_path tmp/uwsgi;
			scgi_temp_path tmp/scgi;
			sendfile on;
			keepalive_requests 1000000;
			server {
				listen 127.0.0.1:$port;
				root html;
			}
		}
	END
}

# Whether the master has its two workers and they answer.
nginx_is_up() {
	mapfile -t workers < <(tr ' ' '\n' <"/proc/$target/task/$target/children" | grep .)
	((${#workers[@]} == 2)) && grep -q '^State:.S' "/proc/${workers[0]}/status" &&
		grep -q '^State:.S' "/proc/${workers[1]}/status" &&
		python3 -B "$HERE/http_load.py" "$port" 1 1 close /small.txt >/dev/null 2>&1
}

# Starts nginx. Sets target (the master), workers and port.
start_nginx() {
	port=$(free_port)
	configure
	start nginx "$(command -v nginx)" -p "$T/nginx" -c nginx.conf -e error.log
	wait_for 60 nginx_is_up
	wait_for 60 logged 1
	: >"$T/nginx/access.log"
	# The connection of the first request may take a moment to be closed.
	wait_for 60 has_no_connections
}

# The sockets that a worker has when it is idle: the listener, its channel from the master, and that
# to the other worker.
OWN_SOCKETS=3

# Whether a worker has an open connection.
has_connection() {
	has_sockets "$1" $((OWN_SOCKETS + 1))
}

# Whether no worker has an open connection.
has_no_connections() {
	local worker

	for worker in "${workers[@]}"; do
		! has_connection "$worker" || return 1
	done
}

# Whether the access log has N lines.
logged() {
	(($(wc -l <"$T/nginx/access.log") == $1))
}

# A sum over the access log: of the requests' bytes (1) or the answers' (2).
log_sum() {
	awk -v field="$1" '{ total += $field } END { printf "%.0f\n", total }' "$T/nginx/access.log"
}

# Makes requests until all are answered and logged. Sets requests and connections.
# load_nginx CONNECTIONS REQUESTS keep|close PATH...
load_nginx() {
	local said

	said=$(python3 -B "$HERE/http_load.py" "$port" "$@")
	echo "$said"
	connections=${said#connections=}
	connections=${connections%% *}
	requests=$(($1 * $2))
	wait_for 60 logged "$requests"
}

# Asserts that the books of the workers agree with the load and with nginx's own log.
agrees_with_the_log() {
	local worker judged=0

	for worker in "${workers[@]}"; do
		# One that got no connection is judged by what it waits for: the listener, level-triggered.
		(($(sum ok recvfrom "$worker") > 0)) || continue
		is_called epoll-et "$worker"
		judged=$((judged + 1))
	done
	((judged > 0))
	same "accepts" "$(sum ok accept4)" "$connections"
	same "reads" "$(sum ok recvfrom)" "$requests"
	same "bytes read" "$(sum bytes recvfrom)" "$(log_sum 1)"
	same "bytes written" "$(sum bytes 'writev|sendfile')" "$(log_sum 2)"
	same "reads by other calls" "$(sum calls 'read|readv|preadv2|recvmsg')" 0
	same "errors" "$(sum error '.*')" 0
	same "model of the master" "$(models_of "$target")" idle
	! has_exchanges || same "exchanges" "$(exchange exchanges)" "$requests"
}

@test "keep-alive connections, a small and a large file, from the master's pid" {
	attach -f -p "$target" -o "csv-exchanges:$T/exchanges"
	load_nginx 6 60 keep /small.txt /big.bin
	# The clients have closed: nginx has read, or will, an end of file from each.
	wait_for 60 has_no_connections
	finish INT
	agrees_with_the_log
	same "ends of file" "$(sum eof recvfrom)" "$connections"
	(($(sum bytes sendfile) >= 6 * 30 * 300000))
	finds_nothing
}

@test "a connection per request" {
	attach -f -p "$target" -o "csv-exchanges:$T/exchanges"
	load_nginx 3 50 close /small.txt /small.txt /big.bin
	finish INT
	agrees_with_the_log
	same "connections" "$connections" 150
	finds_nothing
}

@test "a busy worker, attached to in the middle of the load" {
	local worker busy=0

	start_beside load python3 -B "$HERE/http_load.py" "$port" 4 0 keep /small.txt /big.bin
	wait_for 60 is_busy
	for worker in "${workers[@]}"; do
		has_connection "$worker" || continue
		busy=$((busy + 1))
		attach -p "$worker" -d 500ms
		finish
		is_called epoll-et "$worker"
		(($(sum ok recvfrom) > 0))
		(($(sum bytes writev) > 0))
	done
	((busy > 0))
}

# Whether many requests have been answered.
is_busy() {
	(($(wc -l <"$T/nginx/access.log") > 50))
}

@test "counts call by call, with strace -c beside" {
	local call

	command -v strace >/dev/null || skip "strace is not installed"
	start_beside strace strace -f -c -o "$T/strace" -p "${workers[0]}" -p "${workers[1]}"
	wait_for 60 is_attached
	attach -p "${workers[0]},${workers[1]}"
	load_nginx 4 40 keep /small.txt /big.bin
	wait_for 60 has_no_connections
	finish INT
	kill -INT "$beside"
	reap "$beside"
	cat "$T/strace"
	for call in accept4 recvfrom writev sendfile epoll_wait epoll_ctl; do
		same "$call" "$(sum calls "$call")" "$(strace_count "$call")"
	done
}

# Whether strace has attached to both workers.
is_attached() {
	(($(grep -c attached "$T/strace.err") == 2))
}

# The number of calls that strace -c counted.
strace_count() {
	awk -v call="$1" '$NF == call { n += $4 } END { print n + 0 }' "$T/strace"
}

# Serves some connections by one worker, while the other one is stopped.
serve_by() {
	local other=${workers[0]}

	[[ $1 != "$other" ]] || other=${workers[1]}
	kill -STOP "$other"
	wait_for 60 grep -q '^State:.T' "/proc/$other/status"
	python3 -B "$HERE/http_load.py" "$port" 3 5 keep /small.txt
	kill -CONT "$other"
}

@test "the shape: pre-forked workers, each an event loop" {
	local worker

	attach -f -p "$target"
	for worker in "${workers[@]}"; do
		serve_by "$worker"
	done
	finish INT
	same "shape of the master" "$(csvsum values "$T/csv" shape "pid=$target")" prefork
	grep -F ' shape: pre-forked workers, 2 processes, each an event loop' "$T/report"
	for worker in "${workers[@]}"; do
		same "shape of a worker" "$(csvsum values "$T/csv" shape "pid=$worker")" event-loop
	done
	same "workers in the report" "$(grep -c '  shape: event loop, 1 loop$' "$T/report")" 2
}
