#!/usr/bin/env bats
# json.bats - what -o json:FILE writes is of the schema, says what the CSVs say, and is reported again
# byte for byte; what is no recording is refused by one line.
#
# What goes in: iophase, the workloads, root; a python3 that has the module jsonschema. What comes out:
# asserted files.

load helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# The python3 that has the module of the schema's validator.
validator() {
	local python

	for python in python3 /usr/bin/python3; do
		"$python" -c 'from jsonschema import Draft202012Validator' 2>/dev/null || continue
		echo "$python"
		return 0
	done
	return 1
}

# The outputs of all kinds, into files that begin with NAME: outputs_into NAME.
outputs_into() {
	local kind

	echo "-o"
	echo "json:$1.ndjson"
	echo "-o"
	echo "text:$1.txt"
	for kind in csv csv-processes csv-exchanges csv-connections csv-findings; do
		echo "-o"
		echo "$kind:$1.$kind"
	done
}

# Records a server under load with the options given, in all kinds: record NAME OPTION...
record() {
	local name=$1 outputs

	shift
	mapfile -t outputs < <(outputs_into "$T/$name")
	start_server server_pool --threads 3 --connections 8
	attach_only -q "${outputs[@]}" -p "$target" "$@"
	client --connections 8 --requests 40 --pause-us 5000
	reap_target
	finish
}

# Holds all CSVs against the recording: cells_agree NAME.
cells_agree() {
	local kind

	"$IOPHASE" schema >"$T/schema"
	for kind in csv csv-processes csv-exchanges csv-connections csv-findings; do
		python3 -B "$HERE/jsonkit.py" cells "$T/$1.ndjson" "$kind" "$T/$1.$kind" "$T/schema"
	done
}

# Reports NAME again as AGAIN with the options given, without rights: report_again NAME AGAIN OPTION...
report_again() {
	local name=$1 again=$2 outputs

	shift 2
	mapfile -t outputs < <(outputs_into "$T/there/$again")
	mkdir -p "$T/there"
	chmod 711 "$BATS_RUN_TMPDIR" "$T"
	cp "$IOPHASE" "$T/there/iophase"
	chown -R nobody "$T/there"
	# Nobody may look into the folders above: the program and the file are handed over.
	(cd "$T/there" && setpriv --reuid nobody --clear-groups --inh-caps=-all \
		./iophase report "$@" -q "${outputs[@]//"$T/there/"/}" - <"$T/$name.ndjson")
}

# Whether what was reported again is what was: same_as NAME AGAIN.
same_as() {
	local kind

	for kind in ndjson txt csv csv-processes csv-exchanges csv-connections csv-findings; do
		cmp "$T/$1.$kind" "$T/there/$2.$kind"
	done
}

# Runs iophase report, and expects exit code 1 and one line that matches: refuses PATTERN FILE
refuses() {
	code=0
	"$IOPHASE" report "$2" >"$T/refused.out" 2>"$T/refused.err" || code=$?
	[[ $code == 1 && ! -s $T/refused.out && $(wc -l <"$T/refused.err") == 1 ]] &&
		grep -qE "$1" "$T/refused.err"
}

@test "json: each line is of the schema, with intervals, threads and connections" {
	local python

	python=$(validator) || skip "no python3 has the module jsonschema"
	record all -t -s 3 -i 200ms
	"$IOPHASE" schema >"$T/schema"
	(($("$python" -B "$HERE/jsonkit.py" validate "$T/schema" "$T/all.ndjson") >= 5))
	# What is in no table is refused: the schema cannot lag behind what is written.
	sed 's/"type":"process"/&,"news":1/' "$T/all.ndjson" >"$T/news.ndjson"
	refute "$python" -B "$HERE/jsonkit.py" validate "$T/schema" "$T/news.ndjson"
	sed 's/"calls":\[{/&"news":1,/' "$T/all.ndjson" >"$T/news.ndjson"
	refute "$python" -B "$HERE/jsonkit.py" validate "$T/schema" "$T/news.ndjson"
}

