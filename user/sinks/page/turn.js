/*
 * The textbook figure with this server's own times: what a thread does from one read to the next, on
 * average. Phase 1 is waiting for the data, phase 2 copying them to the user. What counts for what is
 * as in tests/textbook/turn.py of iophase.
 */

const FAMILIES = [
	{ name: "blocking", models: ["blocking"], sketch: "sleeps in the read until data are there" },
	{ name: "non-blocking", models: ["nonblocking"], sketch: "reads again and again until data are there" },
	{ name: "multiplexing", models: ["select", "poll", "epoll-lt", "epoll-et"], sketch: "sleeps in select, poll or epoll, then reads" },
	{ name: "signal-driven", models: ["signal-driven"], sketch: "is free until a signal comes, then reads" },
	{ name: "asynchronous", models: ["posix-aio", "linux-aio", "io_uring"], sketch: "is free until all is done, the copy too" },
];

const SEGMENTS = {
	blocked: { key: "wait", name: "asleep in an I/O call: blocked" },
	chosen: { key: "chosen", name: "asleep waiting for completions or signals: by choice", hatch: "flat" },
	free: { key: "app-wait", name: "asleep outside I/O calls", hatch: "fall" },
	polling: { key: "polling", name: "on a CPU, asks again and again", hatch: "flat" },
	working: { key: "cpu", name: "on a CPU: calls without copying, own code" },
	runq: { key: "runq", name: "awake, waits for a CPU", hatch: "rise" },
	copy: { key: "copy", name: "copies from the kernel to the user" },
};

const POLLS = 10; /* fruitless calls per read from which on a thread is said to poll */

/*
 * The turn of a process; null if it has read nothing. `asleep`: ns that its threads slept outside I/O
 * calls, without those that did nothing at all.
 */
function turnOf(process, asleep) {
	const calls = (process.calls || []).filter((c) => c.class !== "request");
	const reads = (process.calls || []).reduce((sum, c) =>
		sum + (c.class === "read" || (c.class === "request" && c.call.endsWith("_read")) ? c.ok || 0 : 0), 0);
	if (!reads)
		return null;
	const sum = (column, has) => calls.filter(has).reduce((s, c) => s + (c[column] || 0), 0);
	const io = (column) => sum(column, (c) => c.class !== "app" && c.class !== "write");
	const app = (column) => sum(column, (c) => c.class === "app");
	const isChosen = (c) => (c.class === "async" || c.class === "signal") && c.call !== "iou-worker";
	const busiest = (column, has) => calls.filter((c) => has(c) && c[column] > 0)
		.sort((a, b) => b[column] - a[column]).map((c) => c.call)[0];
	const chosen = sum("wait_ns", isChosen), fruitless = sum("again", (c) => c.class !== "app") / reads;
	const polls = fruitless >= POLLS;
	const segments = [
		[SEGMENTS.blocked, io("wait_ns") - chosen, busiest("wait_ns", (c) => c.class !== "app" && c.class !== "write" && !isChosen(c))],
		[SEGMENTS.chosen, chosen, busiest("wait_ns", isChosen)],
		[SEGMENTS.free, asleep, null],
		[polls ? SEGMENTS.polling : SEGMENTS.working, io("cpu_ns") + app("cpu_ns"), null],
		[SEGMENTS.runq, io("runq_ns") + app("runq_ns"), null],
	].map(([kind, ns, call]) => ({ kind, ns: ns / reads, call })).filter((s) => s.ns > 0);
	const copy = (io("copy_ns") + app("copy_ns")) / reads;
	const known = calls.every((c) => c.class === "app" || c.cpu_ns !== undefined);
	return { process, reads, fruitless, polls, known, segments, phase1: segments.reduce((s, one) => s + one.ns, 0),
		copy, copier: busiest("copy_ns", (c) => c.class !== "app"),
		answer: ["wait_ns", "runq_ns", "cpu_ns", "copy_ns"].reduce((s, p) => s + sum(p, (c) => c.class === "write"), 0) / reads };
}

/* What a turn is, as a sentence. */
function turnText(t) {
	const parts = t.segments.slice().sort((a, b) => b.ns - a.ns).filter((s) => s.ns >= t.phase1 * .01)
		.map((s) => `${time(s.ns)} ${s.kind.name}${s.call ? ` (${s.call})` : ""}`);
	return `${t.process.comm} (pid ${t.process.pid}, ${t.process.model}), the mean of ${count(t.reads)} reads. ` +
		`Phase 1: ${parts.join("; ")}. Phase 2: ${t.copy ? `copy, ${time(t.copy)}${t.copier ? `, in ${t.copier}` : ""}` : "no copy was seen"}.`;
}

