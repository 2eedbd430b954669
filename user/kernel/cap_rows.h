/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cap_rows.h - the table of what is looked for before anything is loaded.
 */
#ifndef IOPHASE_CAP_ROWS_H
#define IOPHASE_CAP_ROWS_H

#include "kernel/cap.h"

extern const struct cap_row cap_rows[];
extern const size_t cap_row_count;

#endif
