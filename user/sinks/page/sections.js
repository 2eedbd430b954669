/* The sections that do not go by time: summary, findings, calls, upstreams, connections and others. */

/* What is known of a track as a whole: its process, if it is one. */
const processOf = (data, track) => (data.processes || []).find((p) => track.pid && p.pid === track.pid && p.whole);

/* The findings of a track: of its process, and of more than one process. */
const foundOf = (data, track) => (data.findings || []).filter((f) => !track.pid || !f.pid || f.of || f.pid === track.pid);

/* The words of tiles: title, value, and what is said beneath. */
function tiles(list) {
	return el("dl", { class: "tiles" }, list.filter(Boolean).map(([title, value, more]) =>
		el("div", { class: "tile" }, el("dt", null, title), el("dd", null, value, more && el("small", null, more)))));
}

/* The summary of a track. */
function summary(data, track, w, ns) {
	const process = processOf(data, track), found = foundOf(data, track);
	const cpu = w ? w.io_cpu_ns + w.io_copy_ns + w.app_cpu_ns + w.app_copy_ns : 0;
	const worst = found.length ? found[0].severity : null;
	return section("summary", "Summary", tiles([
		process && ["I/O model", process.model, process.shape ? `threads: ${process.shape}` : null],
		!process && ["Processes", count(data.report ? data.report.processes : 0), null],
		w && w.answered && ["Requests answered", `${rate(w.answered, ns)}/s`, `${count(w.answered)} in ${time(ns)}`],
		w && w.answered && ["Response, p99", time(w.response_p99_ns), `p50 ${time(w.response_p50_ns)}, longest ${time(w.response_max_ns)}`],
		w && w.asked && ["Upstreams answered in, p99", time(w.upstream_p99_ns), `p50 ${time(w.upstream_p50_ns)}, ${count(w.asked)} answers`],
		w && ["On a CPU", `${(cpu / ns).toFixed(2)} CPUs`, `${time(cpu)} in ${time(ns)}`],
		w && ["I/O calls", `${rate(w.io_calls, ns)}/s`, count(w.io_calls)],
		["Findings", found.length ? count(found.length + (track.pid ? 0 : data.findings_left_out || 0)) : "none",
			worst ? `the worst: ${worst}` : null],
	]));
}

/* A finding, with what it means. */
function finding(data, f) {
	const rule = data.rules[f.id] || {};
	const whose = f.of ? `the family of ${f.comm} (${count(f.of)} processes): ` : f.pid ? `${f.comm} (pid ${f.pid}): ` : "";
	return el("li", { class: f.severity },
		el("p", null, el("span", { class: "badge" }, { problem: "✖ Problem", warning: "▲ Warning", note: "ℹ Note" }[f.severity] || f.severity),
			" ", whose, f.sentence),
		el("p", null, f.advice),
		el("details", null, el("summary", null, `What it means, and how sure it is (${f.id})`),
			el("p", null, rule.meaning),
			el("p", null, "How it is decided: in the time of the report all of these hold:"),
			el("ul", null, (rule.when || []).map((c) => el("li", null, `${c.bound} ${c.limit} ${c.words}`))),
			el("p", null, el("strong", null, "How sure it is: "), rule.certainty),
			el("p", { class: "quiet" }, "Reading: ", rule.reading)));
}

/* What is wrong, or worth to know. */
function findings(data, track) {
	const list = foundOf(data, track);
	return section("findings", "Findings",
		list.length ? el("ol", { class: "findings" }, list.map((f) => finding(data, f)))
			: el("p", null, data.report ? "Nothing was found wrong, or worth a remark." : "They are not known: the run broke off."),
		data.findings_left_out ? el("p", { class: "quiet" }, `${count(data.findings_left_out)} more, no worse; csv-findings has them all.`) : null);
}

/* The columns of a table of calls. */
const CALL_COLUMNS = [
	["call", (c) => c.call], ["class", (c) => c.class, true],
	["calls", (c) => c.calls !== undefined ? count(c.calls) : null],
	["again", (c) => c.again !== undefined ? count(c.again) : null],
	["errors", (c) => c.error !== undefined ? count(c.error) : null],
	["bytes", (c) => c.bytes !== undefined ? bytes(c.bytes) : null],
	["asleep", (c) => c.wait_ns !== undefined ? time(c.wait_ns) : null],
	["run queue", (c) => c.runq_ns !== undefined ? time(c.runq_ns) : null],
	["on CPU", (c) => c.cpu_ns !== undefined ? time(c.cpu_ns) : null],
	["copy", (c) => c.copy_ns !== undefined ? time(c.copy_ns) : null],
	["wait p99", (c) => c.wait_p99_ns !== undefined ? time(c.wait_p99_ns) : null],
	["busy p50", (c) => c.busy_p50_ns !== undefined ? time(c.busy_p50_ns) : null],
	["busy p99", (c) => c.busy_p99_ns !== undefined ? time(c.busy_p99_ns) : null],
];

function calls(data, track) {
	const process = processOf(data, track);
	if (!process || !process.calls)
		return null;
	return section("calls", "Calls", table(`System calls of ${process.comm} (pid ${process.pid})`, CALL_COLUMNS, process.calls));
}

