/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * xalloc.h - memory that is always there: when none is left, the program ends with one line.
 */
#ifndef IOPHASE_XALLOC_H
#define IOPHASE_XALLOC_H

#include <stddef.h>

/* `count` zeroed items of `size` bytes; never NULL. */
void *xcalloc(size_t count, size_t size);

/* `old`, moved if need be to room for `count` items of `size` bytes; never NULL. */
void *xrealloc(void *old, size_t count, size_t size);

/*
 * Memory of `bytes` for what is about to be allocated: it comes at once, in large pages where there
 * are any, and is used again when it is freed, until memory_release() gives back what is not in
 * use. What is freed after that is kept: a report needs as much as the last one, and each page that
 * is given back and asked for again is a fault.
 */
void memory_reserve(size_t bytes);
void memory_release(void);

/* Ends the program for want of memory, with one line on stderr. */
_Noreturn void xalloc_failed(void);

/* A copy of the string. */
char *xstrdup(const char *s);

/* A new string, written as by printf. */
__attribute__((format(printf, 1, 2))) char *xasprintf(const char *format, ...);

#endif
