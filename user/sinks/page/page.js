/*
 * The page: of the data in it, what is shown of the process that was chosen, at the time that is looked
 * at. Each chart draws itself anew when it gets another width.
 */

const BUDGET = [
	{ key: "app", name: "application on CPU", of: ["app_cpu_ns", "app_copy_ns"] },
	{ key: "copy", name: "copy to user", of: ["io_copy_ns"] },
	{ key: "cpu", name: "I/O on CPU", of: ["io_cpu_ns"] },
	{ key: "runq", name: "I/O run queue", of: ["io_runq_ns"], hatch: "rise" },
	{ key: "app-runq", name: "application run queue", of: ["app_runq_ns"], hatch: "fall" },
	{ key: "app-wait", name: "application asleep", of: ["app_wait_ns"], hatch: "fall", asleep: true },
	{ key: "wait", name: "wait for I/O", of: ["io_wait_ns"], asleep: true },
];

const CAUSES = [
	{ key: "backlog", name: "backlog: until accept", of: ["backlog_ns"], hatch: "flat" },
	{ key: "wakeup", name: "wake-up", of: ["wakeup_ns"] },
	{ key: "runq", name: "run queue", of: ["runq_ns"], hatch: "rise" },
	{ key: "dispatch", name: "dispatch: other events, other work", of: ["dispatch_ns"] },
	{ key: "read", name: "read", of: ["read_ns"], hatch: "fall" },
	{ key: "service", name: "service", of: ["service_ns"] },
];

const PERCENTILES = [
	{ key: "p50", name: "p50" }, { key: "p90", name: "p90" }, { key: "p99", name: "p99" }, { key: "max", name: "longest" },
];

const data = JSON.parse(document.getElementById("data").textContent);
const series = data.series, slots = series.slots;
const state = { track: 0, slot: slots.length - 1, asleep: true, moves: [] };

/* A cell as an object with names; null stays null. */
const named = (cell) => (cell ? Object.fromEntries(series.columns.map((name, i) => [name, cell.row[i]])) : null);
const tracks = series.tracks.map((t) => ({ ...t, all: named(t.whole), at: t.cells.map(named) }));
const slotNs = (i) => slots[i][1] - slots[i][0];
const total = (w, kind) => kind.of.reduce((sum, name) => sum + w[name], 0);
const duration = slots.length ? slots[slots.length - 1][1] : 0;

/* What a track is called. */
function nameOf(t) {
	if (t.sum)
		return t.sum === "all" ? "all processes" : "all others";
	return `${t.comm} (pid ${t.pid})`;
}

/* Of which time a slot is, to the ms if it is short. */
const fine = slots.some((_, i) => slotNs(i) < .95e9);
const slotText = (i) => `${clock(slots[i][2] - slotNs(i) / 1e6, fine)} to ${clock(slots[i][2], fine)} UTC`;
const slotEnd = ["until (UTC)", (i) => clock(slots[i][2], fine)];

/* A line beneath a chart that says what there is at the time that is looked at. */
function readout(text) {
	const line = el("p", { class: "readout" });
	state.moves.push((slot) => { line.textContent = slots.length > 1 ? `${slotText(slot)}: ${text(slot) || "nothing"}` : ""; });
	return line;
}

/* A chart over time in a figure: drawn by draw(frame), with a cursor that follows the time. */
function timeChart(label, height, draw, text) {
	const holder = el("div"), line = readout(text);
	const id = newId("chart");
	let move = null;
	const redraw = () => {
		const f = frame(slots, Math.max(280, holder.clientWidth || 640), height, id);
		draw(f);
		f.root.setAttribute("aria-label", label);
		move = cursor(f);
		move(state.slot);
		const point = (event) => {
			if (event.type === "pointerdown" || event.buttons || event.pointerType === "mouse")
				go(slotAt(f, event));
		};
		f.root.addEventListener("pointermove", point);
		f.root.addEventListener("pointerdown", point);
		holder.replaceChildren(f.root);
	};
	state.moves.push((slot) => move && move(slot));
	return { node: el("figure", null, holder, line), redraw };
}

