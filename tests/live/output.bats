#!/usr/bin/env bats
# output.bats - outputs that take nothing, files that must stay as they are, and losses that no report
# tells.
#
# What goes in: iophase, its variant with tiny pools (build/tests/iophase-tiny), the workloads, root.
# What comes out: exit codes, stderr, files.

load helpers

setup() {
	live_setup
	# Whatever the umask: root follows no link where others can write.
	chmod go-w "$T"
	start sleep sleep 180
	sleeper=$target
}

teardown() {
	live_teardown
}

# Starts iophase in the background with these arguments, its stdout in $T/report; sets tracer.
begin() {
	start iophase "$IOPHASE" "$@"
	tracer=$target
}

# Ends iophase by a signal; it must be gone within 10 s, most of which are for a slow machine, and with
# this exit code. ended_by SIGNAL CODE
ended_by() {
	local began=${EPOCHREALTIME/./}

	kill "-$1" "$tracer"
	reap "$tracer"
	echo "exit code $code"
	[[ $code == "$2" ]]
	((${EPOCHREALTIME/./} - began < 10000000))
}

@test "output: a FIFO without a reader is waited for, and signals end that" {
	local signal

	mkfifo "$T/fifo"
	for signal in INT TERM HUP; do
		begin -q -d 60 --csv "$T/fifo" -p "$sleeper"
		wait_for 60 grep -q 'waiting for one' "$T/iophase.err"
		ended_by "$signal" 1
		grep -q "^iophase: $T/fifo: given up: no reader came" "$T/iophase.err"
	done
}

@test "output: a FIFO is written as soon as its reader comes" {
	mkfifo "$T/fifo"
	begin -q -d 300ms --csv "$T/fifo" -p "$sleeper"
	wait_for 60 grep -q 'waiting for one' "$T/iophase.err"
	timeout 20 cat "$T/fifo" >"$T/got"
	reap "$tracer"
	[[ $code == 0 ]]
	csvsum shape "$T/got"
	csvsum check "$T/got" call=app -- 'rows == 1'
}

# Makes the FIFO $T/fifo, full and with a reader that never reads.
stall() {
	mkfifo "$T/fifo"
	exec 9<>"$T/fifo"
	python3 -B -c 'import os, sys
fd = os.open(sys.argv[1], os.O_WRONLY | os.O_NONBLOCK)
try:
    while True:
        os.write(fd, b"x" * 4096)
except BlockingIOError:
    pass' "$T/fifo"
}

@test "output: signals end the program at a pipe that takes nothing, and the file gets the rest" {
	local signal

	stall
	for signal in INT TERM HUP; do
		rm -f "$T/csv"
		begin -i 0.1 -d 60 -o "text:$T/fifo" --csv "$T/csv" -p "$sleeper"
		wait_for 60 grep -q ,app, "$T/csv"
		ended_by "$signal" 1
		[[ $(wc -l <"$T/iophase.err") == 1 ]]
		grep -q "^iophase: $T/fifo: given up" "$T/iophase.err"
		csvsum shape "$T/csv"
		# The interval that it stalled at, and the one that the signal ended.
		csvsum check "$T/csv" -- 'intervals == 2'
	done
	exec 9>&-
}

@test "output: stdout, a pipe that takes nothing, keeps its flags" {
	stall
	"$IOPHASE" -i 0.1 -d 60 --csv - -p "$sleeper" >"$T/fifo" 2>"$T/iophase.err" 3>&- &
	tracer=$!
	STARTED+=("$tracer")
	wait_for 60 grep -q . "/proc/$tracer/fdinfo/1"
	wait_for 60 grep -Eq 'poll|select' "/proc/$tracer/wchan"
	# O_NONBLOCK is 04000.
	refute grep -Eq '^flags:.*[4-7][0-7]{3}$' "/proc/$tracer/fdinfo/1"
	ended_by TERM 1
	grep -q '^iophase: stdout: given up' "$T/iophase.err"
	exec 9>&-
}

@test "output: a terminal that takes nothing" {
	timeout 60 python3 -B - "$IOPHASE" "$sleeper" <<-'END'
		import os, pty, signal, subprocess, sys, time
		master, slave = pty.openpty()
		# Nobody reads from the terminal, neither what is said on stdout nor on stderr.
		tracer = subprocess.Popen([sys.argv[1], "-i", "0.01", "-p", sys.argv[2]],
		                          stdin=subprocess.DEVNULL, stdout=slave, stderr=slave)
		seen = -1
		def written():
		    with open(f"/proc/{tracer.pid}/io") as file:
		        return int(file.readlines()[1].split()[1])
		# It has written, and writes no more: the terminal is full.
		for _ in range(200):
		    time.sleep(0.2)
		    if seen == written() and seen > 1000:
		        break
		    seen = written()
		began = time.monotonic()
		tracer.send_signal(signal.SIGINT)
		code = tracer.wait(20)
		assert code == 1, code
		assert time.monotonic() - began < 15
	END
}

