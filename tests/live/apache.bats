#!/usr/bin/env bats
# apache.bats - a real server under a real load: Apache httpd, with the event MPM (a listener with
# epoll hands connections to worker threads) and with the prefork MPM (a process per connection, which
# polls). The load says how many requests and bytes there were, Apache's access log what it has answered.
#
# What goes in: apache2 (the package apache2-bin is enough) with a configuration of its own,
# http_load.py. Nothing of the system's apache is touched. Needs root and BTF.

load helpers
load servers
load programs

setup() {
	live_setup
	needs apache2 python3
	modules=/usr/lib/apache2/modules
}

teardown() {
	live_teardown
}

# Writes the configuration of a private Apache in $T/apache, for one of the MPMs.
configure() {
	mkdir -p "$T/apache/html"
	chmod 755 "$T/apache" "$T/apache/html"
	let_in "$T"
	head -c 1000 /dev/zero >"$T/apache/html/small.txt"
	cat >"$T/apache/httpd.conf" <<-END
		ServerRoot $T/apache
		ServerName localhost
		Listen 127.0.0.1:$port
		PidFile $T/apache/pid
		DefaultRuntimeDir $T/apache
		ErrorLog $T/apache/error.log
		User nobody
		Group nogroup
		LoadModule mpm_$1_module $modules/mod_mpm_$1.so
		LoadModule authz_core_module $modules/mod_authz_core.so
		LogFormat "%O %s" sizes
		CustomLog $T/apache/access.log sizes
		DocumentRoot $T/apache/html
		KeepAlive On
		MaxKeepAliveRequests 0
		KeepAliveTimeout 20
		StartServers $2
		ServerLimit $2
		MinSpare$3 $4
		MaxSpare$3 $4
		MaxRequestWorkers $4
		$5
	END
}

# Starts Apache. Sets target (the parent), children and port: start_apache MPM.
start_apache() {
	port=$(free_port)
	case $1 in
	event) configure event 1 Threads 8 "ThreadsPerChild 8" ;;
	prefork) configure prefork 4 Servers 4 "" ;;
	esac
	start apache setsid "$(command -v apache2)" -f "$T/apache/httpd.conf" -DFOREGROUND
	wait_for 60 answers
	wait_for 60 logged 1
	: >"$T/apache/access.log"
	mapfile -t children < <(tr ' ' '\n' <"/proc/$target/task/$target/children" | grep .)
}

# Whether it answers.
answers() {
	python3 -B "$HERE/http_load.py" "$port" 1 1 close /small.txt >/dev/null 2>&1
}

# Whether the access log has N lines.
logged() {
	(($(wc -l <"$T/apache/access.log") == $1))
}

# The bytes of the answers, by the access log. (Its bytes of requests are no witness: mod_logio counts
# the byte by which Apache looks whether the next request is there already, and then once more.)
answered_bytes() {
	awk '{ total += $1 } END { printf "%.0f\n", total }' "$T/apache/access.log"
}

# The different pids with reads of requests.
readers() {
	rows_where pid 'c["call"] == "read" && c["ok"] > 0'
}

# Asserts that what iophase counted is what the load did and what Apache logged. Beside requests a
# child reads what its threads write into a pipe to wake its listener.
agrees_with_the_log() {
	same "accepts" "$(sum ok accept4)" "$connections"
	same "bytes read" "$(sum bytes read)" $((sent + $(sum bytes write)))
	same "bytes written" "$(sum bytes 'writev|sendfile')" "$(answered_bytes)"
	same "reads by other calls" "$(sum calls 'recv.*|readv|preadv2')" 0
	same "errors" "$(sum error '.*')" 0
	(($(sum ok read) >= requests && $(sum eof read) >= connections))
}

@test "event MPM: a listener with epoll hands connections to workers" {
	start_apache event
	attach -f -p "$target"
	http_load 6 40 slow /small.txt
	wait_for 60 logged "$requests"
	wait_for 60 has_exactly "${children[0]}" 1
	finish INT
	agrees_with_the_log
	same "readers" "$(readers)" "${children[0]}"
	is_mostly epoll-lt "${children[0]}"
	# All are taken out of the epoll set before they are read.
	(($(sum ok epoll_ctl) > requests))
}

@test "event MPM, in the middle of a load, thread by thread" {
	local model

	start_apache event
	start_beside load python3 -B "$HERE/http_load.py" "$port" 4 0 slow /small.txt
	wait_for 60 is_busy
	attach -t -p "${children[0]}" -d 700ms
	finish
	model=$(rows_where model 'c["call"] == "read" && c["ok"] > 1')
	same "model of the threads that read" "$model" epoll-lt
	(($(rows_where tid 'c["call"] == "read" && c["ok"] > 1' | wc -l) > 1))
}

# Whether many requests have been answered.
is_busy() {
	(($(wc -l <"$T/apache/access.log") > 50))
}

@test "prefork MPM: a process per connection, which polls its one socket for a time limit" {
	local pid

	start_apache prefork
	attach -f -p "$target"
	http_load 3 40 slow /small.txt
	wait_for 60 logged "$requests"
	finish INT
	agrees_with_the_log
	same "reads" "$(sum ok read)" "$requests"
	for pid in $(readers); do
		is_mostly blocking "$pid"
		headline "$pid" | grep -q '; poll of one descriptor, then read: '
	done
	(($(sum ok poll) > requests / 2))
}

@test "prefork MPM, idle" {
	local pid

	start_apache prefork
	attach -f -p "$target" -d 300ms
	finish
	for pid in "${children[@]}"; do
		waits_as blocking accept4 "$pid"
	done
	# The parent looks after its children once a second; it sleeps in a select without descriptors.
	waits_as select p?select6?
}

@test "event MPM, idle" {
	start_apache event
	attach -t -p "${children[0]}" -d 300ms
	finish
	# The first thread waits for the parent's word, the listener for events, the workers for work.
	same "model of the first thread" "$(models_of "${children[0]}" "${children[0]}")" blocking
	same "model of the listener" "$(rows_where model 'c["call"] == "epoll_wait"')" epoll-lt
	same "the others" "$(rows_where model 'c["inflight"] == 0 && c["call"] != "app"')" ""
}
