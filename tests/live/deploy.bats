#!/usr/bin/env bats
# deploy.bats - what deploy/ has for others to read is well-formed and of this program.
#
# What goes in: deploy/; promtool, python3. What comes out: verdicts of those who read such files.

load helpers

DEPLOY=$HERE/../../deploy

setup() {
	T=$BATS_TEST_TMPDIR
}

@test "deploy: the rules are right, by promtool, and do what they say" {
	command -v promtool || skip "no promtool"
	promtool check rules "$DEPLOY/prometheus/rules.yml"
	cd "$DEPLOY/prometheus"
	promtool test rules rules_test.yml
}

@test "deploy: the dashboard is what its table says, and asks for metrics that there are" {
	local metric

	"$DEPLOY/grafana/dashboard" | diff - "$DEPLOY/grafana/iophase.json"
	for metric in $({
		"$DEPLOY/grafana/dashboard" --queries
		cat "$DEPLOY/prometheus/rules.yml"
	} | grep -oE '\biophase_[a-z_]+' | grep -vE '^iophase_(exchanges|response_seconds|thread_seconds|queueing_cause_seconds)$' | sort -u); do
		echo "$metric"
		grep -q "\"$(sed -E 's/_(total|bucket|sum|count)$//' <<<"$metric")\"" \
			"$HERE/../../user/sinks/metrics.c"
	done
}

@test "deploy: service, image and pods run the same command with the same capabilities" {
	local file name

	for file in "$DEPLOY/iophase.service" "$DEPLOY/Dockerfile" "$DEPLOY/kubernetes/daemonset.yaml"; do
		for name in BPF PERFMON SYS_PTRACE DAC_READ_SEARCH export; do
			grep -q "$name" "$file"
		done
	done
	grep -q "newTag: $("$IOPHASE" --version | sed 's/iophase //')" "$DEPLOY/kubernetes/kustomization.yaml"
}

@test "deploy: as the service is started: a user without rights but four capabilities" {
	live_setup
	start_server server_epoll
	: >"$T/err"
	setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs \
		--inh-caps=-all,+bpf,+perfmon,+sys_ptrace,+dac_read_search \
		--ambient-caps=-all,+bpf,+perfmon,+sys_ptrace,+dac_read_search \
		--bounding-set=-all,+bpf,+perfmon,+sys_ptrace,+dac_read_search \
		"$IOPHASE" export --listen 127.0.0.1:0 >"$T/report" 2>"$T/err" 3>&- </dev/null &
	tracer=$!
	STARTED+=("$tracer")
	wait_for 60 grep -q 'metrics at ' "$T/err"
	client --connections 2 --requests 50
	wait_for 60 counted 100
	finish TERM
	live_teardown
}

# Whether the service has answered so many requests, as the metrics say.
counted() {
	[[ $(python3 -B "$HERE/scrape.py" sum "$(sed -n 's/.*metrics at //p' "$T/err")" \
		iophase_exchanges_total service=server_epoll role=server) == "$1" ]]
}