/* Goes to a slot: all cursors, all readouts. */
function go(slot) {
	state.slot = slot;
	const slider = document.getElementById("slot");
	if (slider) {
		slider.value = slot;
		slider.setAttribute("aria-valuetext", slotText(slot));
	}
	for (const move of state.moves)
		move(slot);
}

/* Several values as a line. */
const listed = (kinds, value) => kinds.map((k, i) => [k.name, value(k, i)]).filter(([, v]) => v).map(([n, v]) => `${n} ${v}`).join(", ");

/* Of a whole: its parts as one bar. */
function wholeBar(kinds, w, width, title, text) {
	const sum = kinds.reduce((s, k) => s + total(w, k), 0);
	return el("figure", null, bars([[title, kinds.map((k) => [k, total(w, k)]), text(sum)]], width,
		`${title}: ${listed(kinds, (k) => total(w, k) && share(total(w, k), sum))}`));
}

/* Where the time of the threads went. */
function budget(track, width, redraws) {
	const w = track.all;
	if (!w)
		return null;
	const kinds = BUDGET.filter((k) => state.asleep || !k.asleep);
	const part = (slot, k) => (track.at[slot] ? total(track.at[slot], k) / slotNs(slot) : 0);
	const body = [wholeBar(BUDGET, w, width, "whole time", (sum) => `${time(sum)} of threads' time`)];
	if (slots.length > 1) {
		const box = el("input", { type: "checkbox", id: "asleep", checked: state.asleep });
		box.addEventListener("change", () => { state.asleep = box.checked; build(); });
		const chart = timeChart(`Threads in each phase over time, of ${nameOf(track)}`, 220,
			(f) => stack(f, kinds, (i) => (track.at[i] ? kinds.map((k) => part(i, k)) : null), (v) => +v.toFixed(3)),
			(i) => listed(kinds, (k) => part(i, k) && part(i, k).toFixed(3)));
		redraws.push(chart.redraw);
		body.push(el("h3", null, "Over time: threads in each phase, on average"),
			el("p", null, el("label", { class: "check" }, box, "Time asleep, too")), chart.node);
	}
	body.push(legend(BUDGET.filter((k) => total(w, k))));
	body.push(numbers("where the time went, whole time", [
		["phase", (k) => k.name], ["time", (k) => time(total(w, k))],
		["share", (k) => share(total(w, k), BUDGET.reduce((s, b) => s + total(w, b), 0))]], BUDGET));
	if (slots.length > 1)
		body.push(numbers("threads in each phase over time", [slotEnd,
			...BUDGET.map((k) => [k.name, (i) => part(i, k).toFixed(3)])], slots.map((_, i) => i)));
	return section("budget", "Where the time went", body);
}

/* How long answers took over time: percentiles, and all of them as a heat map. */
function overTime(track, redraws) {
	const at = (i) => (track.at[i] && track.at[i].answered ? track.at[i] : null);
	const value = (k) => slots.map((_, i) => (at(i) ? at(i)[`response_${k.key}_ns`] : null));
	const lines = timeChart(`Percentiles of the response time over time, of ${nameOf(track)}`, 220,
		(f) => curves(f, PERCENTILES, value),
		(i) => at(i) && `${rate(at(i).answered, slotNs(i))} requests/s; ${listed(PERCENTILES, (k) => time(at(i)[`response_${k.key}_ns`]))}`);
	const groups = (i) => (track.cells[i] ? track.cells[i].groups : []);
	const map = timeChart(`How many answers took how long, over time, of ${nameOf(track)}`, 260,
		(f) => heat(f, groups, series.group_from_ns),
		(i) => groups(i).map(([g, n]) => `${count(n)} from ${time(series.group_from_ns[g])}`).join(", "));
	redraws.push(lines.redraw, map.redraw);
	const samples = PERCENTILES.map((k) => el("li", null, svg("svg", { viewBox: "0 0 22 14", "aria-hidden": "true" },
		svg("path", { class: `curve ${k.key}`, d: "M0 7 L22 7" })), k.name));
	return [el("h3", null, "Response time over time"), lines.node, el("ul", { class: "legend" }, samples),
		numbers("response time over time", [slotEnd, ["requests", (i) => count(at(i).answered)],
			...PERCENTILES.map((k) => [k.name, (i) => time(at(i)[`response_${k.key}_ns`])])],
		slots.map((_, i) => i).filter(at)),
		el("h3", null, "All answers: the stronger the colour, the more took so long"), map.node,
		numbers("how many answers took how long, over time", [[slotEnd[0], ([i]) => slotEnd[1](i)],
			["from", ([, g]) => time(series.group_from_ns[g])], ["to", ([, g]) => time(series.group_from_ns[g + 1])],
			["answers", ([, , n]) => count(n)]], slots.flatMap((_, i) => groups(i).map(([g, n]) => [i, g, n])))];
}

