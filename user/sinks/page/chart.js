/* Charts over time: axes, stacks, curves, a heat map; and bars of what has no time. */

const MARGIN = { left: 58, right: 14, top: 8, bottom: 24 };

/* What a chart over time is drawn in: `width` pixels, slots as [from, to, end in ms]. */
function frame(slots, width, height, id) {
	const end = slots[slots.length - 1][1] || 1;
	const plot = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
	const x = (ns) => plot.left + (plot.right - plot.left) * ns / end;
	const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" }, patterns(id));
	const f = { slots, plot, x, root, end, id };
	for (const t of timeTicks(end, Math.max(2, Math.floor((plot.right - plot.left) / 90)))) {
		root.append(svg("line", { class: "axis", x1: x(t), x2: x(t), y1: plot.bottom, y2: plot.bottom + 4 }),
			svg("text", { class: "quiet", x: x(t), y: plot.bottom + 17, "text-anchor": x(t) > plot.right - 20 ? "end" : "middle" }, elapsed(t)));
	}
	return f;
}

/* Lines across at values, with their texts. */
function grid(f, values, y, text) {
	for (const v of values)
		f.root.append(svg("line", { class: "grid", x1: f.plot.left, x2: f.plot.right, y1: y(v), y2: y(v) }),
			svg("text", { class: "quiet", x: f.plot.left - 6, y: y(v) + 4, "text-anchor": "end" }, text(v)));
}

/* The line at the time that is looked at. */
function cursor(f) {
	const line = svg("line", { class: "cursor", y1: f.plot.top, y2: f.plot.bottom });
	f.root.append(line);
	return (slot) => {
		const at = f.x((f.slots[slot][0] + f.slots[slot][1]) / 2);
		line.setAttribute("x1", at.toFixed(1));
		line.setAttribute("x2", at.toFixed(1));
	};
}

/* The slot at a place of the picture. */
function slotAt(f, event) {
	const box = f.root.getBoundingClientRect(), all = f.root.viewBox.baseVal.width;
	const ns = ((event.clientX - box.left) / box.width * all - f.plot.left) / (f.plot.right - f.plot.left) * f.end;
	const found = f.slots.findIndex(([, to]) => ns < to);
	return found < 0 ? f.slots.length - 1 : found;
}

/* Parts on top of each other; values(slot) are theirs, or null. In steps: a slot is one number. */
function stack(f, kinds, values, text) {
	const rows = f.slots.map((_, i) => values(i));
	const top = Math.max(1e-9, ...rows.map((r) => (r ? r.reduce((a, b) => a + b, 0) : 0)));
	const y = (v) => f.plot.bottom - (f.plot.bottom - f.plot.top) * v / (top * 1.03);
	grid(f, ticks(top, 4), y, text);
	const base = rows.map(() => 0);
	kinds.forEach((kind, k) => {
		let d = "";
		for (let i = 0; i < rows.length; i++) {
			if (!rows[i])
				continue;
			let end = i;
			const above = [], below = [];
			for (; end < rows.length && rows[end]; end++) {
				const [from, to] = f.slots[end];
				const left = f.x(from).toFixed(1), right = f.x(to).toFixed(1);
				below.push(`${left} ${y(base[end]).toFixed(1)}`, `${right} ${y(base[end]).toFixed(1)}`);
				base[end] += rows[end][k];
				above.push(`${left} ${y(base[end]).toFixed(1)}`, `${right} ${y(base[end]).toFixed(1)}`);
			}
			d += `M${above.concat(below.reverse()).join("L")}Z`;
			i = end;
		}
		if (d && rows.some((r) => r && r[k] > 0))
			f.root.append(...painted("path", { d }, kind, f.id).filter(Boolean));
	});
}

