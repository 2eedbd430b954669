/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * replay.h - the command `report`: what was recorded by -o json:FILE, reported again.
 */
#ifndef IOPHASE_REPLAY_H
#define IOPHASE_REPLAY_H

#include "base/exit_code.h"

struct options;

enum exit_code replay_run(const struct options *o);

#endif
