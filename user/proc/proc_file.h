/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_file.h - reading files and folders under /proc; for proc.c and proc_fd.c.
 */
#ifndef IOPHASE_PROC_FILE_H
#define IOPHASE_PROC_FILE_H

#include <limits.h>

#include "proc/pids.h"

/* Where /proc is mounted: "/proc", unless a test puts a tree of its own there. */
extern const char *proc_root;

enum {
	PROC_TEXT_MAX = 4096, /* longer than any of the files that are read whole */
};

/* Writes the path of something under /proc. */
__attribute__((format(printf, 2, 3))) void proc_path(char path[PATH_MAX], const char *format, ...);

/* The error in errno of a system call on a file of a process: it has none only if it is gone. */
int proc_error(void);

/* Whether an error, a -errno, is that we may not look. */
bool proc_is_denial(int err);

/* Reads a small file whole, as a string; returns its length or -errno. */
int proc_read(const char *path, char text[PROC_TEXT_MAX]);

/*
 * Reads an open file of one line from its start, as a string; its length or -errno. The kernel
 * writes such a file in one piece, so there is no second read to find its end.
 */
int proc_read_line(int fd, char text[PROC_TEXT_MAX]);

/* Adds all numbers that are names of files in a directory; 0 or -errno. */
int proc_numbers(const char *path, struct pid_list *numbers);

#endif