/* How many answers took how long in all. */
function distribution(track) {
	const rows = track.whole.groups.map(([g, n]) => [g, n]);
	return numbers("how many answers took how long", [
		["from", ([g]) => time(series.group_from_ns[g])], ["to", ([g]) => time(series.group_from_ns[g + 1])],
		["answers", ([, n]) => count(n)], ["share", ([, n]) => share(n, track.all.answered)]], rows);
}

/* The histogram of the whole time: of who has no intervals. */
function histogram(track, width) {
	const kind = { key: "copy", name: "answers" }, each = Math.max(1, Math.ceil(track.whole.groups.length / 16));
	const sums = new Map();
	for (const [g, n] of track.whole.groups)
		sums.set(Math.floor(g / each), (sums.get(Math.floor(g / each)) || 0) + n);
	return el("figure", null, bars([...sums].map(([g, n]) => [`from ${time(series.group_from_ns[g * each])}`, [[kind, n]],
		`${count(n)}, ${share(n, track.all.answered)}`]), width, "How many answers took how long"));
}

/* What clients waited for. */
function responses(track, width, redraws) {
	const w = track.all;
	if (!w || !w.answered)
		return null;
	const mean = (i, k) => (track.at[i] && track.at[i].answered ? total(track.at[i], k) / track.at[i].answered : 0);
	const body = [el("p", null, `${count(w.answered)} requests were answered. Response is the time from the first data of a request being ready ` +
		"until its answer began: queueing, by cause, and service."),
	wholeBar(CAUSES, w, width, "mean of a request", (sum) => `${time(sum / w.answered)} in all`),
	legend(CAUSES.filter((k) => total(w, k))),
	numbers("what a request waited for", [["part", (k) => k.name], ["mean", (k) => time(total(w, k) / w.answered)],
		["share", (k) => share(total(w, k), CAUSES.reduce((s, c) => s + total(w, c), 0))]], CAUSES)];
	if (slots.length > 1) {
		body.push(overTime(track, redraws));
		const chart = timeChart(`The mean request over time: queueing by cause, and service, of ${nameOf(track)}`, 200,
			(f) => stack(f, CAUSES, (i) => (track.at[i] && track.at[i].answered ? CAUSES.map((k) => mean(i, k)) : null), axisTime),
			(i) => listed(CAUSES, (k) => mean(i, k) && time(mean(i, k))));
		redraws.push(chart.redraw);
		body.push(distribution(track), el("h3", null, "What the mean request waited for, over time"), chart.node);
		body.push(numbers("the mean request over time", [slotEnd,
			...CAUSES.map((k) => [k.name, (i) => time(mean(i, k))])], slots.map((_, i) => i).filter((i) => track.at[i])));
	} else {
		body.push(el("h3", null, "How many took how long"), histogram(track, width), distribution(track));
	}
	return section("responses", "What clients waited for", body);
}

