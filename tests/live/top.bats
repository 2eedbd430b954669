#!/usr/bin/env bats
# top.bats - iophase top in a real terminal (tmux): what is on its screens, what keys and the mouse do,
# and how it gives the terminal back.
#
# What goes in: build/iophase, the servers of tests/servers, tmux with a socket of its own. Intervals
# are so long that they end when the test presses Space; numbers are those that the client was told.
# Needs root and BTF.

load helpers
load servers

setup() {
	live_setup
	shown=0
	command -v tmux >/dev/null || skip "tmux is not installed"
}

teardown() {
	tm kill-server 2>/dev/null || true
	live_teardown
}

# tmux with a server of this test's own, one for each terminal: the one before may not have ended yet.
tm() {
	tmux -S "$T/tmux.$shown" -f /dev/null "$@"
}

# Shows iophase top in a terminal: show COLUMNSxLINES TERM LOCALE OPTION...; its exit code will be in
# $T/code, what stty says before and after in $T/before and $T/after. Sets program to its pid.
show() {
	local size=$1 locale=$3

	term=$2
	shift 3
	rm -f "$T/code" "$T/stopped" "$T/go"
	# A shell with jobs, as a person has: it goes on when iophase is stopped, and has it go on when
	# somebody opens the FIFO.
	mkfifo "$T/go"
	cat >"$T/run.sh" <<-END
		set -m
		ulimit -c 0
		stty -g >$T/before
		TERM=$term LC_ALL=$locale $IOPHASE top -i 1h -d 5m $* 2>$T/err
		code=\$?
		while ((code == 128 + 20)); do
			echo stopped >$T/stopped
			read -r <$T/go
			fg >/dev/null
			code=\$?
		done
		stty -g >$T/after
		echo \$code >$T/code.new
		mv $T/code.new $T/code
		exec sleep 300
	END
	tm kill-server 2>/dev/null || true
	shown=$((shown + 1))
	tm new-session -d -x "${size%x*}" -y "${size#*x}" "bash --norc $T/run.sh" 3>&-
	tm set-option -g window-size manual
	wait_for 60 shows 'measuring'
	program=$(pgrep -P "$(tm display-message -p '#{pane_pid}')")
	press Space 'requests/s'
}

# What is on the screen.
screen() {
	tm capture-pane -p
}

# Whether something is on the screen, or not.
shows() {
	screen | grep -q -- "$1"
}

hides() {
	! shows "$1"
}

# The row of a process.
row() {
	screen | grep -E "^ *$1 "
}

# Presses keys, and waits for something to be on the screen: press KEY... PATTERN
press() {
	tm send-keys "${@:1:$#-1}"
	wait_for 60 shows "${@: -1}" || {
		screen
		return 1
	}
}

# Clicks, as a terminal tells of it (press and release), and waits likewise: click COLUMN LINE PATTERN
click() {
	tm send-keys -l $'\033[<0;'"$1;$2"$'M\033[<0;'"$1;$2"m
	wait_for 60 shows "$3"
}

# Has intervals end until something is on the screen.
await() {
	tm send-keys Space
	wait_for 1 shows "$1"
}

# Waits for the end; the exit code, and that the terminal is as it was.
ends_with() {
	wait_file "$T/code" 60
	same "exit code" "$(<"$T/code")" "$1"
	same "what stty says" "$(<"$T/after")" "$(<"$T/before")"
	# A VT100 has no other screen to come back from.
	[[ $term == vt100 ]] || wait_for 60 hides 'requests/s'
}

@test "top: without a terminal it says so, and what to use" {
	code=0
	"$IOPHASE" top </dev/null >"$T/out" 2>"$T/err" || code=$?
	same "exit code" "$code" 2
	same "lines" "$(wc -l <"$T/err")" 1
	grep -q '^iophase: top wants a terminal: .*iophase ps' "$T/err"
	[[ ! -s $T/out ]]
	code=0
	"$IOPHASE" top --columns pid,none 2>"$T/err" || code=$?
	same "exit code of a column that is none" "$code" 2
}

