# witnesses.bash - what the tests share in which servers measure themselves, beside helpers.bash and
# servers.bash.
#
# What goes in: their variables ($T, $port), witnesses.py, whose client stamps its requests. What comes
# out: requests made while iophase is attached, and their sums. What holds under any load: a server's own
# interval lies within ours, or ours within it, but for its resolution; and ours lies within what the
# client has waited. Clocks of the day may be slewed: a thousandth is left to them.

REQUESTS=10
# shellcheck disable=SC2034 # the tests use them
US=1000 MS=1000000 # ns

# Asks the server, of which the process PID answers, attached to when the client has connected. Sets
# waited, the client's sum, and response, queueing and service. witnessed KIND PID [OPTION...]
witnessed() {
	local kind=$1 pid=$2

	shift 2
	rm -f "$T/connected" "$T/go" "$T/waited"
	start_beside client python3 -B "$HERE/witnesses.py" client "$kind" "${port:?}" "$pid" \
		"$REQUESTS" "$T/connected" "$T/go" "$T/waited"
	wait_file "$T/connected"
	attach -o "csv-exchanges:$T/exchanges" "$@"
	: >"$T/go"
	wait_file "$T/waited"
	finish INT
	waited=$(<"$T/waited")
	queueing=$(exchange queueing_ns)
	service=$(exchange service_ns)
	response=$((queueing + service))
	same "exchanges" "$(exchange exchanges)" "$REQUESTS"
	same "untimed" "$(exchange untimed)" 0
	at_most "response, and what the client waited" "$response" "$waited"
	grep -q '^Lost nothing' "$T/report"
}

# Asserts that a number is at most another one, and shows both: at_most WHAT NUMBER LIMIT.
at_most() {
	echo "$1: $2, $3 ns"
	(($2 <= $3))
}

# What fields of the lines of a file, in units of so many ns, add up to (ns): sum_of FILE UNIT FIELD...
sum_of() {
	local file=$1 unit=$2

	shift 2
	awk -v unit="$unit" -v fields="$*" '
		BEGIN { count = split(fields, field, " ") }
		{ for (i = 1; i <= count; i++) sum += $field[i] }
		END { printf "%.0f\n", sum * unit }' "$file"
}

# What a server says of itself, less its resolution (ns) for each request, and a thousandth.
less_resolution() {
	echo $(($1 - $1 / 1000 - REQUESTS * $2))
}

# Whether the file has as many lines that match.
has_lines() {
	(($(grep -c "$2" "$1") == $3))
}
