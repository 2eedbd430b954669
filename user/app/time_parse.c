/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * time_parse.c - see time_parse.h.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "app/time_parse.h"

/* Reads digits as a number of at most `max`; returns where they end, NULL if there are none. */
static const char *read_digits(const char *text, uint64_t max, uint64_t *value)
{
	const char *start = text;

	*value = 0;
	for (; isdigit((unsigned char)*text); text++) {
		/* Stay at what is too much anyway, so that a thousand digits cannot overflow. */
		if (*value <= max)
			*value = *value * 10 + (uint64_t)(*text - '0');
	}
	return text == start ? NULL : text;
}

/* Reads the digits behind the point as a fraction of `unit` (ns), cut to whole ns. */
static const char *read_fraction(const char *text, uint64_t unit, uint64_t *ns)
{
	const char *start = text;
	uint64_t billionths = 0, step = NSEC_PER_SEC / 10;

	for (; isdigit((unsigned char)*text); text++, step /= 10)
		billionths += step * (uint64_t)(*text - '0');
	/* A unit is a number of ms; of a day, more of it would be too much for 64 bits. */
	*ns = unit / NSEC_PER_MSEC * billionths / (NSEC_PER_SEC / NSEC_PER_MSEC);
	return text == start ? NULL : text;
}

/* A length of time in ns; 0, -EINVAL or -ERANGE. */
int time_parse(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{"", NSEC_PER_SEC},	    {"s", NSEC_PER_SEC},
		{"ms", NSEC_PER_MSEC},	    {"m", 60 * NSEC_PER_SEC},
		{"h", 3600 * NSEC_PER_SEC}, {"d", 24 * 3600 * NSEC_PER_SEC},
	};
	uint64_t whole, fraction = 0, scale = 0;
	const char *point = read_digits(text, TIME_LIMIT_NS / NSEC_PER_MSEC, &whole);
	const char *unit;

	/* As sleep(1) and timeout(1) do, .5 is taken for 0.5. */
	if (!point && *text == '.')
		point = text;
	unit = point;
	if (!point)
		return -EINVAL;
	if (*point == '.')
		unit = point + 1 + strspn(point + 1, "0123456789");
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(unit, units[i].name))
			scale = units[i].ns;
	if (!scale || (*point == '.' && !read_fraction(point + 1, scale, &fraction)))
		return -EINVAL;
	if (whole >= TIME_LIMIT_NS / scale)
		return -ERANGE;
	*ns = whole * scale + fraction;
	return 0;
}