@test "top: a server's requests, sizes, keys; without colour and UTF-8" {
	start_server server_epoll
	show 80x24 vt100 C "-p $target"
	! has_exchanges || hides 'exchanges are not measured'
	shows " $target "
	for word in PID NAME MODEL REQ/s P99 CPU TIME FINDINGS; do
		shows "$word"
	done
	hides PORTS
	# Nothing beyond ASCII, and no colour.
	refute grep -q '[^ -~]' <(screen)
	refute grep -q $'\033\[[0-9;]*3[0-7]' <(tm capture-pane -p -e)
	(($(screen | wc -L) <= 80))
	press '?' 'Keys'
	press '?' " $target "
	tm resize-window -x 120 -y 40
	wait_for 60 shows PORTS
	row "$target" | grep -q " $port "
	hides SHAPE
	tm resize-window -x 250 -y 50
	wait_for 60 shows SHAPE
	same "lines" "$(screen | wc -l)" 50
	(($(screen | wc -L) > 120))
	press I 'REQ/s^'
	press I 'REQ/sv'
	press N 'PID^'
	press / zzzz 'No row has that in it'
	press Escape " $target "
	press / epoll Enter 'filter "epoll": 1'
	press Escape " $target "
	press Enter 'Where the time went'
	if has_exchanges; then
		# An interval is what was done in it, and nothing of the one before.
		client --connections 2 --requests 200
		press Space '400 requests answered'
		shows 'now .*/s, most'
		client --connections 3 --requests 100
		press Space '300 requests answered'
		press p PAUSED
		client --connections 1 --requests 7
		press Space '  7 requests answered'
	fi
	# A key right behind Esc is one, too.
	press Escape F2 '\[x\] REQ/s'
	press Escape R 'REQ/sv'
	press F6 '> \[x\] REQ/s'
	press Down Enter 'P50v'
	press F5 'famil'
	press F5 'p pause'
	press F4 zzzz 'No row has that in it'
	press Escape " $target "
	press F3 zzzz 'No row has that in it'
	press Escape " $target "
	press F1 'Keys'
	press F1 " $target "
	press Enter 'Where the time went'
	# Keys that a VT100 has not, and most terminals send: none of them is Esc.
	press Home '^"server_epoll"\|Response over time'
	press End 'Esc back'
	press q ''
	ends_with 0
}

@test "top: colour, UTF-8 and the mouse; signals that end it, or stop it" {
	start_server server_epoll
	show 120x40 xterm-256color C.UTF-8 "-p $target"
	shows "░"
	tm capture-pane -p -e | grep -q $'\033\[[0-9;]*3[0-7]'
	click 6 4 'PID^'
	tm send-keys C-z
	wait_for 60 is_stopped "$program"
	wait_file "$T/stopped" 60
	wait_for 60 hides 'requests/s'
	same "what stty says while it is stopped" \
		"$(stty -g <"$(tm display-message -p '#{pane_tty}')")" "$(<"$T/before")"
	echo >"$T/go"
	wait_for 60 shows 'PID^'
	press '?' 'Keys'
	tm send-keys C-c
	ends_with 0
	# The same function keys where TERM knows what they send.
	show 120x40 xterm-256color C.UTF-8 "-p $target"
	press F6 '> \[x\] REQ/s'
	press Down Enter 'P50v'
	press F1 'Keys'
	tm send-keys F10
	ends_with 0
	show 80x24 xterm-256color C.UTF-8 "-p $target"
	kill -TERM "$program"
	ends_with 0
	# A target that ends ends it, too.
	show 80x24 xterm-256color C.UTF-8 "-p $target"
	tm resize-window -x 20 -y 5
	wait_for 60 hides 'requests/s'
	stop_target
	ends_with 0
}

# What modes of a terminal are on, as tmux knows them.
modes() {
	tm display-message -p \
		'other screen #{alternate_on}, mouse #{mouse_any_flag}, cursor #{cursor_flag}, keys #{keypad_cursor_flag}#{keypad_flag}'
}

