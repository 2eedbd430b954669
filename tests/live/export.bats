#!/usr/bin/env bats
# export.bats - metrics over HTTP and into a file: their numbers are those of the workload, also by way of
# a real Prometheus; forms, TLS and users; clients that mean no good.
#
# What goes in: iophase, the workloads, root; promtool and prometheus, curl, openssl. What comes out:
# asserted answers.

load helpers
load exporting
load servers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# Whether no process of the service is there any more.
nobody_is_left() {
	[[ $(scrape sum "$url" iophase_processes service=server_epoll) == 0 ]]
}

@test "export: the numbers are those of the workload, in both forms, and go on when it comes again" {
	local n

	begin -v -n 'server_epoll*'
	for n in 1 2; do
		start_server server_epoll --et
		wait_for 60 says "$target" joined
		client --connections 5 --requests 100
		scrape await "$url" 20 $((n * 500)) iophase_exchanges_total service=server_epoll role=server
		stop_target
	done
	[[ $(scrape sum "$url" iophase_calls_total service=server_epoll call=sendto outcome=ok) == 1000 ]]
	[[ $(scrape sum "$url" iophase_bytes_total service=server_epoll call=sendto) == 64000 ]]
	[[ $(scrape sum "$url" iophase_response_seconds_count service=server_epoll) == 1000 ]]
	# The metrics may be those of a second ago.
	wait_for 60 nobody_is_left
	scrape whole "$url"
	curl -sf "$url" >"$T/plain"
	promtool check metrics <"$T/plain"
	if has_exchanges; then
		# What no hook counts has no series, not 0.
		grep -q '^iophase_calls_total{.*call="recvfrom"' "$T/plain"
		grep -q '^iophase_thread_seconds_total{.*call="epoll_wait"' "$T/plain"
		refute grep -E '^iophase_(calls_total{.*call="(accept4|epoll_wait|epoll_ctl)"|loop_lag_seconds)' "$T/plain"
	fi
	curl -sf -H 'Accept: application/openmetrics-text; version=1.0.0' "$url" >"$T/open"
	[[ $(tail -n 1 "$T/open") == '# EOF' ]]
	grep -qx '# UNIT iophase_thread_seconds seconds' "$T/open"
	finish INT
	[[ ! -s $T/report ]]
}

@test "export: with hooks on system calls each call is counted, and turns of loops" {
	begin -v -n 'server_epoll*' --hooks syscalls
	start_server server_epoll
	wait_for 60 says "$target" joined
	client --connections 5 --requests 100
	scrape await "$url" 20 500 iophase_exchanges_total service=server_epoll role=server
	[[ $(scrape sum "$url" iophase_calls_total service=server_epoll call=accept4 outcome=ok) == 5 ]]
	(($(scrape sum "$url" iophase_loop_lag_seconds_count service=server_epoll) > 0))
	stop_target
	finish INT
	refute grep -q 'without hooks' "$T/err"
}

@test "export: what the threads' time comes to is their wall time" {
	local before after wall

	start_server server_epoll
	begin -p "$target"
	before=${EPOCHREALTIME/./}
	wall=$(scrape sum "$url" iophase_thread_seconds_total service=server_epoll)
	sleep 1.5
	wall=$(bc <<<"$(scrape sum "$url" iophase_thread_seconds_total service=server_epoll) - $wall")
	after=${EPOCHREALTIME/./}
	echo "$wall s of $((after - before)) us"
	# From the first answer to the second: at least what was slept, at most what passed around both.
	[[ $(bc <<<"$wall >= 1.5 && $wall <= ($after - $before) / 1000000 + 1.1") == 1 ]]
	finish TERM
}

