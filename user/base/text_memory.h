/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_memory.h - a stream that writes into memory.
 */
#ifndef IOPHASE_TEXT_MEMORY_H
#define IOPHASE_TEXT_MEMORY_H

#include <stdio.h>

/*
 * A stream that writes into memory: *text, `*size` bytes and a zero byte, is complete when
 * memory_close() has closed it, and to be freed by free(). Never NULL.
 */
FILE *memory_open(char **text, size_t *size);
void memory_close(FILE *stream);

#endif