function upstreams(data, track) {
	const process = processOf(data, track);
	const rows = process && process.exchanges ? process.exchanges.filter((x) => x.role === "client") : [];
	if (!rows.length)
		return null;
	return section("upstreams", "Upstreams",
		el("p", null, "Whom it asked, and how long the first byte of an answer took."),
		table("Upstreams by the time that they took", [
			["upstream", (x) => x.peer || "not told apart"], ["answers", (x) => count(x.exchanges)],
			["connections", (x) => x.connections !== undefined ? count(x.connections) : null],
			["time", (x) => time(x.asked_ns)],
			["p50", (x) => time(x.response_p50_ns)], ["p99", (x) => time(x.response_p99_ns)], ["longest", (x) => time(x.response_max_ns)],
		], rows),
		process.left_out ? el("p", { class: "quiet" }, `${count(process.left_out)} further ones; csv-exchanges has them all.`) : null);
}

function connections(data, track) {
	const rows = (data.connections || []).filter((c) => !track.pid || c.pid === track.pid);
	const sides = (data.processes || []).filter((p) => p.whole && (!track.pid || p.pid === track.pid))
		.flatMap((p) => (p.exchanges || []).map((x) => ({ ...x, comm: p.comm, pid: p.pid }))).filter((x) => x.connections !== undefined);
	if (!rows.length && !sides.length)
		return null;
	return section("connections", "Connections",
		sides.length ? table("Connections that had an exchange", [
			["process", (x) => `${x.comm} (pid ${x.pid})`], ["as", (x) => x.role, true], ["peer", (x) => x.peer || "clients", true],
			["connections", (x) => count(x.connections)], ["exchanges", (x) => count(x.exchanges)],
		], sides) : null,
		rows.length ? [el("h3", null, "One by one, as they were at the end"), table("Connections that matter most", [
			["remote", (c) => c.remote || "–"], ["local", (c) => c.local, true], ["pid", (c) => c.pid], ["role", (c) => c.role, true], ["state", (c) => c.state, true],
			["exchanges", (c) => count(c.exchanges)], ["in", (c) => bytes(c.bytes_in)], ["out", (c) => bytes(c.bytes_out)],
			["idle", (c) => time(c.idle_ns)], ["ready", (c) => time(c.ready_ns)], ["service", (c) => time(c.service_ns)],
			["blocked", (c) => time(c.blocked_ns)], ["asked", (c) => time(c.asked_ns)],
			["p50", (c) => c.response_p50_ns !== undefined ? time(c.response_p50_ns) : null],
			["p99", (c) => c.response_p99_ns !== undefined ? time(c.response_p99_ns) : null],
		], rows)] : el("p", { class: "quiet" }, "With -s 20 the twenty that matter most are here one by one."),
		data.connections_left_out ? el("p", { class: "quiet" }, `${count(data.connections_left_out)} more; csv-connections has them all.`) : null);
}

/* The processes, when there are several. */
function processes(data) {
	const rows = data.processes || [];
	if (rows.length < 2)
		return null;
	/* Ports and users are looked up by some commands only. */
	const known = ([, get], i) => !i || rows.some((p) => get(p));
	const ended = (p) => p.threads_ever - p.threads;
	return section("processes", "Processes", table("Processes, those with the most I/O calls of a family first", [
		["process", (p) => (p.pid ? `${p.comm} (pid ${p.pid})` : "ended, together")],
		["model", (p) => p.model, true], ["shape", (p) => p.shape, true], ["threads", (p) => count(p.threads) + (ended(p) ? ` (${count(ended(p))} ended)` : "")],
		["I/O calls", (p) => count(p.io_calls)], ["ports", (p) => p.ports, true], ["user", (p) => p.user, true],
	].filter(known), rows),
	data.processes_left_out ? el("p", { class: "quiet" }, `${count(data.processes_left_out)} more; csv-processes has them all.`) : null);
}

/* What was lost, and what this kernel lacks. */
function unseen(data) {
	const losses = data.report ? data.report.losses : [], notes = (data.report && data.report.notes) || [];
	return section("unseen", "What was not seen",
		data.report ? null : el("p", { class: "note" }, "The run broke off before the report of the whole time: what is here are its intervals."),
		losses.length ? table("Lost", [["what", (l) => l.name], ["how many", (l) => count(l.count)], ["that is", (l) => l.sentence, true]], losses)
			: data.report && el("p", null, "Nothing was lost."),
		notes.length ? el("ul", null, notes.map((n) => el("li", null, n))) : null);
}

/* The textbook figure of a track, or of all that have read something. */
function textbook(data, tracks, track, width) {
	const asleep = (p) => (tracks.find((t) => t.pid === p.pid).all || {}).app_wait_ns || 0;
	const whole = (data.processes || []).filter((p) => p.whole && (!track.pid || p.pid === track.pid));
	const turns = whole.map((p) => turnOf(p, asleep(p))).filter(Boolean).sort((a, b) => b.reads - a.reads).slice(0, width < 620 ? 3 : 5);
	if (!turns.length)
		return null;
	const used = Object.values(SEGMENTS).filter((kind) => kind === SEGMENTS.copy ? turns.some((t) => t.copy) :
		turns.some((t) => t.segments.some((s) => s.kind === kind)));
	return section("textbook", "The textbook figure, with this server's own times",
		el("p", null, "What its threads do from one read to the next, on average. Time runs downwards; each phase has a scale of its own. " +
			"The answer, which is the calls that write, is left out."),
		el("figure", null, textbookFigure(turns, width), legend(used)),
		el("ol", null, turns.map((t) => el("li", null, turnText(t),
			t.answer ? ` Answering: ${time(t.answer)} more.` : null,
			t.polls ? ` ${count(t.fruitless)} calls per read found nothing.` : null,
			t.known ? null : " How much of the time on a CPU was within calls is not known here."))));
}