@test "json: what the CSVs say the JSON says, and what is reported again is the same" {
	record all -t -s 3 -i 200ms
	cells_agree all
	report_again all again -t -s 3
	same_as all again
}

@test "json: the same of one report of processes" {
	record one -s 5
	cells_agree one
	report_again one again -s 5
	same_as one again
	# A recording of threads may be reported without them; the other way round they are missing.
	refute "$IOPHASE" report -t "$T/one.ndjson"
}

@test "json: the header says of which run it is" {
	record one -d 60
	# jq has 53 bits of a number.
	jq -e --arg pid "$target" --arg kernel "$(uname -r)" '
		.type == "header" and .format == 1 and .kernel == $kernel and (.command | index("-p"))
		and (.command | index($pid)) and (.programs | index("sched_switch")) and .interval_ns == null
		and (.realtime_minus_monotonic_ns - (.realtime_ns - .monotonic_ns) | fabs) < 1024' < <(head -1 "$T/one.ndjson")
}

@test "json: a name of any bytes is there whole" {
	start_server hostile_comm '\x1b[2J\xff,"\x0a\x5c\xc3\xa9'
	attach_only -q -o "json:$T/comm.ndjson" -o "csv-processes:$T/comm.csv-processes" -p "$target"
	finish INT
	python3 -B "$HERE/jsonkit.py" comm "$T/comm.ndjson" "/proc/$target/comm"
	"$IOPHASE" schema >"$T/schema"
	python3 -B "$HERE/jsonkit.py" cells "$T/comm.ndjson" csv-processes \
		"$T/comm.csv-processes" "$T/schema"
}

@test "json: what is no recording is refused by one line" {
	record one -d 60
	refuses 'No such file' "$T/none"
	: >"$T/empty"
	refuses 'line 0: no recording of iophase: it is empty' "$T/empty"
	head -c -2 "$T/one.ndjson" >"$T/cut"
	refuses 'line [0-9]+: no JSON: it breaks off' "$T/cut"
	head -n -1 "$T/one.ndjson" >"$T/cut"
	refuses 'it breaks off: 1 of its processes' "$T/cut"
	head -n 1 "$T/one.ndjson" >"$T/cut"
	refuses 'it breaks off before the report of the whole time' "$T/cut"
	tail -n +2 "$T/one.ndjson" >"$T/headless"
	refuses 'line 1: no recording of iophase: it does not begin with a header' "$T/headless"
	sed '1s/"format":1/"format":2/' "$T/one.ndjson" >"$T/later"
	refuses 'line 1: format 2: this iophase reads format 1' "$T/later"
	sed 's/"wall_ns":[0-9]*,"counts"/"wall_ns":-1,"counts"/' "$T/one.ndjson" >"$T/negative"
	refuses 'line [0-9]+: "wall_ns" is no number from 0 on' "$T/negative"
	refuses 'line 1: no JSON' "$IOPHASE"
	refuses 'Is a directory' "$T"
	echo null >"$T/null"
	refuses 'line 1: no object' "$T/null"
}

@test "json: what is read is not written over" {
	record one -d 60
	cp "$T/one.ndjson" "$T/kept"
	code=0
	"$IOPHASE" report -q -o "json:$T/one.ndjson" "$T/one.ndjson" 2>"$T/err" || code=$?
	[[ $code == 2 ]]
	grep -q 'cannot be read and written at once' "$T/err"
	cmp "$T/one.ndjson" "$T/kept"
}

@test "json: the recipes of docs/json.md run" {
	local recipe count=0

	record all -t -s 3 -i 200ms
	cp "$T/all.ndjson" "$T/run.ndjson"
	while IFS= read -r recipe; do
		count=$((count + 1))
		(cd "$T" && bash -o pipefail -c "$recipe" >"$T/recipe.out")
		[[ -s $T/recipe.out ]] || {
			echo "nothing came of: $recipe"
			return 1
		}
	done < <(sed -n 's/^    \(jq .*\)$/\1/p' "$HERE/../../docs/json.md")
	((count >= 5))
}
