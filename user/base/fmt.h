/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fmt.h - numbers, bars and comms as people read them.
 *
 * Each function returns its text by value, so that it can stand in a call of printf:
 * printf("%s", fmt_count(n).s).
 */
#ifndef IOPHASE_FMT_H
#define IOPHASE_FMT_H

#include "base/types.h"

struct text {
	char s[40];
};

enum {
	BAR_CELLS_MAX = 80,
};

struct bar {
	char s[3 * BAR_CELLS_MAX + 1]; /* a block is three bytes of UTF-8 */
};

struct comm_text {
	char s[4 * COMM_LEN + 1]; /* each byte may become \xNN */
};

/* How much room a number may take. */
enum room {
	ROOM_FULL,  /* 12,345,678 and 12.1 ms */
	ROOM_SHORT, /* 12.3M (from 100,000 on) and 12.1 ms */
	ROOM_TIGHT, /* 12.3k (from 10,000 on) and 12.1ms */
};

/* A number with thousands separators; beyond 9 digits, or what the room allows, 12.3G. */
struct text fmt_count(uint64_t n, enum room room);

/* `n` in `period` ns as a number per second: 1,198 or 0.2. */
struct text fmt_rate(uint64_t n, uint64_t period, enum room room);

/* A duration (ns) to three digits: 741 us, 12.1 ms, 17.2 s, 2.1 h. */
struct text fmt_duration(uint64_t ns, enum room room);

/*
 * An amount of time (ns) to two decimals, in ms if `total` (ns) is under a second, else in s; a
 * million seconds or more without decimals. At most 12 columns.
 */
struct text fmt_amount(uint64_t ns, uint64_t total);

/* Bytes to three digits: 512 B, 4.1 MiB. */
struct text fmt_bytes(uint64_t bytes, enum room room);

/* part / whole: 98.7 %; "-" if the whole is 0. */
struct text fmt_percent(uint64_t part, uint64_t whole, enum room room);

/* A bar of part / whole of `cells` cells: eighths of blocks in UTF-8, else whole '#'. */
struct bar fmt_bar(uint64_t part, uint64_t whole, unsigned int cells, bool utf8);

/*
 * A comm as text of one line without control over a terminal: each byte that is not part of a
 * printable character of valid UTF-8 (of ASCII, if not utf8) becomes \xNN, and a backslash \\.
 */
struct comm_text fmt_comm(const char comm[COMM_LEN], bool utf8);

/*
 * Writes `length` bytes in that way and a zero byte behind them, 4 * length + 1 bytes at most;
 * returns where that is.
 */
char *fmt_escaped(char *to, const char *bytes, size_t length, bool utf8);

/*
 * Undoes that: writes the bytes that a text of `length` bytes stands for, and no zero byte. Returns
 * how many; -1 if it is no such text, or if they are more than `room`.
 */
long fmt_unescaped(char *to, size_t room, const char *text, size_t length);

/* The columns of a terminal that a text of valid UTF-8 takes. */
unsigned int fmt_width(const char *s);

#endif
