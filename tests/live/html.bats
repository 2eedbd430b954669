#!/usr/bin/env bats
# html.bats - the page of -o html:FILE says what was measured, also of who has ended and from a
# recording; and in a real browser it is whole, asks nobody for anything and runs nothing of others.
#
# What goes in: iophase, a server and clients, root; for what a browser shows a Chromium and a recording
# of names that would be markup. What comes out: asserted numbers; what browser.py finds.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# The data of a page: data_of PAGE.
data_of() {
	python3 -c '
import re, sys
print(re.search(r"<script type=\"application/json\" id=\"data\">(.*?)</script>", open(sys.argv[1]).read(), re.S)[1])' "$1"
}

# Of each track the columns of the whole time, and the sums of those of its slots, as an object each.
readonly sums='.series | .columns as $names | .tracks[] | {pid, sum,
	whole: (.whole.row // [] | with_entries(.key = $names[.key])),
	sums: ([.cells[] | values | .row] | transpose | map(add) | with_entries(.key = $names[.key]))}'

@test "html: the page has what was measured, over time and whole, and so from a recording" {
	start_gated_server server_epoll --connections 4
	attach_only -q -i 0.1 -s -o "html:$T/page.html" -o "json:$T/run.ndjson" -p "$target"
	open_gate
	client --connections 4 --requests 100
	reap_target
	finish
	data_of "$T/page.html" >"$T/data"
	# The clients say how many; slots and the whole say the same.
	jq -c "$sums" "$T/data" >"$T/sums"
	jq -e '.whole.answered == 400 and .sums.answered == 400 and .whole.service_ns == .sums.service_ns' "$T/sums"
	# The phases of the recording, call by call, are those of the page.
	jq -s -e --slurpfile page "$T/sums" '[.[] | select(.type == "total_process") | .calls[] | select(.class != "app")] |
		(map(.copy_ns) | add) == $page[0].whole.io_copy_ns and (map(.cpu_ns) | add) == $page[0].whole.io_cpu_ns' "$T/run.ndjson"
	jq -s -e --slurpfile page "$T/data" '[.[] | select(.type == "total_process")][0].exchanges[0].response_p99_ns as $p99 |
		$page[0].series | .tracks[0].whole.row[.columns | index("response_p99_ns")] == $p99' "$T/run.ndjson"
	"$IOPHASE" report -q -s -o "html:$T/again.html" "$T/run.ndjson"
	cmp "$T/page.html" "$T/again.html"
}

@test "html: who has ended before the end is in it" {
	"$IOPHASE" -q -i 0.1 -o "html:$T/page.html" -- sh -c 'echo "$$" >"$0/pid"; sleep 0.3 | cat; sleep 0.5' "$T"
	data_of "$T/page.html" >"$T/data"
	jq -e '[.processes[] | select(.comm == "cat" and .whole and .io_calls > 0)] | length == 1' "$T/data"
	jq -e --argjson pid "$(<"$T/pid")" '[.processes[] | select(.pid == $pid)] | length == 1' "$T/data"
}

@test "html: in a browser it is whole, and nothing in it is anybody else's" {
	local browser

	browser=$(type -P chromium || type -P chromium-browser || type -P google-chrome) || skip "no chromium"
	"$IOPHASE" report -q -o "html:$T/markup.html" "$HERE/../golden/expected/markup.ndjson"
	python3 -B "$HERE/browser.py" "$browser" "$T/markup.html"
	# The test is worth something: a script, an image from elsewhere, a number that is none.
	sed 's|</main>|<img src="http://127.0.0.1:9/x" alt=""><script>pwned = 1</script>&|' "$T/markup.html" >"$T/bad.html"
	run python3 -B "$HERE/browser.py" "$browser" "$T/bad.html" --brief
	((status == 1))
	[[ $output == *"an element that no page of ours has"* && $output == *"log: error"*"Content Security Policy"* ]]
}