@test "output: a start that fails leaves the file as it was, and makes none" {
	echo precious >"$T/old"
	code=0
	timeout 20 "$IOPHASE" -q -d 0.1 --csv "$T/old" -o "csv-processes:$T/new" -o "text:$T/none/x" \
		-p "$sleeper" 2>"$T/err" 3>&- || code=$?
	[[ $code == 1 ]]
	[[ $(<"$T/old") == precious ]]
	[[ ! -e $T/new ]]
	# The kernel half does not load: no map can be made.
	code=0
	(
		ulimit -n 24
		timeout 20 "$IOPHASE" -q -d 0.1 --csv "$T/old" -o "csv-processes:$T/new" -p "$sleeper" \
			2>"$T/err" 3>&-
	) || code=$?
	[[ $code != 0 ]]
	[[ $(<"$T/old") == precious ]]
	[[ ! -e $T/new ]]
}

@test "output: a file is replaced, also through a symbolic link of one's own" {
	seq 10000 >"$T/old"
	ln -s old "$T/link"
	"$IOPHASE" -q -d 0.1 --csv "$T/link" -p "$sleeper" 3>&-
	csvsum shape "$T/old"
	[[ -L $T/link ]]
}

@test "output: a symbolic link of somebody else's is not followed, wherever it is in the name" {
	local name

	mkdir "$T/shared" "$T/folder"
	chmod 1777 "$T/shared"
	echo precious >"$T/folder/old"
	ln -s "$T/folder/old" "$T/shared/file"
	ln -s "$T/folder" "$T/shared/folder"
	chown -h 65534 "$T/shared/file" "$T/shared/folder"
	for name in file folder/old folder/new; do
		code=0
		timeout 20 "$IOPHASE" -q -d 0.1 --csv "$T/shared/$name" -p "$sleeper" 2>"$T/err" 3>&- || code=$?
		[[ $code == 1 ]]
		[[ $(wc -l <"$T/err") == 1 ]]
		grep -q 'symbolic link of user 65534' "$T/err"
	done
	[[ $(<"$T/folder/old") == precious ]]
	[[ ! -e $T/folder/new ]]
}

# Writes a CSV to a name that is refused: exit code 1, and one line that says why. refuses NAME WHY
refuses() {
	local code=0

	timeout 20 "$IOPHASE" -q -d 0.1 --csv "$1" -p "$sleeper" 2>"$T/err" 3>&- || code=$?
	echo "$1: exit code $code: $(<"$T/err")"
	[[ $code == 1 && $(wc -l <"$T/err") == 1 ]] && grep -q "$2" "$T/err"
}

@test "output: root follows no link in a folder that others can write to, whosever it is" {
	local mode

	mkdir "$T/shared" "$T/folder"
	echo precious >"$T/folder/old"
	ln -s "$T/folder/old" "$T/shared/file"
	ln -s "$T/folder" "$T/shared/folder"
	# Sticky or not, by the group, or since the folder is somebody else's.
	for mode in 1777 777 775; do
		chmod "$mode" "$T/shared"
		refuses "$T/shared/file" 'in a folder that others can write to'
		refuses "$T/shared/folder/old" 'in a folder that others can write to'
		refuses "$T/shared/folder/new" 'in a folder that others can write to'
	done
	chmod 755 "$T/shared"
	chown 65534 "$T/shared"
	refuses "$T/shared/file" 'in a folder that others can write to'
	[[ $(<"$T/folder/old") == precious ]]
	[[ ! -e $T/folder/new ]]
	# The file itself may be there, and a new one be made.
	chmod 1777 "$T/shared"
	chown 0 "$T/shared"
	"$IOPHASE" -q -d 0.1 --csv "$T/shared/new" -p "$sleeper" 3>&-
	"$IOPHASE" -q -d 0.1 --csv "$T/shared/new" -p "$sleeper" 3>&-
	csvsum shape "$T/shared/new"
}

