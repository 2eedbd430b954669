# servers.bash - what the tests of models and of real servers share, beside helpers.bash.
#
# What goes in: the variables and files of helpers.bash ($T/csv and $T/report of the latest attach).
# What comes out: sums of columns, assertions about the model, free ports, loads that go on.

# A column summed over the rows of the latest CSV whose call matches a pattern (whole name), of all
# processes or of those listed: sum COLUMN CALLS [PID...]. The comms of these tests need no quotes.
sum() {
	local column=$1 calls=$2

	shift 2
	awk -F, -v column="$column" -v calls="^($calls)\$" -v pids=" $* " '
		NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			if (!(column in at))
				exit 1
			next
		}
		$at["call"] ~ calls && (pids == "  " || index(pids, " " $at["pid"] " ")) {
			total += $at[column]
		}
		END { printf "%.0f\n", total }' "$T/csv"
}

# Whether two numbers are the same; says what they are if not: same WHAT GOT WANTED.
same() {
	[[ $2 == "$3" ]] && return 0
	echo "$1: got $2, wanted $3"
	return 1
}

# The different values in the model column of a process, or of one of its threads, one a line.
models_of() {
	awk -F, -v pid="$1" -v tid="${2:-}" '
		NR > 1 && $3 == pid && $4 == tid && !seen[$6]++ { print $6 }' "$T/csv"
}

# The report's words for a model.
words_of() {
	case $1 in
	select | poll) echo "multiplexing: $1" ;;
	epoll-lt) echo "multiplexing: epoll, level-triggered" ;;
	epoll-et) echo "multiplexing: epoll, edge-triggered" ;;
	nonblocking) echo "non-blocking polling" ;;
	linux-aio) echo "asynchronous: Linux AIO" ;;
	posix-aio) echo "asynchronous: POSIX AIO, by helper threads" ;;
	*) echo "$1" ;;
	esac
}

# The first line of a process in the report, with what it had no room for, as one line.
headline() {
	awk -v pid="$1" '
		!found && index($0, "\" (pid " pid ")") && !/^ | and [0-9,]+ more process/ { found = 1; line = $0; next }
		found && NF == 0 { exit }
		found { sub(/^ +/, " "); line = line $0 }
		END { print line }' "$T/report"
}

# Asserts that a process is called by its model in the CSV and in the report, and that more than
# 95 % of its reads are of that model: is_called MODEL [PID].
is_called() {
	local pid=${2:-$target} line share words

	same "model of pid $pid" "$(models_of "$pid")" "$1" || return 1
	line=$(headline "$pid")
	words=$(words_of "$1")
	[[ $line =~ \ $words\ \(([0-9.]+)\ %\ of\ [0-9,]+\ reads?\) ]] || {
		echo "no '$words (... of ... reads)' in: $line"
		return 1
	}
	share=${BASH_REMATCH[1]}
	awk -v share="$share" 'BEGIN { exit !(share > 95) }' && return 0
	echo "only $share % in: $line"
	return 1
}

# The different values in the shape column of a process, one a line.
shapes_of() {
	csvsum values "$T/csv" shape "pid=$1"
}

# Asserts what the CSV and the report say of a process: has_shape PID NAME WORDS, or has_shape PID
# for one of which nothing is said.
has_shape() {
	same "shape of pid $1" "$(shapes_of "$1")" "${2:-}" || return 1
	if [[ -z ${2:-} ]]; then
		refute grep -F ' shape: ' <<<"$(headline "$1") "
	else
		grep -E " shape: $3\$" <<<"$(headline "$1")" && return 0
		echo "no 'shape: $3' in: $(headline "$1")"
		return 1
	fi
}

# Whether a process has at least N sockets open: a listener and connections.
has_sockets() {
	(($(find "/proc/$1/fd" -lname 'socket:*' | wc -l) >= $2))
}

# Starts a load that goes on until it is stopped, with 4 connections; returns when the latest
# server has them all. endless_load [OPTION of load...]
endless_load() {
	local before

	before=$(find "/proc/$target/fd" -lname 'socket:*' | wc -l)
	start_client --connections 4 --until-deadline --seconds 180 --pause-us 300 "$@"
	wait_for 60 has_sockets "$target" $((before + 4))
}

# Starts a program that is not the target; as `start` of helpers.bash. Sets beside.
start_beside() {
	local server=$target

	start "$@"
	# shellcheck disable=SC2034 # the tests use it
	beside=$target
	target=$server
}

# Ends a child that is no workload, by its pid, and waits for it.
stop_child() {
	kill -TERM "$1"
	reap "$1"
}

# A TCP port on loopback that nobody uses now.
free_port() {
	python3 -B -c '
import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

# Asserts that the latest attach has found nothing wrong with a healthy program, but that the machine
# had other things to do than to run it: then a loop is away, and requests wait, too.
finds_nothing() {
	local found allowed='^run-queue$'

	! grep -q ',run-queue,' "$T/findings" ||
		allowed='^(run-queue|slow-handler|requests-queue|backlog-waits|pool-small)$'
	found=$(awk -F, -v allowed="$allowed" 'NR > 1 && $5 !~ allowed' "$T/findings")
	[[ -s $T/findings && -z $found ]] && return 0
	echo "found: $found"
	return 1
}

# Whether this kernel tells what becomes of connections (6.3).
has_exchanges() {
	[[ -d /sys/kernel/tracing/events/sock/sock_send_length ||
		-d /sys/kernel/debug/tracing/events/sock/sock_send_length ]]
}

# Skips a test where it cannot.
need_exchanges() {
	has_exchanges || skip "this kernel does not tell what becomes of connections"
}

# A column of the exchanges of the latest attach, summed over its rows of that role, and process.
exchange() {
	awk -F, -v column="$1" -v role="${2:-server}" -v pid="${3:-}" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["role"] == role && (pid == "" || $at["pid"] == pid) { sum += $at[column] }
		END { printf "%.0f\n", sum }' "$T/exchanges"
}

# At least so many times 20 ms are in a part: is_in PART TIMES [ROLE].
is_in() {
	echo "$1: $(exchange "$1_ns" "${3:-server}") of $((20000000 * $2))"
	(($(exchange "$1_ns" "${3:-server}") >= 20000000 * $2))
}

# What was done in the service is known of at least so many times 20 ms, and that part is some of it. How
# much, depends on the machine: who is pre-empted on its way to sleep is in the run queue.
# is_known PART TIMES
is_known() {
	local sum=0 part

	for part in cpu runq asleep upstream io; do
		sum=$((sum + $(exchange "service_${part}_ns")))
	done
	echo "known of the service: $sum of $((20000000 * $2)); $1: $(exchange "service_$1_ns")"
	((sum >= 20000000 * $2 && $(exchange "service_$1_ns") > 0))
}

# Each request of a load is an exchange, on as many connections: counted SERVER [OPTION...].
counted() {
	start_gated_server "$@"
	attach -p "$target" -o "csv-exchanges:$T/exchanges"
	open_gate
	client --connections 8 --requests 40
	finish INT
	same "exchanges of $*" "$(exchange exchanges)" 320
	same "connections of $*" "$(exchange connections)" 8
	stop_target
}

# Whether the process has that many sockets open.
has_exactly() {
	same "sockets" "$(find "/proc/$1/fd" -lname 'socket:*' | wc -l)" "$2" >/dev/null
}
