#!/usr/bin/env bats
# install.bats - what is given to others: make install, completions, the static program, the version.
#
# What goes in: the build in build/ (make makes what is missing). Nothing is measured: root is wanted only
# for a look into an empty root folder.

bats_require_minimum_version 1.5.0
load helpers

setup() {
	T=$BATS_TEST_TMPDIR D=
	STARTED=()
	root=$HERE/../..
	version=$(<"$root/packaging/VERSION")
}

teardown() {
	live_teardown
}

# make, whatever make we are called by.
make_here() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u BUILD make -s -C "$root" "$@"
}

# The long options that a help text on stdin lists, each once.
long_options() {
	grep -E '^  (-.,|   ) --' | sed -E 's/^  (-.,|   ) (--[a-z-]+).*/\2/' | sort -u
}

@test "install: DESTDIR and PREFIX decide where all of it goes" {
	make_here install DESTDIR="$T/all" PREFIX=/opt/x
	(cd "$T/all" && find . -type f | LC_ALL=C sort) >"$T/files"
	diff "$T/files" - <<-'END'
		./opt/x/bin/iophase
		./opt/x/lib/systemd/system/iophase.service
		./opt/x/share/bash-completion/completions/iophase
		./opt/x/share/fish/vendor_completions.d/iophase.fish
		./opt/x/share/man/man8/iophase-check.8
		./opt/x/share/man/man8/iophase-completion.8
		./opt/x/share/man/man8/iophase-explain.8
		./opt/x/share/man/man8/iophase-export.8
		./opt/x/share/man/man8/iophase-ps.8
		./opt/x/share/man/man8/iophase-report.8
		./opt/x/share/man/man8/iophase-schema.8
		./opt/x/share/man/man8/iophase-top.8
		./opt/x/share/man/man8/iophase.8
		./opt/x/share/zsh/site-functions/_iophase
	END
	cmp "$T/all/opt/x/bin/iophase" "$root/build/iophase"
	grep -qx 'ExecStart=/opt/x/bin/iophase export $ARGUMENTS' "$T/all/opt/x/lib/systemd/system/iophase.service"
	make_here install DESTDIR="$T/no unit" PREFIX=/usr UNITDIR=
	[[ ! -e "$T/no unit/usr/lib" ]]
	[[ $(stat -c %a "$T/no unit/usr/bin/iophase" "$T/no unit/usr/share/man/man8/iophase.8" | xargs) == "755 644" ]]
}

@test "install: flags of the user reach compiler, linker and the kernel half" {
	make_here -n -B BUILD="$T/b" CFLAGS=-DMY_C CPPFLAGS=-DMY_CPP LDFLAGS=-Wl,MY_LD BPF_CFLAGS=-DMY_BPF \
		"$T/b/iophase" >"$T/recipe"
	grep -q -- '-DMY_CPP -DMY_C .*-c -o .*/app/main.o ' "$T/recipe"
	refute grep -vq -- '-DMY_CPP -DMY_C ' <(grep -- ' -c -o .*/user/' "$T/recipe")
	grep -- "-o $T/b/iophase " "$T/recipe" | grep -q -- '-DMY_C -Wl,MY_LD '
	grep -- '-target bpf' "$T/recipe" | grep -q -- '-DMY_BPF '
}

@test "install: TOP=0 builds without ncurses, and top says in one line that it is not there" {
	# What is compiled already is the same in both builds but for the one file.
	mkdir "$T/b"
	cp -a "$root"/build/user "$root"/build/*.h "$root"/build/*.o "$T/b/"
	make_here TOP=0 BUILD="$T/b" "$T/b/iophase"
	refute grep -q curses <(ldd "$T/b/iophase")
	grep -q curses <(ldd "$root/build/iophase")
	code=0
	"$T/b/iophase" top >"$T/out" 2>"$T/err" || code=$?
	[[ $code == 2 && ! -s $T/out && $(wc -l <"$T/err") == 1 ]]
	grep -q '^iophase: this build has no top: .*; iophase ps prints the same list$' "$T/err"
	"$T/b/iophase" --version
}

@test "install: TOP and HTTP count each time, whatever was built before, and what is as it was is not made anew" {
	has() {
		make_here BUILD="$T/b" "$T/b/iophase" "${@:3}"
		echo "${*:3}: $(ldd "$T/b/iophase" | grep -oE 'ncursesw|microhttpd' | sort -u | xargs)"
		[[ $(ldd "$T/b/iophase" | grep -cE 'libncursesw|libmicrohttpd') == "$1" ]]
		[[ $2 == anew || $(stat -c %y "$T/b/iophase") == "$before" ]]
		before=$(stat -c %y "$T/b/iophase")
	}
	mkdir "$T/b"
	cp -a "$root"/build/user "$root"/build/*.h "$root"/build/*.o "$T/b/"
	has 2 anew
	has 2 same
	has 1 anew TOP=0
	has 0 anew TOP=0 HTTP=0
	has 0 same TOP=0 HTTP=0
	has 1 anew HTTP=0
	has 2 anew
}

@test "install: the version is the one of packaging/VERSION, wherever it is told" {
	[[ $("$IOPHASE" --version) == "iophase $version" ]]
	make_here man
	for file in "$root"/docs/man/*.8; do
		grep -q "^\.TH IOPHASE.* 8 .* \"iophase $version\"" "$root/build/man/${file##*/}"
	done
	grep -q "^## \[$version\] - " "$root/CHANGELOG.md"
	grep -qx "    newTag: $version" "$root/deploy/kubernetes/kustomization.yaml"
	for file in "$root"/tests/golden/expected/*.prom; do
		[[ -z $(grep '^iophase_build_info' "$file" | grep -vF "{version=\"$version\"}") ]]
	done
}

@test "completion: each shell completes just the options that each command has" {
	"$IOPHASE" completion bash >"$T/bash"
	"$IOPHASE" completion zsh >"$T/zsh"
	"$IOPHASE" completion fish >"$T/fish"
	# shellcheck disable=SC1090
	source "$T/bash"
	"$IOPHASE" --help | awk '/^COMMANDS/ { on = 1; next } !NF { on = 0 } on { print $1 }' >"$T/commands"
	(($(wc -l <"$T/commands") >= 8))
	while read -r command; do
		"$IOPHASE" "$command" --help | long_options >"$T/wanted"
		(($(wc -l <"$T/wanted") >= 2))
		COMP_WORDS=(iophase "$command" --) COMP_CWORD=2
		_iophase
		diff "$T/wanted" <(printf '%s\n' "${COMPREPLY[@]}" | sort -u)
		diff "$T/wanted" <(sed -n "/^\t$command)\$/,/^\t\t;;\$/p" "$T/zsh" |
			sed -n -E "s/^\t\t\t'.*[^(-](--[a-z-]+)=?[}']*\[.*/\1/p" | sort -u)
		diff "$T/wanted" <(grep -E "__iophase_in [^']*\b$command\b" "$T/fish" |
			sed -n -E 's/.* -l ([a-z-]+) .*/--\1/p' | sort -u)
	done <"$T/commands"
}

