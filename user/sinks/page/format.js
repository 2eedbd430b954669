/* Numbers as people read them: times of ns, counts, shares, ticks of axes. */

const UNITS = [[3600e9, "h"], [60e9, "min"], [1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]];

/* Three digits. */
const digits = (x) => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2));

/* A time of ns: 741 µs. */
function time(ns) {
	if (!ns)
		return "0";
	const [size, unit] = UNITS.find(([s]) => ns >= s * .9995) || UNITS[UNITS.length - 1];
	const text = unit === "ns" ? ns.toFixed(0) : digits(ns / size);
	return `${text} ${unit}`;
}

/* The same at an axis: 10 µs, not 10.0. */
const axisTime = (ns) => time(ns).replace(/\.0+ /, " ");

/* A count: 12,345. */
const count = (n) => Math.round(n).toLocaleString("en-US");

/* So many in so many ns, by the second. */
function rate(n, ns) {
	const r = ns ? n / (ns / 1e9) : 0;
	return r && r < 10 ? r.toFixed(1) : count(r);
}

/* A share of a whole. */
const share = (part, whole) => (whole ? `${(100 * part / whole).toFixed(1)} %` : "–");

/* Bytes: 4.1 MiB. */
function bytes(n) {
	let i = 0;
	for (; n >= 1024 && i < 5; i++)
		n /= 1024;
	return i ? `${digits(n)} ${["B", "KiB", "MiB", "GiB", "TiB", "PiB"][i]}` : `${n} B`;
}

/* The time of day, UTC, of ms since 1970; with ms if `fine`. */
const clock = (ms, fine) => new Date(ms).toISOString().slice(11, fine ? 23 : 19);

/* Up to about `n` round numbers from 0 to `top`. */
function ticks(top, n) {
	if (!(top > 0))
		return [0];
	const raw = top / n, power = 10 ** Math.floor(Math.log10(raw));
	const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * .999);
	const all = [];
	for (let i = 0; i * step <= top * 1.0001; i++)
		all.push(i * step);
	return all;
}

/* Elapsed times that fall upon round numbers of seconds, minutes or hours; in ns. */
function timeTicks(top, n) {
	const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400];
	const seconds = top / 1e9, step = steps.find((s) => s >= seconds / n * .999);
	if (seconds < 2 || !step)
		return ticks(top, n);
	const all = [];
	for (let s = 0; s <= seconds * 1.0001; s += step)
		all.push(s * 1e9);
	return all;
}

/* An elapsed time at an axis: 90 s, 5 min. */
function elapsed(ns) {
	const s = ns / 1e9;
	if (s >= 7200)
		return `${+(s / 3600).toFixed(1)} h`;
	return s >= 300 ? `${+(s / 60).toFixed(1)} min` : `${+s.toFixed(2)} s`;
}
