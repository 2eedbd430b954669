#!/usr/bin/env bats
# churn.bats - processes that come and go by the thousand leave neither memory nor series behind in
# iophase export, and no call of theirs is missing.
#
# What goes in: iophase export, churn, root. What comes out: asserted numbers.

load helpers
load exporting

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# Has so many processes come and go, each with one round of calls, and waits until they are counted.
# Sets what there is then: memory (KB), series, descriptors.
come_and_go() {
	rm -f "$T/gate"
	start comes_and_goes "$T/comes_and_goes" --gate "$T/gate" --count "$1" --fork-after 1 \
		--total "$T/total" --seconds 180
	scrape await "$url" 20 1 iophase_processes service=comes_and_goes
	open_gate
	reap_target
	rounds=$((rounds + $(<"$T/total")))
	scrape await "$url" 60 "$rounds" iophase_calls_total service=comes_and_goes call=sendto outcome=ok
	memory=$(awk '/^VmRSS/ { print $2 }' "/proc/$tracer/status")
	# What is found in them depends on how they are held up.
	series=$(curl -sf "$url" | grep '{service=' | grep -vc '^iophase_finding')
	descriptors=$(find "/proc/$tracer/fd" -type l | wc -l)
}

# Whether no process of the service is there any more.
nobody_is_left() {
	[[ $(scrape sum "$url" iophase_processes service=comes_and_goes) == 0 ]]
}

@test "churn: processes by the thousand leave memory and series as they were" {
	local i memory series descriptors rounds=0 memory_before series_before descriptors_before

	install "$SERVERS/churn" "$T/comes_and_goes"
	begin -i 50ms -n comes_and_goes
	come_and_go 1000
	memory_before=$memory series_before=$series descriptors_before=$descriptors
	for i in 1 2 3 4; do
		come_and_go 1000
	done
	echo "$memory KB after $memory_before, $series series after $series_before"
	((rounds == 5000))
	# One that has ended and is kept takes more than 10 KB: 4,000 would be 40 MB. Those of a thousand
	# may be there at once, however late the reports are: 10 MB.
	((memory <= memory_before + 30000))
	((series == series_before))
	# A connection of curl's kind may still be there.
	((descriptors <= descriptors_before + 2))
	wait_for 60 nobody_is_left
	finish INT
	refute grep -q Lost "$T/err"
}
