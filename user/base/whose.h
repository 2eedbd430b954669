/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * whose.h - whose a process is, and where its clients find it.
 */
#ifndef IOPHASE_WHOSE_H
#define IOPHASE_WHOSE_H

#include "base/ports.h"

enum {
	USER_LEN = 33, /* as long as useradd lets a name be, and a zero */
};

/* Texts of anybody's making: print them through fmt_escaped(). Empty: not looked up, or not known.
 */
struct whose {
	char user[USER_LEN];   /* the effective one: its name, or its number where it has none */
	char ports[PORTS_LEN]; /* as ports_write() makes them */
};

#endif
