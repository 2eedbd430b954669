/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * time_parse.h - a length of time as people write it.
 */
#ifndef IOPHASE_TIME_PARSE_H
#define IOPHASE_TIME_PARSE_H

#include <stdint.h>

#include "base/types.h"

#define TIME_LIMIT_NS (365ULL * 24 * 3600 * NSEC_PER_SEC) /* of a time: a year */

/*
 * A length of time such as 5, 5s, 1.5s, 500ms or 2m, in ns, cut to whole ns. Returns 0; -EINVAL if
 * it is none, -ERANGE if it is a year or longer.
 */
int time_parse(const char *text, uint64_t *ns);

#endif