/* The two panels of a lane: its segments downwards from each panel's top. */
function drawLane(root, id, t, x, width, panel1, panel2, top1, top2) {
	const scale1 = panel1.height / top1, scale2 = top2 ? panel2.height / top2 : 0;
	let y = panel1.y;
	for (const s of t.segments) {
		root.append(...painted("rect", { x, y, width, height: Math.max(.7, s.ns * scale1) }, s.kind, id).filter(Boolean));
		y += s.ns * scale1;
	}
	root.append(svg("line", { class: "axis", x1: x, x2: x + width, y1: y, y2: y }));
	if (!t.copy)
		return;
	root.append(svg("polygon", { class: "f-wedge", points: `${x},${y} ${x + width},${y} ${x + width},${panel2.y} ${x},${panel2.y}` }));
	root.append(...painted("rect", { x, y: panel2.y, width, height: Math.max(.7, t.copy * scale2) }, SEGMENTS.copy, id).filter(Boolean));
}

/* Words in lines of so many characters. */
function wrapped(text, room) {
	const lines = [""];
	for (const word of text.split(" ")) {
		const last = lines[lines.length - 1];
		if (last && last.length + word.length + 1 > room)
			lines.push(word);
		else
			lines[lines.length - 1] = last ? `${last} ${word}` : word;
	}
	return lines;
}

/* A model that nobody here uses: its name, and what it would look like, without numbers. */
function drawSketch(root, family, x, width, panel1) {
	root.append(svg("rect", { class: "f-schema", x: x + 4, y: panel1.y + 8, width: width - 8, height: panel1.height - 16, rx: 4 }));
	wrapped(family.sketch, Math.floor((width - 20) / 6.3)).concat(["", "(not used here)"]).forEach((line, i) =>
		root.append(svg("text", { class: "quiet", x: x + 10, y: panel1.y + 30 + i * 16 }, line)));
}

/* The figure of turns, at most a few for each family. */
function textbookFigure(turns, width) {
	const id = newId("turn"), wide = width >= 620, axis = 62;
	const of = (family) => turns.filter((t) => family.models.includes(t.process.model));
	const shown = wide ? FAMILIES : FAMILIES.filter((f) => of(f).length);
	const column = (width - axis) / Math.max(1, shown.length);
	const panel1 = { y: 50, height: 244 }, panel2 = { y: 344, height: 110 };
	const top1 = Math.max(...turns.map((t) => t.phase1)), top2 = Math.max(...turns.map((t) => t.copy));
	const root = svg("svg", { viewBox: `0 0 ${width} 478`, role: "img",
		"aria-label": `The textbook figure: ${turns.map(turnText).join(" ")}` }, patterns(id));
	const titles = [];
	const scale = (panel, top, title) => {
		titles.push(svg("text", { class: "strong title", x: axis, y: panel.y + panel.height + 18 }, title));
		for (const v of ticks(top, 4)) {
			const y = panel.y + panel.height * v / top;
			root.append(svg("line", { class: "grid", x1: axis - 4, x2: width, y1: y, y2: y }),
				svg("text", { class: "quiet", x: axis - 8, y: y + 4, "text-anchor": "end" }, axisTime(v)));
		}
	};
	scale(panel1, top1, "Phase 1: waiting for the data");
	if (top2)
		scale(panel2, top2, `Phase 2: copying, drawn ${count((panel2.height / top2) / (panel1.height / top1))} times larger`);
	shown.forEach((family, i) => {
		const x = axis + i * column, here = of(family), bar = Math.min(56, (column - 24) / Math.max(1, here.length) - 6);
		root.append(svg("rect", { class: here.length ? "f-band-on" : "f-band", x: x + 3, y: 4, width: column - 6, height: 26, rx: 4 }),
			svg("text", { class: here.length ? "on-band" : "quiet", x: x + column / 2, y: 21, "text-anchor": "middle" }, family.name));
		if (!here.length)
			drawSketch(root, family, x, column, panel1);
		here.forEach((t, k) => {
			const left = x + 12 + k * (bar + 6);
			if (turns.length > 1)
				root.append(svg("text", { class: "strong", x: left + bar / 2, y: panel1.y - 3, "text-anchor": "middle" }, String(turns.indexOf(t) + 1)));
			drawLane(root, id, t, left, bar, panel1, panel2, top1, top2);
		});
	});
	root.append(...titles);
	return root;
}