@test "top: a crash gives the terminal back, and is one" {
	local number

	start_server server_epoll
	# A crash, and what ends whoever does not hear of it: SIGALRM, SIGUSR2, one for real time.
	for number in 11 6 14 12 40; do
		show 100x30 xterm-256color C.UTF-8 "-p $target"
		same "modes" "$(modes)" 'other screen 1, mouse 1, cursor 0, keys 11'
		tm resize-window -x 120 -y 40
		wait_for 60 shows PORTS
		kill "-$number" "$program"
		ends_with $((128 + number))
		same "modes" "$(modes)" 'other screen 0, mouse 0, cursor 1, keys 00'
	done
	# Without another screen what comes next is below.
	show 80x24 vt100 C "-p $target"
	kill -SEGV "$program"
	ends_with 139
	screen | tail -4 | grep -q 'Segmentation fault'
	# Where it was given back already, it is left alone.
	show 100x30 xterm-256color C.UTF-8 "-p $target"
	tm send-keys C-z
	wait_file "$T/stopped" 60
	wait_for 60 hides 'requests/s'
	kill -SEGV "$program"
	echo >"$T/go"
	ends_with 139
}

@test "top: signals end it while the terminal takes nothing" {
	start_server server_epoll
	python3 -B "${BATS_TEST_DIRNAME:?}/stalled.py" "$IOPHASE" "$target"
}

@test "top: threads, connections, families, columns, and all that have sockets" {
	need_exchanges
	start_server server_epoll
	# A request on each connection, and then a long pause.
	start_client --connections 3 --requests 2 --pause-us 100000000 --seconds 200
	show 120x40 vt100 C.UTF-8 "-p $target" --sort p99 --columns pid,name,requests,p99
	shows 'P99v'
	hides MODEL
	# They are told from here on.
	press t 'p pause'
	client --connections 1 --requests 10
	wait_for 1 await '- server_epoll'
	press t 'p pause'
	wait_for 60 hides '- server_epoll'
	press s 'Connections'
	wait_for 1 await '3 open'
	press Escape 'P99v'
	press c Down Down Down Down Down Space 'x. MODEL'
	# The page of columns names them all, but not the one that is sorted by.
	press Escape 'P99v'
	shows MODEL
	row "$target" | grep -q ' epoll-lt '
	press Enter 'Connections   3 open'
	press q ''
	ends_with 0
	show 120x40 vt100 C
	# There may be more of them than lines.
	press / "$port" Enter " $target "
	press f 'famil'
	tm send-keys q
	ends_with 0
}

# Whether the first lines of the screen have about twice the requests per second of a process.
has_twice() {
	local all one

	all=$(screen | sed -nE '2s|.*requests/s +([0-9.,]+).*|\1|p')
	one=$(row "$1" | awk '{ print $2 }')
	echo "all $all, one $one"
	awk -v all="${all//,/}" -v one="${one//,/}" 'BEGIN { exit !(one > 0 && all > 1.8 * one && all < 2.2 * one) }'
}

@test "top: its first lines are of all, also where each is named by its pid" {
	local first first_port

	need_exchanges
	start_server server_epoll
	first=$target first_port=$port
	start_server server_epoll
	show 120x30 vt100 C "-p $first,$target" --columns pid,requests
	client --connections 2 --requests 50
	port=$first_port client --connections 2 --requests 50
	# Both had as many, so all had twice as many.
	press Space "^ *$first .*[0-9] *\$"
	has_twice "$target"
	press q ''
	ends_with 0
}

# Begins a child ten times a second that asks its parent something, and ends.
births='
import os, socket, time
for _ in range(600):
    here, there = socket.socketpair()
    if not os.fork():
        there.send(b"x")
        there.recv(1)
        os._exit(0)
    here.send(here.recv(1))
    os.wait()
    here.close()
    there.close()
    time.sleep(0.1)
'

# Whether that many seconds of this shell have come, and iophase is still there.
goes_on() {
	[[ -d /proc/$program ]] && ((SECONDS >= $1))
}

@test "top: paused, while processes end of whom some are shown" {
	start births python3 -B -c "$births"
	show 120x30 vt100 C.UTF-8 "-i 1 -f -p $target"
	wait_for 60 shows '^ *([0-9]*) .* python3'
	press p PAUSED
	screen >"$T/paused"
	# Reports go on being made: what is shown is none of what they free.
	wait_for 60 goes_on $((SECONDS + 4))
	same "row" "$(screen | grep '^ *([0-9]*) ')" "$(grep '^ *([0-9]*) ' "$T/paused")"
	press f 'famil'
	press q ''
	ends_with 0
}