/* What is to be known of a track before it is looked at. */
function remarks(track) {
	const said = [];
	if (slots.length < 2)
		said.push("This run had one interval: with -i 1 the page shows it over time.");
	if (series.each > 1)
		said.push(`Each step over time is ${count(series.each)} intervals: there were too many to be shown one by one.`);
	if (track.since)
		said.push(`Over time it is shown from ${slotText(track.since)} on: before that it is in "all others".`);
	if (data.report && data.report.light)
		said.push("Measured with --hooks light: time on a CPU is divided between calls by samples.");
	if (data.report && data.report.by_calls)
		said.push("This kernel does not tell when data are ready: what clients waited for is a part of it.");
	return said.map((text) => el("p", { class: "note" }, text));
}

let observer = null;

/* Builds all sections for the track that was chosen, and leaves open what is. */
function build() {
	const charts = document.getElementById("charts"), track = tracks[state.track], redraws = [];
	const width = Math.max(280, charts.clientWidth || 640);
	state.moves = state.moves.slice(0, 1);
	const sections = [summary(data, track, track.all, duration), findings(data, track), responses(track, width, redraws),
		budget(track, width, redraws), textbook(data, tracks, track, width), calls(data, track), upstreams(data, track),
		connections(data, track), processes(data), unseen(data)].filter(Boolean);
	sections[0].append(...remarks(track));
	rebuilt(charts, () => charts.replaceChildren(...sections));
	const links = [...sections, document.getElementById("text")].map((s) =>
		el("li", null, el("a", { href: `#${s.id}` }, s.querySelector("h2").textContent)));
	document.getElementById("contents").replaceChildren(el("ul", null, links));
	for (const redraw of redraws)
		redraw();
	go(state.slot);
	/* What has the focus is not to be beneath the controls. */
	document.documentElement.style.scrollPaddingTop = `${document.getElementById("controls").offsetHeight + 8}px`;
	if (observer)
		observer.disconnect();
	let last = charts.clientWidth;
	observer = new ResizeObserver(() => {
		if (charts.clientWidth !== last && !matchMedia("print").matches)
			build();
		last = charts.clientWidth;
	});
	observer.observe(charts);
}

/* The choice of a process, and of the time. */
function controls() {
	const box = document.getElementById("controls"), said = el("output", { id: "said" });
	state.moves = [(slot) => {
		const c = tracks[state.track].at[slot];
		said.textContent = slots.length > 1 ? `${slotText(slot)}: ${c ? `${rate(c.io_calls, slotNs(slot))} I/O calls/s` : "nobody there"}` +
			`${c && c.answered ? `, ${rate(c.answered, slotNs(slot))} requests/s, p99 ${time(c.response_p99_ns)}` : ""}` : "";
	}];
	if (tracks.length > 1) {
		const select = el("select", { id: "track" }, tracks.map((t, i) => el("option", { value: String(i) }, nameOf(t))));
		select.addEventListener("change", () => { state.track = +select.value; build(); });
		box.append(el("label", { for: "track" }, "Show", select));
	}
	if (slots.length > 1) {
		const slider = el("input", { type: "range", id: "slot", min: "0", max: String(slots.length - 1), step: "1", value: String(state.slot) });
		slider.addEventListener("input", () => go(+slider.value));
		box.append(el("label", { class: "time", for: "slot" }, "Time", slider), said);
	}
	box.hidden = !box.childElementCount;
}

/* Of which run the page is. */
function about() {
	const run = data.run || {}, ends = slots.length ? slots[slots.length - 1][2] : 0;
	const parts = [run.host && `on ${run.host}`, run.kernel && `Linux ${run.kernel}`,
		ends && `${time(duration)} until ${new Date(ends).toISOString().slice(0, 19).replace("T", " ")} UTC`,
		run.version && `iophase ${run.version}`];
	document.getElementById("about").textContent = parts.filter(Boolean).join(", ");
}

about();
document.getElementById("text-details").open = false;
if (tracks.length) {
	controls();
	build();
} else {
	document.getElementById("charts").append(el("p", null, "No process was there to be seen."));
}
