/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ports.h - the ports at which a process waits for clients, as a text.
 */
#ifndef IOPHASE_PORTS_H
#define IOPHASE_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PORTS_LEN = 128, /* of their text, with its zero: 17 ports at least */
};

/* The text where there is none. */
#define PORTS_NONE "none"

struct port {
	uint16_t number;
	bool udp; /* else TCP */
};

/*
 * Sorts the ports, those of TCP first, and writes each once: "80,443,53/udp"; behind those that
 * there is room for stands how many more there are: "80,443+12". Of none: PORTS_NONE.
 */
void ports_write(char text[PORTS_LEN], struct port *port, size_t count);

/*
 * Makes such a text at most `columns` long in its place, as far as its first port leaves room for:
 * fewer ports, and how many more there are. Any text may be given.
 */
void ports_cut(char *text, size_t columns);

#endif
