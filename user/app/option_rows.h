/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * option_rows.h - the table of options.
 */
#ifndef IOPHASE_OPTION_ROWS_H
#define IOPHASE_OPTION_ROWS_H

#include "app/option_types.h"

enum {
	OPTION_ROWS_MAX = 48,
};

/* The groups lie together, in their order. */
extern const struct option_row option_rows[];
extern const size_t option_rows_count; /* at most OPTION_ROWS_MAX */

#endif
