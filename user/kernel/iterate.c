/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * iterate.c - see iterate.h.
 *
 * What goes in: a program of the kernel half and a process. What comes out: the kernel has run the
 * program on each of its files.
 */
#include <errno.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/types.h"
#include "kernel/iterate.h"

/* As in union bpf_iter_link_info, which has it since 6.1. */
struct whose {
	uint32_t tid, pid, pid_fd;
};

/* Runs an iterator to its end; 0 or -errno. */
static int run(const struct bpf_link *link)
{
	int fd = bpf_iter_create(bpf_link__fd(link)), err = 0;
	char nothing[64]; /* is what it writes */

	if (fd < 0)
		return -errno;
	/* After many files without a word, the kernel wants to be called again. */
	for (;;) {
		ssize_t got = read(fd, nothing, sizeof(nothing));

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got < 0)
			err = -errno;
		if (got <= 0)
			break;
	}
	close(fd);
	return err;
}

/* Shows the files of one process to a program, or with pid 0 those of all; 0 or -errno. */
int iterate_files(const struct bpf_program *program, pid_t pid)
{
	struct whose whose = {.pid = (uint32_t)pid};
	DECLARE_LIBBPF_OPTS(bpf_iter_attach_opts, opts,
			    .link_info = (union bpf_iter_link_info *)(void *)&whose,
			    .link_info_len = sizeof(whose));
	struct bpf_link *link = bpf_program__attach_iter(program, pid ? &opts : NULL);
	int err = (int)libbpf_get_error(link);

	/* Before 1.0, libbpf put the error into the pointer, later into errno. */
	if (err || !link)
		return err ? err : -errno;
	err = run(link);
	bpf_link__destroy(link);
	return err;
}
