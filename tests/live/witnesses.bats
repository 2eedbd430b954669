#!/usr/bin/env bats
# witnesses.bats - servers that measure themselves, and their clients, agree with the connection's clock:
# nginx's access log, HAProxy's timers, redis's commandstats, wrk (PostgreSQL, pgbench: postgresql.bats).
#
# What goes in: those that are installed, each with a configuration of its own; witnesses.py. Needs root,
# BTF and Linux 6.3.

load helpers
load servers
load programs
load witnesses

setup() {
	live_setup
	need_exchanges
}

teardown() {
	live_teardown
}

# Starts the backend. Sets backend, its port.
start_backend() {
	start_beside backend python3 -B "$HERE/witnesses.py" backend "$T/backend" "$T/had"
	wait_file "$T/backend"
	backend=$(<"$T/backend")
}

# Starts an nginx with one worker, in a folder of its own; on stdin what its http has. Sets target,
# the master, and worker.
start_nginx() {
	mkdir "$T/nginx"
	{
		printf '%s\n' 'daemon off;' 'user root;' 'worker_processes 1;' 'pid pid;' \
			'error_log error.log;' 'events { }' 'http {'
		cat
		echo '}'
	} >"$T/nginx/conf"
	start nginx "$(command -v nginx)" -p "$T/nginx" -c conf -e error.log
	wait_for 60 has_worker
}

@test "witnesses: nginx's request_time and upstream_response_time" {
	local worker asked upstream

	needs nginx
	start_backend
	port=$(free_port)
	start_nginx <<-END
		log_format times '\$request_time \$upstream_response_time';
		access_log access.log times;
		client_body_temp_path body;
		proxy_temp_path proxy;
		fastcgi_temp_path fastcgi;
		uwsgi_temp_path uwsgi;
		scgi_temp_path scgi;
		server {
			listen 127.0.0.1:$port;
			location / {
				proxy_pass http://127.0.0.1:$backend;
			}
		}
	END
	witnessed http "$worker" -p "$worker"
	wait_for 60 has_lines "$T/nginx/access.log" . "$REQUESTS"
	cat "$T/nginx/access.log"
	# Its clock stands still while it works; it is set after each wait, so after the data were ready.
	at_most "request_time, and the response" \
		"$(less_resolution "$(sum_of "$T/nginx/access.log" $((1000 * MS)) 1)" $MS)" "$response"
	asked=$(exchange asked_ns client)
	same "asked" "$(exchange exchanges client)" "$REQUESTS"
	at_most "what the backend took, and what was asked" "$(<"$T/had")" "$asked"
	upstream=$(sum_of "$T/nginx/access.log" $((1000 * MS)) 2)
	at_most "what was asked, and upstream_response_time" "$asked" $((upstream + REQUESTS * MS))
	at_most "what was asked, and the response" "$asked" "$response"
}

# Whether the master has its worker; sets worker.
has_worker() {
	worker=$(tr -d ' ' <"/proc/$target/task/$target/children") && [[ $worker ]] &&
		grep -q '^State:.S' "/proc/$worker/status"
}

@test "witnesses: HAProxy's timers" {
	local asked

	needs haproxy
	start_backend
	port=$(free_port)
	cat >"$T/haproxy" <<-END
		global
			nbthread 1
			log stdout format raw local0
		defaults
			mode http
			log global
			log-format "%ST %TR %Tw %Tc %Tr"
			timeout connect 60s
			timeout client 60s
			timeout server 60s
		listen all
			bind 127.0.0.1:$port
			server backend 127.0.0.1:$backend
	END
	start haproxy "$(command -v haproxy)" -db -f "$T/haproxy"
	wait_for 60 listens
	witnessed http "$target" -p "$target"
	wait_for 60 has_lines "$T/haproxy.out" '^200 ' "$REQUESTS"
	grep '^200 ' "$T/haproxy.out" | tee "$T/times"
	# From the first byte until the answer's head is there.
	at_most "its times, and the response" \
		"$(less_resolution "$(sum_of "$T/times" $MS 2 3 4 5)" $MS)" "$response"
	asked=$(exchange asked_ns client)
	same "asked" "$(exchange exchanges client)" "$REQUESTS"
	at_most "what the backend took, and what was asked" "$(<"$T/had")" "$asked"
	at_most "what was asked, and the response" "$asked" "$response"
}

# Whether somebody listens on the port.
listens() {
	(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}

@test "witnesses: redis's commandstats" {
	local usec calls

	needs redis-server redis-cli
	port=$(free_port)
	start redis "$(command -v redis-server)" --bind 127.0.0.1 --port "$port" --dir "$T" \
		--save "" --appendonly no --daemonize no --io-threads 1
	wait_for 60 listens
	witnessed redis 0 -p "$target"
	IFS='=,' read -r _ calls _ usec _ < <(redis-cli -p "$port" info commandstats | grep '^cmdstat_eval:')
	same "calls" "$calls" "$REQUESTS"
	at_most "its usec, and the service" "$(less_resolution $((usec * US)) $US)" "$service"
	at_most "its usec" 1 "$usec"
}

@test "witnesses: wrk's requests, and the time that it took" {
	local worker count p50 unit ours

	needs nginx wrk
	port=$(free_port)
	start_nginx <<-END
		access_log off;
		keepalive_requests 10000000;
		server {
			listen 127.0.0.1:$port;
			return 200 "ok";
		}
	END
	# shellcheck disable=SC2016 # the inner shell's
	start_beside wrk sh -c 'until [ -e "$0" ]; do sleep 0.02; done; exec "$@"' "$T/gate" \
		wrk -t 1 -c 1 -d 1s --latency "http://127.0.0.1:$port/"
	# shellcheck disable=SC2154 # start_beside sets it
	attach -o "csv-exchanges:$T/exchanges" -p "$worker,$beside"
	: >"$T/gate"
	reap "$beside"
	finish INT
	grep -q '^Lost nothing' "$T/report"
	cat "$T/wrk.out"
	# It leaves the last one unanswered.
	read -r count p50 < <(awk '
		/requests in/ { count = $1 }
		$1 == "50%" { p50 = $2 }
		END { print count, p50 }' "$T/wrk.out")
	at_most "requests" "$count" "$(exchange exchanges client)"
	at_most "exchanges" "$(exchange exchanges)" $((count + 1))
	at_most "exchanges asked" "$(exchange exchanges client)" "$(exchange exchanges)"
	[[ $p50 =~ ^([0-9]+)[.]([0-9][0-9])(us|ms|s)$ ]]
	p50=$((10#${BASH_REMATCH[1]}${BASH_REMATCH[2]}))
	case ${BASH_REMATCH[3]} in
	us) unit=$US ;;
	ms) unit=$MS ;;
	s) unit=$((1000 * MS)) ;;
	esac
	ours=$(exchange response_p50_ns)
	# Of ours, what a bucket is wide; of its own, a hundredth of the unit that it says it in, and a
	# microsecond, in which it counts.
	at_most "median response, and wrk's median latency" $((ours - ours / 16)) \
		$(((p50 + 1) * unit / 100 + US))
}
