/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fmt.c - numbers and bars as people read them; comms are in fmt_comm.c.
 *
 * What goes in: integers (times in ns). What comes out: short texts with their units. Whatever the
 * number, a count takes at most 9 columns (5 in a tight place) and a duration 7 (6).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"

#define FMT(t, ...) snprintf((t).s, sizeof((t).s), __VA_ARGS__)

/* For "%.*f": a value below 1000 to three digits at most: 9.9, 99.9, 100, 999. */
#define THREE_DIGITS(v) ((v) < 99.95 ? 1 : 0), (v)

/* A number with a comma before every three digits. */
static struct text with_commas(uint64_t n)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, n);
	struct text t;
	char *to = t.s;

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return t;
}

/* A number with thousands separators; beyond 9 digits, or what the room allows, 12.3G. */
struct text fmt_count(uint64_t n, enum room room)
{
	static const uint64_t limit[] = {
		[ROOM_FULL] = 10000000,
		[ROOM_SHORT] = 100000,
		[ROOM_TIGHT] = 10000,
	};
	static const char letter[] = "kMGTPE";
	double v = (double)n / 1000;
	struct text t;
	int unit = 0;

	if (n < limit[room])
		return with_commas(n);
	for (; v >= 999.5; v /= 1000)
		unit++;
	FMT(t, "%.*f%c", THREE_DIGITS(v), letter[unit]);
	return t;
}

/* `n` in `period` ns as a number per second. */
struct text fmt_rate(uint64_t n, uint64_t period, enum room room)
{
	double rate = period ? (double)n * (double)NSEC_PER_SEC / (double)period : 0;

	struct text t;

	if (rate < 9.95) {
		FMT(t, "%.1f", rate);
		return t;
	}
	return fmt_count(rate < 1e19 ? (uint64_t)(rate + 0.5) : UINT64_MAX, room);
}

/* A duration (ns) to three digits. */
struct text fmt_duration(uint64_t ns, enum room room)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"h", 3600e9}, {"d", 24 * 3600e9}};
	const char *space = room == ROOM_TIGHT ? "" : " ";
	struct text t;
	size_t u = 0;
	double v;

	if (ns < 1000) {
		FMT(t, "%" PRIu64 "%sns", ns, space);
		return t;
	}
	while (u + 1 < ARRAY_SIZE(units) && (double)ns / units[u].ns >= 999.5)
		u++;
	v = (double)ns / units[u].ns;
	if (v < 999.5)
		FMT(t, "%.*f%s%s", THREE_DIGITS(v), space, units[u].name);
	else
		FMT(t, ">999%s%s", space, units[u].name);
	return t;
}

/* An amount of time (ns) to two decimals, in ms if `total` (ns) is under a second, else in s. */
struct text fmt_amount(uint64_t ns, uint64_t total)
{
	uint64_t unit = total < NSEC_PER_SEC ? NSEC_PER_MSEC : NSEC_PER_SEC;
	uint64_t hundredths = ns / (unit / 100) + (ns % (unit / 100) >= unit / 200);
	struct text t;

	if (hundredths >= 100000000)
		FMT(t, "%.16s s", fmt_count(hundredths / 100, ROOM_FULL).s);
	else
		FMT(t, "%.16s.%02u %s", with_commas(hundredths / 100).s,
		    (unsigned int)(hundredths % 100), unit == NSEC_PER_MSEC ? "ms" : "s");
	return t;
}

/* Bytes to three digits. */
struct text fmt_bytes(uint64_t bytes, enum room room)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	const char *space = room == ROOM_TIGHT ? "" : " ";
	double v = (double)bytes / 1024;
	struct text t;
	size_t u = 0;

	if (bytes < 1000) {
		FMT(t, "%" PRIu64 "%sB", bytes, space);
		return t;
	}
	for (; v >= 999.5; v /= 1024)
		u++;
	FMT(t, "%.*f%s%s", THREE_DIGITS(v), space, units[u]);
	return t;
}

/* part / whole in percent; "-" if the whole is 0. */
struct text fmt_percent(uint64_t part, uint64_t whole, enum room room)
{
	double percent = whole ? 100 * (double)part / (double)whole : 0;
	struct text t;

	if (!whole)
		FMT(t, "-");
	else if (percent < 9999.5)
		FMT(t, "%.1f%s%%", percent, room == ROOM_TIGHT ? "" : " ");
	else
		FMT(t, ">9999 %%");
	return t;
}

/* A bar of part / whole of `cells` cells: eighths of blocks in UTF-8, else whole '#'. */
struct bar fmt_bar(uint64_t part, uint64_t whole, unsigned int cells, bool utf8)
{
	static const char *const eighth[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
	double fraction = !whole ? 0 : part < whole ? (double)part / (double)whole : 1;
	unsigned int full, rest;
	struct bar b;
	char *to = b.s;

	if (cells > BAR_CELLS_MAX)
		cells = BAR_CELLS_MAX;
	full = (unsigned int)(fraction * cells * 8 + 0.5);
	/* Something is never drawn as nothing. */
	if (!full && part && whole)
		full = 1;
	if (!utf8) {
		full = full && full < 8 ? 1 : (full + 4) / 8;
		memset(to, '#', full);
		to[full] = '\0';
		return b;
	}
	rest = full % 8;
	for (full /= 8; full > 0; full--)
		to = stpcpy(to, eighth[8]);
	stpcpy(to, eighth[rest]);
	return b;
}
