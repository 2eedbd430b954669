#!/usr/bin/env bats
# dashboard.bats - what a real Prometheus answers to each query of the dashboard and of the rules, of a
# server, its clients, and a server that polls for nothing.
#
# What goes in: deploy/, iophase export, prometheus, workloads, root. What comes out: no query is
# wrong, and each has data, or is listed below with the reason why it has none.

load exporting
load helpers

DEPLOY=$HERE/../../deploy

setup() {
	live_setup
	command -v prometheus >/dev/null || skip "no prometheus"
}

teardown() {
	live_teardown
}

# Queries that have no data here, by what is in them, and why.
empty='iophase_lost_total nothing is lost
iophase_backlog_dropped_total no backlog is full
iophase_loop_lag_seconds turns of loops are not seen without hooks on system calls
iophase_services_refused_total)>0 there is room for all services
up{job="iophase"}==0 it answers
0.5*sum the server is quick to read
severity="problem" nobody has one'

# Whether a query may have no data: prints why.
why_empty() {
	local part reason

	while read -r part reason; do
		[[ ${1// /} != *"$part"* ]] || {
			echo "$reason"
			return 0
		}
	done <<<"$empty"
	return 1
}

# Asks Prometheus for an expression; false if it is wrong, "no data" on stdout if it has none.
answer() {
	curl -s --data-urlencode "query=$1" "http://127.0.0.1:$prometheus/api/v1/query" |
		jq -er 'select(.status == "success") | [.data.result[].value[1] | select(. != "NaN")] |
			if length > 0 then "data" else "no data" end'
}

# Whether it has a number for an expression.
has_data() {
	[[ $(answer "$1") == data ]]
}

# Whether all rules were evaluated, without an error.
rules_are_right() {
	curl -sf "http://127.0.0.1:$prometheus/api/v1/rules" >"$T/rules"
	jq -e '[.data.groups[].rules[]] | length > 0 and all(.health == "ok")' "$T/rules" >/dev/null
}

# Starts a Prometheus that scrapes $url each second, with the rules of deploy/; sets prometheus.
start_prometheus() {
	prometheus=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >"$T/prometheus.yml" <<-END
		global: {scrape_interval: 1s, evaluation_interval: 1s}
		rule_files: [$(realpath "$DEPLOY/prometheus/rules.yml")]
		scrape_configs:
		  - job_name: iophase
		    static_configs: [{targets: ["$(sed 's|http://||; s|/metrics||' <<<"$url")"]}]
	END
	start prometheus prometheus --config.file "$T/prometheus.yml" --storage.tsdb.path "$T/tsdb" \
		--web.listen-address "127.0.0.1:$prometheus"
	wait_for 60 has_data 'up{job="iophase"} == 1'
}

@test "dashboard: a real Prometheus has data for every panel and rule, or there is a reason" {
	local expression reason load

	start_server server_nonblocking
	start_server server_epoll --et
	begin -n 'server_*' -n load
	start_prometheus
	# Until the queries are through; bounded by its number of requests.
	start_client --connections 4 --requests 20000 --pause-us 2000
	load=$client_pid
	{
		"$DEPLOY/grafana/dashboard" --queries
		wait_for 60 rules_are_right
		jq -r '.data.groups[].rules[].query | gsub("\\s+"; " ")' "$T/rules"
		jq -r '.data.groups[].rules[] | select(.type == "recording") | .name' "$T/rules"
	} >"$T/queries"
	(($(wc -l <"$T/queries") >= 16 + 10 + 4))
	while read -r expression; do
		echo "$expression"
		answer "$expression"
		if reason=$(why_empty "$expression"); then
			echo "may be empty: $reason"
			continue
		fi
		wait_for 60 has_data "$expression"
	done <"$T/queries"
	kill -TERM "$load"
	finish INT
	# Nobody answers any more: the alert about that has its turn.
	wait_for 60 has_data 'up{job="iophase"} == 0'
}
