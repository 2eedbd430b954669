/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * unit.h - what cmocka asks to be included before itself, and cmocka.
 */
#ifndef IOPHASE_UNIT_H
#define IOPHASE_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* cmocka 2 has it, and deprecates the name that cmocka 1 has for the same. */
#ifndef assert_uint_in_range
#define assert_uint_in_range assert_in_range
#endif

#include "base/types.h"

#endif