@test "output: in such a folder root writes to no file or FIFO of others, nor to a hard link" {
	mkdir -m 1777 "$T/shared"
	echo precious >"$T/precious"
	ln "$T/precious" "$T/shared/hard"
	refuses "$T/shared/hard" 'has another name (a hard link)'
	[[ $(<"$T/precious") == precious ]]
	echo theirs >"$T/shared/theirs"
	mkfifo "$T/shared/fifo"
	chown 65534 "$T/shared/theirs" "$T/shared/fifo"
	refuses "$T/shared/theirs" 'belongs to user 65534'
	[[ $(<"$T/shared/theirs") == theirs ]]
	# At once, whether or not it has a reader to be waited for.
	refuses "$T/shared/fifo" 'belongs to user 65534'
	exec 9<>"$T/shared/fifo"
	refuses "$T/shared/fifo" 'belongs to user 65534'
	exec 9>&-
	# In a folder of root's own all of that is root's business.
	ln "$T/shared/theirs" "$T/hard"
	"$IOPHASE" -q -d 0.1 --csv "$T/hard" -p "$sleeper" 3>&-
	csvsum shape "$T/shared/theirs"
}

@test "output: as another user, a link of one's own is followed in any folder" {
	command -v setpriv >"$T/setpriv" || skip "no setpriv"
	# Everybody must come there.
	folder=$(mktemp -d)
	chmod 1777 "$folder"
	install -m 755 "$IOPHASE" "$folder/iophase"
	as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps "+bpf,+perfmon,+sys_ptrace"
		--ambient-caps "+bpf,+perfmon,+sys_ptrace")
	ln -s out "$folder/link"
	chown -h 65534 "$folder/link"
	code=0
	"${as_nobody[@]}" "$folder/iophase" -q -d 0.1 --csv "$folder/link" -p "$sleeper" 2>"$T/err" 3>&- ||
		code=$?
	lines=$(wc -l <"$folder/out")
	owner=$(stat -c %u "$folder/out")
	rm -rf "$folder"
	[[ $code == 0 && $owner == 65534 ]]
	((lines >= 2))
}

@test "output: made with the umask, and under sudo for who called it" {
	(
		umask 027
		SUDO_UID=65534 SUDO_GID=65533 "$IOPHASE" -q -d 0.1 --csv "$T/sudo" -p "$sleeper" 3>&-
		"$IOPHASE" -q -d 0.1 --csv "$T/root" -p "$sleeper" 3>&-
	)
	[[ $(stat -c %u:%g:%a "$T/sudo") == 65534:65533:640 ]]
	[[ $(stat -c %u:%g:%a "$T/root") == 0:0:640 ]]
	# One that was there stays whose it is.
	SUDO_UID=65534 SUDO_GID=65533 "$IOPHASE" -q -d 0.1 --csv "$T/root" -p "$sleeper" 3>&-
	[[ $(stat -c %u:%g:%a "$T/root") == 0:0:640 ]]
	# The caller is no stranger: links of theirs in their folder are followed.
	mkdir "$T/home"
	ln -s file "$T/home/link"
	chown -h 65534 "$T/home" "$T/home/link"
	SUDO_UID=65534 SUDO_GID=65533 "$IOPHASE" -q -d 0.1 --csv "$T/home/link" -p "$sleeper" 3>&-
	[[ $(stat -c %u "$T/home/file") == 65534 ]]
	# What is no number of a user is nobody.
	rm "$T/home/file"
	SUDO_UID=-1 SUDO_GID=0 "$IOPHASE" -q -d 0.1 --csv "$T/minus" -p "$sleeper" 3>&-
	[[ $(stat -c %u:%g "$T/minus") == 0:0 ]]
}

@test "output: a folder that is replaced leads nobody astray: what is removed is what was made" {
	mkdir "$T/folder" "$T/other"
	mkfifo "$T/fifo"
	echo precious >"$T/other/csv"
	# The CSV is made, then the FIFO waits for its reader.
	begin -q -d 60 --csv "$T/folder/csv" -o "text:$T/fifo" -p "$sleeper"
	wait_for 60 test -e "$T/folder/csv"
	mv "$T/folder" "$T/moved"
	ln -s other "$T/folder"
	ended_by TERM 1
	[[ $(<"$T/other/csv") == precious ]]
	[[ ! -e $T/moved/csv ]]
}

