# Check the rows of one process in a CSV of iophase.
#
# In: iophase's CSV; -v check=NAME -v pid=PID and what the check needs:
#     counts   tally=FILE, the workload's own counts; lacking=CALLS, that this kernel does not have;
#              skipped=N, how often the kernel skipped programs, as iophase says
#     books    threads=N
#     inflight waiting=CALL, the call that the process has been in all the time
#     rhythm   -
#     model    model=NAME
# Out: what was found, the decisive line last; exit status 0 if it holds, else 1.
#
# The comms of the workloads hold neither commas nor quotes, so a row splits at its commas.
BEGIN {
	FS = ","
	ncounts = split("calls ok eof again timeout interrupted error bytes", counts, " ")
	split(lacking, names, " ")
	for (i in names)
		lacks[names[i]] = 1
}

{ sub(/\r$/, "") }

NR == 1 {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}

function cell(name)
{
	if (!(name in column)) {
		print "no column " name
		bad++
		return ""
	}
	return $column[name]
}

cell("pid") != pid { next }

{
	rows++
	call = cell("call")
	interval = cell("interval_ns")
	time += cell("wait_ns") + cell("runq_ns") + cell("cpu_ns") + cell("copy_ns")
	models[cell("model")]++
	if (call == waiting) {
		inflight += cell("inflight")
		inflight_wait += cell("wait_ns")
	}
	if (call != "app") {
		for (i = 1; i <= ncounts; i++)
			seen[call, counts[i]] += cell(counts[i])
		calls[call] = 1
	}
	p50 = cell("wait_p50_ns")
	if (call != "app" && p50 != "" && cell("wait_ns") + 0 > longest) {
		longest = cell("wait_ns") + 0
		waited = call
		wait_p50 = p50 + 0
	}
}

# Read the workload's tally into said[], by its own header.
function read_tally(    line, n, i, field, head)
{
	if ((getline line < tally) <= 0)
		return 0
	n = split(line, head, ",")
	while ((getline line < tally) > 0) {
		split(line, field, ",")
		for (i = 2; i <= n; i++)
			said[field[1], head[i]] = field[i]
		calls[field[1]] = 1
	}
	return 1
}

function check_counts(    call, i, total, lost, missing, extra)
{
	if (!read_tally()) {
		print "no tally"
		bad++
	}
	for (call in calls) {
		# The call fails with ENOSYS: no tracepoint sees it, or only the raw one does.
		if (call in lacks && said[call, "calls"] == said[call, "error"])
			continue
		total += said[call, "calls"]
		for (i = 1; i <= ncounts; i++)
			if (said[call, counts[i]] + 0 != seen[call, counts[i]] + 0) {
				printf "%s %s: workload %.0f, iophase %.0f\n", call, counts[i],
					said[call, counts[i]], seen[call, counts[i]]
				lost = said[call, counts[i]] - seen[call, counts[i]]
				bad++
				if (lost < 0)
					extra++
				if (counts[i] == "calls")
					missing += lost
			}
	}
	if (bad)
		printf "%d counts differ, %.0f of %.0f calls missing, %d programs skipped\n", bad,
			missing, total, skipped
	# A kernel that pre-empts programs skips others: what is missing must be what was said to be.
	if (bad && !extra && missing <= skipped)
		bad = 0
	if (!bad && total < 20) {
		print "only " total + 0 " calls were compared"
		bad++
	}
	if (!bad)
		print "all of " total " calls agree"
}

function check_books(    wall)
{
	wall = threads * interval
	printf "%d threads, %d rows: %.0f ns of %.0f ns, %.3f %%\n", threads, rows, time, wall,
		wall ? 100 * time / wall : 0
	if (wall <= 0 || time < 0.995 * wall || time > 1.005 * wall)
		bad++
}

function check_inflight()
{
	printf "%s: inflight %d, wait %.0f ns of %.0f ns\n", waiting, inflight, inflight_wait, interval
	if (inflight != 1 || inflight_wait < 0.99 * interval || inflight_wait > 1.005 * interval)
		bad++
}

function check_rhythm()
{
	printf "%s: wait_p50_ns %.0f\n", waited, wait_p50
	# Never shorter than the pause; longer by what an emulated CPU on a busy host takes.
	if (wait_p50 < 49000000 || wait_p50 > 75000000)
		bad++
}

function check_model(    name, text)
{
	for (name in models)
		text = text " " name
	print "model" text ", expected " model
	if (text != " " model)
		bad++
}

END {
	if (!rows) {
		print "no row of pid " pid
		exit 1
	}
	if (check == "counts")
		check_counts()
	else if (check == "books")
		check_books()
	else if (check == "inflight")
		check_inflight()
	else if (check == "rhythm")
		check_rhythm()
	else if (check == "model")
		check_model()
	else {
		print "no check named " check
		bad++
	}
	exit bad ? 1 : 0
}