/* A logarithmic axis of times that has all of these. */
function logAxis(f, least, most) {
	const low = Math.floor(Math.log10(Math.max(1, least))), high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(1, most))));
	const y = (ns) => f.plot.bottom - (f.plot.bottom - f.plot.top) *
		(Math.min(high, Math.max(low, Math.log10(Math.max(1, ns)))) - low) / (high - low);
	const decades = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
	grid(f, decades, y, axisTime);
	return y;
}

/* Curves of times, each a key and the values of slots, null where there is none. */
function curves(f, kinds, values) {
	const all = kinds.flatMap((k) => values(k)).filter((v) => v !== null && v > 0);
	const y = logAxis(f, Math.min(...all), Math.max(...all));
	for (const kind of kinds) {
		let d = "", pen = false;
		values(kind).forEach((v, i, list) => {
			const at = f.x((f.slots[i][0] + f.slots[i][1]) / 2);
			if (v === null) {
				pen = false;
				return;
			}
			if (!pen && (list[i + 1] ?? null) === null)
				f.root.append(svg("circle", { class: `dot ${kind.key}`, cx: at, cy: y(v), r: 3 }));
			d += `${pen ? "L" : "M"}${at.toFixed(1)} ${y(v).toFixed(1)}`;
			pen = true;
		});
		f.root.append(svg("path", { class: `curve ${kind.key}`, d }));
	}
}

/* How many took how long: groups(slot) are [group, count], bounds the times that groups begin at. */
function heat(f, groups, bounds) {
	const rows = f.slots.map((_, i) => groups(i) || []);
	const used = rows.flat().map(([g]) => g);
	const low = Math.min(...used), high = Math.max(...used);
	const each = Math.max(1, Math.ceil((high - low + 1) / 36));
	const row = (g) => Math.floor((g - low) / each);
	const cells = rows.map((list) => {
		const sums = [];
		for (const [g, n] of list)
			sums[row(g)] = (sums[row(g)] || 0) + n;
		return sums;
	});
	/* Slots may be of different lengths: what is compared is how many there were in a second. */
	const dense = (n, i) => n / Math.max(1, f.slots[i][1] - f.slots[i][0]);
	const most = Math.max(...cells.flatMap((sums, i) => sums.filter(Boolean).map((n) => dense(n, i))));
	const lines = row(high) + 1, step = (f.plot.bottom - f.plot.top) / lines;
	const y = (r) => f.plot.bottom - step * r;
	for (let r = 0; r <= lines; r += Math.max(1, Math.ceil(lines / 6)))
		grid(f, [r], y, () => axisTime(bounds[Math.min(bounds.length - 1, low + r * each)]));
	cells.forEach((sums, i) => sums.forEach((n, r) => {
		const [from, to] = f.slots[i];
		f.root.append(svg("rect", { class: "heat", x: f.x(from), y: y(r + 1), width: Math.max(.6, f.x(to) - f.x(from) - .3),
			height: Math.max(1, step - .5), "fill-opacity": .12 + .88 * Math.sqrt(dense(n, i) / most) }));
	}));
}

/* Bars that begin at the left: rows of [name, [[kind, value]], text], all on one scale. */
function bars(rows, width, text) {
	const id = newId("bars"), height = 40, room = width - 2;
	const top = Math.max(1e-9, ...rows.map(([, parts]) => parts.reduce((a, [, v]) => a + v, 0)));
	const root = svg("svg", { viewBox: `0 0 ${width} ${rows.length * height + 4}`, role: "img", "aria-label": text }, patterns(id));
	rows.forEach(([name, parts, said], i) => {
		let x = 1;
		const y = i * height + 2;
		root.append(svg("text", { x, y: y + 12 }, name, svg("tspan", { class: "quiet", dx: 8 }, said)));
		for (const [kind, v] of parts) {
			const w = room * v / top;
			if (w > 0)
				root.append(...painted("rect", { x, y: y + 18, width: Math.max(.5, w), height: 16 }, kind, id).filter(Boolean));
			x += w;
		}
	});
	return root;
}