@test "output: two names of one file are refused" {
	local name

	ln -s out "$T/link"
	: >"$T/hard"
	mkdir "$T/folder"
	# A link to one that is to be made, a hard link, two ways to one place, and one name twice.
	for name in "$T/link" "$T/folder/../out" "$T//out" "$T/out"; do
		two_names "$T/out" "$name"
		[[ ! -e $T/out ]]
	done
	ln "$T/hard" "$T/out"
	two_names "$T/out" "$T/hard"
	rm "$T/out"
	(cd "$T" && two_names "$T/out" out && two_names "$T/out" ./folder/../link)
	# What stdout is, by its name.
	two_names "$T/out" - >"$T/out"
}

# Both names are of one file: two_names FILE FILE
two_names() {
	local code=0

	timeout 20 "$IOPHASE" -q -d 0.1 --csv "$1" -o "text:$2" -p "$sleeper" 2>"$T/err" 3>&- || code=$?
	echo "$*: exit code $code: $(<"$T/err")" >&2
	[[ $code == 2 ]] && grep -Eq 'are the same file|another output goes to that file' "$T/err"
}

@test "output: without a text report stderr says what was lost, by interval and in all" {
	[[ -x $SERVERS/iophase-tiny ]] || skip "build/tests/iophase-tiny is not there"
	PROGRAM=$SERVERS/iophase-tiny
	start_gated exact --threads 1 --rounds 4
	attach --max-threads 4 -q -t -i 0.2 -p "$target"
	open_gate
	reap_target
	finish
	grep -Eq '^iophase: lost calls in this interval: [0-9]+ \(' "$T/err"
	[[ $(grep -c '^iophase: lost calls in all: ' "$T/err") == 1 ]]
	[[ $(awk '/lost calls in this/ { s += $7 } END { print s }' "$T/err") == \
		$(awk '/lost calls in all/ { print $6 }' "$T/err") ]]
}

@test "output: the record process has the losses, stderr has them without intervals too" {
	[[ -x $SERVERS/iophase-tiny ]] || skip "build/tests/iophase-tiny is not there"
	start_gated exact --threads 1 --rounds 4
	"$SERVERS/iophase-tiny" --max-threads 4 -o csv-processes:- -v -p "$target" >"$T/got" 2>"$T/iophase.err" 3>&- &
	tracer=$!
	STARTED+=("$tracer")
	wait_for 60 grep -q 'armed:' "$T/iophase.err"
	open_gate
	reap_target
	reap "$tracer"
	[[ $code == 0 ]]
	[[ $(awk '/^iophase: lost / { s += $4 } END { print s }' "$T/iophase.err") == \
		$(python3 -c 'import csv, sys; print(next(csv.DictReader(open(sys.argv[1])))["lost"])' "$T/got") ]]
	grep -Eq '^iophase: lost calls: [0-9]+ \(' "$T/iophase.err"
}

@test "output: one that fails takes nothing from the others" {
	local code=0

	"$IOPHASE" -q -i 0.2 -d 1 -o csv:"$T/a.csv" -o csv-processes:/dev/full -p "$sleeper" \
		2>"$T/err" || code=$?
	[[ $code == 1 ]]
	grep -q '^iophase: /dev/full: No space left on device' "$T/err"
	# Five intervals, of two rows each: sleep waits outside I/O calls, in one.
	(($(cut -d, -f1 "$T/a.csv" | sort -u | wc -l) >= 5))
	"$IOPHASE" -i 0.2 -d 1 -o csv:"$T/b.csv" -o text:- -p "$sleeper" | head -n 1
	(($(cut -d, -f1 "$T/b.csv" | sort -u | wc -l) >= 5))
}

@test "output: a closed stdout is an error, and no other file is written in its place" {
	local code=0

	timeout 30 "$IOPHASE" -d 0.2 -p "$sleeper" >&- 2>"$T/err" || code=$?
	[[ $code == 1 ]]
	grep -q '^iophase: stdout: Bad file descriptor' "$T/err"
	code=0
	timeout 30 "$IOPHASE" -d 0.2 -o csv:"$T/c.csv" -p "$sleeper" >&- 2>&- <&- || code=$?
	[[ $code == 1 ]]
	(($(wc -l <"$T/c.csv") == 2))
}

@test "output: a file that may not grow is an error of a write, not the end by a signal" {
	local code=0

	# One KiB holds the line of stderr, but not the CSV.
	bash -c 'ulimit -f 1; exec "$@"' bash "$IOPHASE" -q -i 0.1 -d 2 -o csv:"$T/d.csv" \
		-p "$sleeper" 2>"$T/err" || code=$?
	[[ $code == 1 ]]
	grep -q 'd.csv: File too large' "$T/err"
}
