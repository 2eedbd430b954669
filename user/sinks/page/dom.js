/* Elements: made of names and texts, never of HTML, so that no name can become any. */

const SVG = "http://www.w3.org/2000/svg";

/* Sets attributes and adds children: elements, texts, lists of these; what is null is nothing. */
function fill(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes || {})) {
		if (value === true)
			element.setAttribute(name, "");
		else if (value !== null && value !== undefined && value !== false)
			element.setAttribute(name, typeof value === "number" ? +value.toFixed(2) : value);
	}
	for (const child of children.flat(Infinity)) {
		if (child !== null && child !== undefined && child !== false)
			element.append(child);
	}
	return element;
}

const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
const svg = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

let ids = 0;

/* An id that nothing else has. */
const newId = (word) => `${word}-${++ids}`;

/*
 * A table: columns are [title, function of a row, is it a text], the first one heads the rows. It can
 * be scrolled by keyboard where it is too wide.
 */
function table(caption, columns, rows) {
	const cell = (row, [, get, isText], i) =>
		el(i ? "td" : "th", { scope: i ? null : "row", class: isText ? "text" : null }, get(row) ?? "–");
	return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
		el("table", null, el("caption", null, caption),
			el("thead", null, el("tr", null, columns.map(([title, , isText]) =>
				el("th", { scope: "col", class: isText ? "text" : null }, title)))),
			el("tbody", null, rows.map((row) =>
				el("tr", null, columns.map((column, i) => cell(row, column, i)))))));
}

/* The numbers behind a chart: made when they are asked for. */
function numbers(caption, columns, rows) {
	const details = el("details", { class: "numbers" }, el("summary", null, `Numbers: ${caption}`));
	details.addEventListener("toggle", () => {
		if (details.open && details.childElementCount === 1)
			details.append(table(caption, columns, rows));
	});
	return details;
}

/* What can be opened or have the focus within a part of the page, by names that it has also when it is built anew. */
function reachable(part) {
	const named = new Map();
	for (const e of part.querySelectorAll("summary, .scroll, input")) {
		const name = `${e.closest("section").id} ${e.tagName} ${e.id || e.getAttribute("aria-label") || e.textContent}`;
		let n = 1;
		while (named.has(`${name} ${n}`))
			n++;
		named.set(`${name} ${n}`, e);
	}
	return named;
}

/* Builds a part of the page anew by build(): what was open is so again, and what had the focus has it. */
function rebuilt(part, build) {
	const before = [...reachable(part)], had = before.find(([, e]) => e === document.activeElement);
	const open = before.filter(([, e]) => e.tagName === "SUMMARY" && e.parentElement.open).map(([name]) => name);
	build();
	const now = reachable(part);
	for (const details of open.filter((name) => now.has(name)).map((name) => now.get(name).parentElement)) {
		details.open = true;
		details.dispatchEvent(new Event("toggle")); /* which comes too late by itself */
	}
	const again = had && reachable(part).get(had[0]);
	if (again)
		again.focus({ preventScroll: true });
}

/* A section with its heading. */
function section(id, title, ...children) {
	return el("section", { id, "aria-labelledby": `${id}-head` },
		el("h2", { id: `${id}-head` }, title), children);
}

/* Patterns, so that no two neighbours differ by colour alone. */
function patterns(id) {
	const hatch = (name, d) => svg("pattern", { id: `${id}-${name}`, width: 6, height: 6, patternUnits: "userSpaceOnUse" },
		svg("path", { d, class: "hatch", fill: "none" }));
	return svg("defs", null, hatch("rise", "M-1 7 L7 -1"), hatch("fall", "M-1 -1 L7 7"), hatch("flat", "M0 3 L6 3"));
}

/* A shape that is filled, and hatched over that if its kind is. */
function painted(name, attributes, kind, id) {
	const fillClass = { class: `layer f-${kind.key}` };
	return [svg(name, { ...attributes, ...fillClass }),
		kind.hatch && svg(name, { ...attributes, fill: `url(#${id}-${kind.hatch})` })];
}

/* What the parts of a chart are. */
function legend(kinds) {
	return el("ul", { class: "legend" }, kinds.map((kind) => {
		const id = newId("legend");
		return el("li", null, svg("svg", { viewBox: "0 0 22 14", "aria-hidden": "true" }, patterns(id),
			painted("rect", { x: .5, y: .5, width: 21, height: 13 }, kind, id)), kind.name);
	}));
}