@test "export: forms by what is asked for, methods, paths, compression" {
	start_server server_epoll
	begin -p "$target"
	curl -sf -o "$T/plain" -D "$T/head" "$url"
	grep -qi '^content-type: text/plain; version=0.0.4' "$T/head"
	curl -sf -H 'Accept: application/openmetrics-text; version="1.0.0"' -o "$T/open" -D "$T/head" "$url"
	grep -qi '^content-type: application/openmetrics-text' "$T/head"
	[[ $(tail -n 1 "$T/open") == '# EOF' ]]
	curl -sf --compressed -o "$T/unpacked" -D "$T/head" "$url"
	grep -qi '^content-encoding: gzip' "$T/head"
	grep -q '^iophase_build_info' "$T/unpacked"
	[[ $(curl -s -o "$T/out" -w '%{http_code}' -X POST -d x "$url") == 405 ]]
	[[ $(curl -s -o "$T/out" -w '%{http_code}' "${url%metrics}nothing") == 404 ]]
	[[ $(curl -s -o "$T/out" -w '%{http_code}' -I "$url") == 200 ]]
	[[ $(curl -sf "${url%metrics}-/healthy") == Healthy ]]
	[[ $(curl -sf --request-target http://any/-/healthy "$url") == Healthy ]]
	curl -sf "${url%metrics}" | grep -q 'href="metrics"'
	finish INT
}

@test "export: TLS and users by a file of configuration" {
	local hash i

	command -v openssl || skip "no openssl"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout "$T/key.pem" \
		-out "$T/cert.pem" -addext subjectAltName=IP:127.0.0.1 2>"$T/openssl.err"
	hash=$(python3 -W ignore -c 'import crypt; print(crypt.crypt("secret", "$2b$04$abcdefghijklmnopqrstuu"))')
	printf 'tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\nbasic_auth_users:\n  reader: "%s"\n' \
		"$hash" >"$T/web.yml"
	start_server server_epoll
	begin -p "$target" --web-config "$T/web.yml"
	[[ $url == https://* ]]
	asked() {
		curl -s --cacert "$T/cert.pem" -o "$T/out" -w '%{http_code}' "$@" "$url"
	}
	[[ $(asked) == 401 ]]
	[[ $(asked -u reader:wrong) == 401 ]]
	[[ $(asked -u other:secret) == 401 ]]
	[[ $(asked -u reader:secret) == 200 ]]
	grep -q '^iophase_build_info' "$T/out"
	# Behind a NUL byte there is more of a password.
	for i in '' x xy xyz; do
		[[ $(asked -H "Authorization: Basic $(printf 'reader:secret\0%s' "$i" | base64)") == 401 ]]
	done
	refute curl -s -o "$T/out" "http${url#https}"
	# Bytes that are no handshake, and many wrong passwords: who has the right one is let in.
	for _ in 1 2 3 4 5; do
		head -c 3000 /dev/urandom | (cat >"/dev/tcp/127.0.0.1/$(sed 's|.*:||; s|/.*||' <<<"$url")") || true
		[[ $(asked -u "reader:wrong$RANDOM") == 4[02][19] ]]
	done
	[[ $(asked -u reader:secret) == 200 ]]
	finish INT
	echo 'basic_auth_user:' >"$T/web.yml"
	run "$IOPHASE" export -p "$target" --listen 127.0.0.1:0 --web-config "$T/web.yml"
	[[ $status == 1 && $output == *web.yml:1:* ]]
	# A hash whose check would take a day: nobody would be answered for that long.
	printf 'basic_auth_users:\n  reader: "%s"\n' "${hash/04/31}" >"$T/web.yml"
	run timeout 20 "$IOPHASE" export -p "$target" --listen 127.0.0.1:0 --web-config "$T/web.yml"
	[[ $status == 1 && $output == *'web.yml:2: reader: the cost'*'from 4 to 16'* ]]
}

@test "export: slow, many and hostile clients do it no harm" {
	start_server server_epoll
	begin -p "$target"
	scrape rubbish "$url"
	scrape besieged "$url" 30
	client --connections 2 --requests 50
	scrape await "$url" 20 100 iophase_exchanges_total service=server_epoll
	finish INT
}

@test "export: beyond --max-series services are summed whole and counted, and no sum is short" {
	local n in

	# Of 40 names, all new at the first scrape, each answers five requests, and five more.
	start_server server_fork --names 40
	begin -n server_fork -f --max-series 1500
	for n in 1 2; do
		client --connections 40 --requests 5
		scrape await "$url" 20 $((n * 200)) iophase_exchanges_total role=server
		[[ $(scrape sum "$url" iophase_response_seconds_count role=server) == $((n * 200)) ]]
		[[ $(scrape sum "$url" iophase_service_seconds_bucket le=+Inf) == $((n * 200)) ]]
		[[ $(scrape sum "$url" iophase_bytes_total call=sendto) == $((n * 200 * 64)) ]]
		[[ $(scrape sum "$url" iophase_calls_total call=sendto outcome=ok) == $((n * 200)) ]]
		scrape apart "$url" 41 1500 >"$T/in.$n"
	done
	# Who is in stays.
	diff "$T/in.1" "$T/in.2"
	in=$(wc -l <"$T/in.1")
	((in > 0))
	finish INT
	grep -q -- '--max-series 1,500 has no room for further services' "$T/err"
	run "$IOPHASE" export -p "$target" --listen 127.0.0.1:0 --max-series 1499
	[[ $status == 2 && $output == *'from 1,500'* ]]
}

@test "export: where there is room for all services none is refused" {
	start_server server_fork --names 40
	begin -n server_fork -f
	client --connections 40 --requests 5
	scrape await "$url" 20 200 iophase_exchanges_total role=server
	[[ $(scrape apart "$url" 41 50000 | grep -c '^served') == 40 ]]
	[[ $(scrape sum "$url" iophase_services_refused_total) == 0 ]]
	finish INT
	refute grep -q 'no room' "$T/err"
}

@test "export: a port that is taken, an address that is none" {
	start_server server_epoll
	begin -p "$target"
	run "$IOPHASE" export -p "$target" --listen "$(sed 's|http://||; s|/metrics||' <<<"$url")"
	[[ $status == 1 && $output == *'in use'* ]]
	for wrong in nowhere 127.0.0.1: 127.0.0.1:65536 127.0.0.1:http 1:2:3; do
		run "$IOPHASE" export -p "$target" --listen "$wrong"
		[[ $status == 2 && $output == *'not an address and a port'* ]]
	done
	run "$IOPHASE" -p "$target" --listen 127.0.0.1:0
	[[ $status == 2 ]]
	finish INT
}

@test "openmetrics: a file is whole at any time, and its numbers are the workload's" {
	local looks=0

	start_server server_epoll
	attach_only -q -i 100ms -o "openmetrics:$T/iophase.prom" -p "$target"
	start_client --connections 4 --requests 200 --pause-us 2000
	while ! has_ended "$client_pid"; do
		[[ ! -s $T/iophase.prom ]] || [[ $(tail -n 1 "$T/iophase.prom") == '# EOF' ]]
		looks=$((looks + 1))
	done
	echo "$looks looks"
	reap "$client_pid"
	finish INT
	scrape whole "$T/iophase.prom"
	[[ $(scrape sum "$T/iophase.prom" iophase_exchanges_total) == 800 ]]
	[[ $(stat -c %a "$T/iophase.prom") == "$(printf '%o' $((0666 & ~$(umask))))" ]]
	[[ $(find "$T" -name '.iophase-*') == '' ]]
}

@test "openmetrics: a file has a bound of series, too, and no sum is short" {
	start_server server_fork --names 40
	attach_only -q -i 100ms -n server_fork -f --max-series 1500 -o "openmetrics:$T/iophase.prom"
	client --connections 40 --requests 5
	finish INT
	[[ $(scrape sum "$T/iophase.prom" iophase_exchanges_total role=server) == 200 ]]
	[[ $(scrape sum "$T/iophase.prom" iophase_response_seconds_count role=server) == 200 ]]
	scrape apart "$T/iophase.prom" 41 1500
}

# What Prometheus has of an expression: query EXPRESSION.
query() {
	curl -sf --data-urlencode "query=$1" "http://127.0.0.1:$prometheus/api/v1/query" |
		jq -r '.data.result[0].value[1] // "none"'
}

# Whether Prometheus has a value of an expression: answers VALUE EXPRESSION.
answers() {
	[[ $(query "$2") == "$1" ]]
}

@test "export: a real Prometheus has the workload's own counts, over a restart of the service" {
	local n

	command -v prometheus || skip "no prometheus"
	begin -v -n 'server_epoll*'
	prometheus=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >"$T/prometheus.yml" <<-END
		global: {scrape_interval: 1s}
		scrape_configs:
		  - job_name: iophase
		    static_configs: [{targets: ["$(sed 's|http://||; s|/metrics||' <<<"$url")"]}]
	END
	promtool check config "$T/prometheus.yml"
	start prometheus prometheus --config.file "$T/prometheus.yml" --storage.tsdb.path "$T/tsdb" \
		--web.listen-address "127.0.0.1:$prometheus"
	wait_for 60 answers 1 'up{job="iophase"}'
	for n in 1 2; do
		start_server server_epoll --et
		wait_for 60 says "$target" joined
		client --connections 5 --requests 100
		wait_for 60 answers $((n * 500)) 'iophase_exchanges_total{service="server_epoll",role="server"}'
		stop_target
	done
	answers 1000 'sum(iophase_response_seconds_bucket{service="server_epoll",le="+Inf"})'
	wait_for 60 answers 1000 'iophase_calls_total{service="server_epoll",call="recvfrom",outcome="ok"}'
	answers 64000 'iophase_bytes_total{service="server_epoll",call="sendto"}'
	finish INT
}
