# exporting.bash - what tests of metrics share: iophase export at a free port, and what it tells.
#
# What goes in: helpers.bash, scrape.py. What comes out: tracer and url, set.

# Looks at metrics: scrape COMMAND ARGUMENT...; see scrape.py.
scrape() {
	python3 -B "$HERE/scrape.py" "$@"
}

# Whether iophase has said where its metrics are, or has ended.
serves_or_ended() {
	grep -q 'metrics at ' "$T/err" || has_ended "$tracer"
}

# Waits for the export that was just started in the background, its messages in $T/err; sets tracer
# and url.
await_url() {
	tracer=$!
	STARTED+=("$tracer")
	wait_for 60 serves_or_ended
	url=$(sed -n 's/.*metrics at //p' "$T/err")
	[[ $url == http*://127.0.0.1:*/metrics ]]
}

# Starts iophase export OPTION... at a free port; sets tracer and url.
begin() {
	: >"$T/err"
	"$IOPHASE" export --listen 127.0.0.1:0 "$@" >"$T/report" 2>"$T/err" 3>&- </dev/null &
	await_url
}