@test "completion: bash fills in commands, words of a table, kinds of output, findings" {
	# shellcheck disable=SC1090
	source <("$IOPHASE" completion bash)
	# Completes what is given as words, as bash has split them.
	completes() {
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_iophase
		echo "${COMPREPLY[*]}"
	}
	[[ $(completes iophase exp) == *export* ]]
	[[ $(completes iophase --hooks l) == "light lightest" ]]
	[[ $(completes iophase ps --sort c) == cpu ]]
	[[ $(completes iophase --sort q) == queueing ]]
	[[ $(completes iophase --sort = b) == "blocked bytes" ]]
	[[ $(completes iophase -o csv-f) == csv-findings: ]]
	touch "$T/a-file"
	[[ $(completes iophase -o csv : "$T/a-f") == "$T/a-file" ]]
	[[ $(completes iophase --output = csv : "$T/a-f") == "$T/a-file" ]]
	[[ $(completes iophase report "$T/a-f") == "$T/a-file" ]]
	[[ $(completes iophase explain backlog-o) == backlog-overflows ]]
	[[ $(completes iophase completion f) == fish ]]
	[[ $(completes iophase top --columns us) == user ]]
	[[ $(completes iophase top --columns pid,us) == pid,user ]]
	[[ $(completes iophase top --columns = user,p5) == user,p50 ]]
	[[ $(completes iophase top --columns cpu, | wc -w) == 24 ]]
	[[ -z $(completes iophase -d 1) ]]
	[[ $(completes iophase -- ba) == *bash* ]]
}

@test "completion: bash, at a terminal, has a file whose name has blanks as one word" {
	"$IOPHASE" completion bash >"$T/bash"
	mkdir "$T/a b"
	touch "$T/a b/c d.json"
	cd "$T/a b"
	for line in 'report c' 'report "c' "report $T/a\\ b/" '-o csv:c' "-- $T/a\\ b/" '-- true c'; do
		python3 -B "$HERE/completing.py" "$T/bash" "$line" | tee "$T/words"
		[[ $(tail -n 1 "$T/words") == *[:/]'c d.json' || $(tail -n 1 "$T/words") == 'c d.json' ]]
	done
}

@test "completion: the columns of top, in zsh and fish" {
	local columns='pid user name .* findings'

	"$IOPHASE" completion zsh | grep -qE -- "--columns=.*:LIST:_values -s , columns $columns'"
	"$IOPHASE" completion fish | grep -qE -- "-l columns .* -a '\(__iophase_set $columns\)'"
	type -P fish >/dev/null || skip "fish is not here"
	"$IOPHASE" completion fish >"$T/fish"
	HOME=$T fish -N -c "source $T/fish; complete -C 'iophase top --columns pid,us'" | grep -q '^pid,user'
}

@test "completion: zsh and fish take their scripts" {
	local shell some=''

	for shell in zsh fish; do
		type -P "$shell" >/dev/null || continue
		"$IOPHASE" completion "$shell" >"$T/$shell"
		"$shell" -n "$T/$shell"
		some=yes
	done
	[[ $some ]] || skip "neither zsh nor fish is here"
}

@test "completion: without a shell, or with another one, one line and exit status 2" {
	for words in completion "completion tcsh"; do
		# shellcheck disable=SC2086
		run -2 "$IOPHASE" $words
		[[ $output == "iophase: of which shell? "* && ${#lines[@]} == 1 ]]
	done
}

@test "static: one file of less than 5 MB, that needs no other" {
	make_here static 2>"$T/log" || {
		cat "$T/log"
		return 1
	}
	program=$root/build/static/iophase-$(uname -m)
	(($(stat -c %s "$program") < 5000000))
	refute ldd "$program"
	[[ $("$program" --version) == "iophase $version" ]]
	run -1 "$program" export :1
	[[ $output == *"built without an HTTP server"* ]]
	[[ $(id -u) == 0 ]] || skip "not root: no look into an empty root folder"
	mkdir "$T/empty"
	install "$program" "$T/empty/iophase"
	[[ $(chroot "$T/empty" /iophase --version) == "iophase $version" ]]
	# Users come from files: no library of another C library is loaded for them, unknown ones neither.
	strace -f -e trace=openat,open -o "$T/opened" "$program" -d 10ms --run-as no-such-user -- true || true
	grep -q /etc/passwd "$T/opened"
	refute grep -E '\.so[."]' "$T/opened"
}
