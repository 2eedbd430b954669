# programs.bash - what the tests of installed programs share, beside helpers.bash and servers.bash.
#
# What goes in: their variables ($T, $target, $port). What comes out: assertions about what waits
# and about each of many processes or threads, HTTP loads, a server's statistics.

# Asserts that a process is called by its model in the CSV and in the report, and that this rests on
# its reads, most of which were of the model: is_mostly MODEL [PID].
is_mostly() {
	local pid=${2:-$target} line words

	same "model of pid $pid" "$(models_of "$pid")" "$1" || return 1
	line=$(headline "$pid")
	words=$(words_of "$1")
	[[ $line =~ \ $words\ \([0-9.]+\ %\ of\ [0-9,]+\ reads?(\;|\)) ]] && return 0
	echo "no '$words (... of ... reads)' in: $line"
	return 1
}

# Skips the test unless all the programs are installed.
needs() {
	local program

	PATH=$PATH:/usr/sbin
	for program in "$@"; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# Lets users who are not root through to a folder of this run of bats.
let_in() {
	local folder=$1

	while [[ $folder == "$BATS_RUN_TMPDIR"* ]]; do
		chmod o+x "$folder"
		folder=${folder%/*}
	done
}

# Asserts that a process which reads and accepts nothing is called by what its threads wait in:
# waits_as MODEL CALL [PID].
waits_as() {
	local pid=${3:-$target} line words

	same "model of pid $pid" "$(models_of "$pid")" "$1" || return 1
	line=$(headline "$pid")
	words=$(words_of "$1")
	[[ $line =~ \ $words\ \(by\ time:\ [0-9.]+\ %\ in\ $2\) ]] && return 0
	echo "no '$words (... in $2)' in: $line"
	return 1
}

# The different values of a column in the rows of the latest CSV for which an awk condition holds;
# columns are c["NAME"]: rows_where COLUMN CONDITION.
rows_where() {
	awk -F, -v column="$1" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ for (name in at) c[name] = $at[name] }
		('"$2"') && !seen[c[column]]++ { print c[column] }' "$T/csv"
}

# Starts a server that writes a port file: start_at_port NAME PROGRAM [ARGUMENT...], in which
# PORTFILE stands for that file. Sets target and port.
start_at_port() {
	rm -f "$T/port"
	start "${@//PORTFILE/$T/port}"
	wait_file "$T/port" 30
	port=$(<"$T/port")
}

# Makes HTTP requests: http_load CONNECTIONS REQUESTS keep|slow|close PATH... Sets connections,
# requests and sent (bytes).
http_load() {
	local said

	said=$(python3 -B "$HERE/http_load.py" "$port" "$@")
	echo "$said"
	# shellcheck disable=SC2001,SC2034 # no pattern of bash does that; the tests use them
	read -r connections requests sent _ < <(sed 's/[a-z]*=//g' <<<"$said")
}

# Starts an HTTP load that goes on, with 4 connections; returns when the server has them.
endless_http_load() {
	local before

	before=$(find "/proc/$target/fd" -lname 'socket:*' | wc -l)
	start_beside load python3 -B "$HERE/http_load.py" "$port" 4 0 keep /
	wait_for 60 has_sockets "$target" $((before + 4))
}

# What the server answers to GET /stats, its last line.
stats() {
	local http

	exec {http}<>"/dev/tcp/127.0.0.1/$port"
	printf 'GET /stats HTTP/1.0\r\n\r\n' >&"$http"
	tail -n 1 <&"$http"
	exec {http}>&-
}

# Whether the server says that of itself.
stats_are() {
	[[ $(stats) == "$1" ]]
}
