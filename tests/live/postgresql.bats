#!/usr/bin/env bats
# postgresql.bats - a real server with a process per connection: PostgreSQL, from its postmaster's
# pid. A backend awaits its client in epoll_wait, level-triggered, and then receives. pgbench and
# pg_stat_database say how many transactions and sessions there were.
#
# What goes in: PostgreSQL (any version) with a cluster of its own, on a private port, run by a user
# who is not root; witnesses.py. Nothing of the system's clusters is touched. Needs root and BTF.

load helpers
load servers
load programs
load witnesses

# The programs of the newest PostgreSQL that is installed, in `bin`; its version in `major`.
find_postgresql() {
	bin=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
	bin=${bin%/postgres}
	major=${bin%/bin}
	major=${major##*/}
}

# Runs a program as the cluster's owner, with nothing in its environment that leads elsewhere.
as_owner() {
	setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups env -C "$cluster" \
		LC_ALL=C PGHOST=127.0.0.1 PGPORT="${port:-5432}" PGUSER=iophase PGSSLMODE=disable \
		PGGSSENCMODE=disable "$@"
}

setup_file() {
	local bin major cluster=$BATS_FILE_TMPDIR/cluster

	[[ $(id -u) == 0 ]] || return 0
	find_postgresql
	[[ -x $bin/postgres ]] || return 0
	mkdir "$cluster"
	chown nobody "$cluster"
	let_in "$BATS_FILE_TMPDIR"
	as_owner "$bin/initdb" -D "$cluster/data" -U iophase -A trust -N --no-locale \
		>"$BATS_FILE_TMPDIR/initdb" 2>&1 || {
		cat "$BATS_FILE_TMPDIR/initdb"
		return 1
	}
}

setup() {
	live_setup
	find_postgresql
	[[ -x $bin/postgres && -x $bin/pgbench ]] || skip "PostgreSQL is not installed"
	cluster=$BATS_FILE_TMPDIR/cluster
	start_postgresql
}

teardown() {
	# By SIGTERM it would wait for its clients.
	[[ -z ${postmaster:-} ]] || ! is_child "$postmaster" || kill -INT "$postmaster"
	live_teardown
}

# Starts the postmaster; makes the database that the load goes to. Sets target, postmaster and port.
start_postgresql() {
	port=$(free_port)
	start postmaster setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups \
		"$bin/postgres" -D "$cluster/data" -p "$port" -c listen_addresses=127.0.0.1 \
		-c unix_socket_directories= -c fsync=off -c shared_buffers=16MB -c jit=off \
		-c max_connections=30 -c autovacuum=off -c max_logical_replication_workers=0
	postmaster=$target
	wait_for 60 is_up
	[[ $(ask "SELECT count(*) FROM pg_database WHERE datname = 'bench'") == 1 ]] ||
		ask "CREATE DATABASE bench" >/dev/null
	echo "SELECT count(*) FROM generate_series(1, 100);" >"$cluster/bench.sql"
}

# Whether it takes connections.
is_up() {
	[[ $(ask "SELECT 1" 2>&1) == 1 ]]
}

# The answer to one query, which has nothing to do with the database of the load.
ask() {
	as_owner "$bin/psql" -X -A -t -d postgres -c "$1"
}

# Reads what PostgreSQL counted in the load's database: sessions and committed transactions.
read_stats() {
	read -r sessions commits < <(ask "SELECT sessions || ' ' || xact_commit
		FROM pg_stat_database WHERE datname = 'bench'")
}

# Whether as many sessions have ended in the load's database as given.
has_counted() {
	read_stats
	((sessions == $1))
}

# Runs pgbench to its end: bench CONNECTIONS TRANSACTIONS.
bench() {
	as_owner "$bin/pgbench" -n -f "$cluster/bench.sql" -c "$1" -t "$2" bench \
		>"$T/pgbench.out" 2>&1
	grep -q "actually processed: $(($1 * $2))/$(($1 * $2))\$" "$T/pgbench.out"
}

# The backends' pids: the processes that received something.
backends() {
	rows_where pid 'c["call"] == "recvfrom" && c["ok"] > 0'
}

# Asserts that every backend of the latest CSV, and the postmaster, is called what it is; MODEL is the
# postmaster's until 15, where it calls select: all_are_called_right MODEL.
all_are_called_right() {
	local pid accepts=epoll-lt

	for pid in $(backends); do
		is_called epoll-lt "$pid"
	done
	((major > 15)) || accepts=$1
	same "model of the postmaster" "$(models_of "$postmaster")" "$accepts"
}

@test "backends born while attached, from the postmaster's pid" {
	local sessions commits before committed

	read_stats
	before=$sessions
	committed=$commits
	attach -f -p "$postmaster" -o "csv-exchanges:$T/exchanges"
	bench 4 100
	wait_for 60 has_no_backends
	finish INT
	# pgbench makes one more connection, to look around.
	wait_for 60 has_counted $((before + 5))
	# The select is of its only listener.
	all_are_called_right blocking
	same "backends" "$(backends | wc -l)" 5
	same "accepts" "$(sum ok 'accept4?')" 5
	# Each session is one commit, of its start, and two more messages: its first and its last.
	same "reads" "$(sum ok recvfrom)" $((commits - committed + 5))
	same "commits" $((commits - committed)) 405
	same "errors" "$(sum error '.*')" 0
	# All but the last message of a session are answered.
	! has_exchanges || same "exchanges" "$(exchange exchanges)" $((commits - committed))
}

@test "its own durations lie within the service, and that within what the client waited" {
	local durations

	need_exchanges
	witnessed postgresql 0 -f -p "$postmaster"
	wait_for 60 has_lines "$T/postmaster.err" 'duration: .*pg_sleep' "$REQUESTS"
	sed -n 's/.*duration: \(.*\) ms .*pg_sleep.*/\1/p' "$T/postmaster.err" >"$T/durations"
	durations=$(sum_of "$T/durations" "$MS" 1)
	at_most "durations, and the service" "$(less_resolution "$durations" "$US")" "$service"
	# It has slept 20 ms each time.
	at_most "its sleep, and durations" "$(less_resolution $((REQUESTS * 20 * MS)) "$US")" "$durations"
}

@test "pgbench's latency is what it was asked and its own part" {
	local transactions=50 pids latency average asked own took whole

	need_exchanges
	# The first transaction waits until we are attached: a session's start is no statement of it.
	cat >"$cluster/gated.sql" <<-END
		\\shell until [ -e $T/go ]; do sleep 0.02; done
		SELECT count(*) FROM generate_series(1, 100);
	END
	let_in "$T"
	# shellcheck disable=SC2154 # start_beside sets beside
	start_beside pgbench as_owner "$bin/pgbench" -n -r -f "$cluster/gated.sql" -c 1 -t "$transactions" bench
	wait_for 60 has_backends 1
	wait_for 60 is_gated
	pids=$(pgrep -P "$postmaster" -f ' bench '),$pgbench
	attach -o "csv-exchanges:$T/exchanges" -p "$pids"
	: >"$T/go"
	reap "$beside"
	finish
	cat "$T/pgbench.out"
	latency=$(awk '/SELECT count/ { print $1 }' "$T/pgbench.out")
	same "exchanges" "$(exchange exchanges)" "$transactions"
	same "exchanges asked" "$(exchange exchanges client)" "$transactions"
	took=$(awk -v ms="$latency" -v n="$transactions" 'BEGIN { printf "%.0f\n", ms * n * 1e6 }')
	asked=$(exchange asked_ns client)
	own=$(($(sum cpu_ns '.*' "$pgbench") + $(sum copy_ns '.*' "$pgbench") + $(sum runq_ns '.*' "$pgbench")))
	at_most "responses, and what was asked" $(($(exchange queueing_ns) + $(exchange service_ns))) "$asked"
	# Who is answered before it looks counts no time for that statement: pgbench reads its clock once
	# for all that it does without waiting. So its latencies are no more than ours, and all of its time
	# no less.
	average=$(awk '/^latency average/ { print $4 }' "$T/pgbench.out")
	whole=$(awk -v ms="$average" -v n="$transactions" 'BEGIN { printf "%.0f\n", ms * n * 1e6 }')
	at_most "what was asked, and the whole time" "$asked" $((whole + transactions * US))
	at_most "the latencies, and what was asked and pgbench's own part" \
		$((took - took / 1000)) $((asked + own + transactions * US))
}

# Whether pgbench has started, and runs the command that it waits in. Sets pgbench.
is_gated() {
	pgbench=$(pgrep -P "$beside") && pgrep -P "$pgbench" >/dev/null
}

# Whether the postmaster has no child that serves the load's database.
has_no_backends() {
	! pgrep -P "$postmaster" -f ' bench ' >/dev/null
}

@test "backends alive at the attach, in the middle of a load" {
	start_beside pgbench as_owner "$bin/pgbench" -n -f "$cluster/bench.sql" -c 4 -T 20 bench
	wait_for 60 has_backends 4
	attach -f -p "$postmaster" -d 500ms
	finish
	same "backends" "$(backends | wc -l)" 4
	# Its select, in progress at the attach, watches the only listening socket.
	all_are_called_right blocking
	finds_nothing
}

# Whether that many backends serve the load's database.
has_backends() {
	[[ $(ask "SELECT count(*) FROM pg_stat_activity WHERE datname = 'bench'") == "$1" ]]
}

@test "idle" {
	local pid call=epoll_wait model=epoll-lt

	attach -f -p "$postmaster" -d 300ms
	finish
	((major > 15)) || call="p?select6?" model=blocking
	waits_as "$model" "$call" "$postmaster"
	# Its helpers: checkpointer, writers.
	for pid in $(rows_where pid 'c["pid"] != '"$postmaster"); do
		waits_as epoll-lt epoll_wait "$pid"
	done
}
