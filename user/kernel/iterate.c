/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * iterate.c - see iterate.h.
 *
 * What goes in: a program of the kernel half, and a process. What comes out: the kernel has run the
 * program on each of its files, or threads; what that wrote.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/types.h"
#include "kernel/iterate.h"

/* As in union bpf_iter_link_info, which has it since 6.1. */
struct whose {
	uint32_t tid, pid, pid_fd;
};

/* What has been read and is no whole record yet. */
struct taking {
	const struct iterate_records *records;
	size_t used;
	char bytes[32768]; /* as much as the kernel has at once where pages are small */
};

_Static_assert(sizeof(((struct taking *)0)->bytes) > 2 * ITERATE_MAX, "there is room for records");

/* Takes the records that are there as a whole. */
static void take(struct taking *t)
{
	const struct iterate_records *r = t->records;
	size_t done = 0;

	for (; r && t->used - done >= r->size; done += r->size)
		r->take(r->arg, t->bytes + done);
	t->used = r ? t->used - done : 0;
	memmove(t->bytes, t->bytes + done, t->used);
}

/* Runs an iterator to its end; 0 or -errno. */
static int run(const struct bpf_link *link, struct taking *t)
{
	int fd = bpf_iter_create(bpf_link__fd(link)), err = 0;

	if (fd < 0)
		return -errno;
	/* After many files or threads without a word, the kernel wants to be called again. */
	for (;;) {
		ssize_t got = read(fd, t->bytes + t->used, sizeof(t->bytes) - t->used);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got < 0)
			err = -errno;
		if (got <= 0)
			break;
		t->used += (size_t)got;
		take(t);
	}
	close(fd);
	return err;
}

/* Shows the files, or threads, of one process to a program, or with pid 0 those of all. */
int iterate(const struct bpf_program *program, pid_t pid, const struct iterate_records *records)
{
	struct whose whose = {.pid = (uint32_t)pid};
	DECLARE_LIBBPF_OPTS(bpf_iter_attach_opts, opts,
			    .link_info = (union bpf_iter_link_info *)(void *)&whose,
			    .link_info_len = sizeof(whose));
	struct bpf_link *link = bpf_program__attach_iter(program, pid ? &opts : NULL);
	int err = (int)libbpf_get_error(link);
	struct taking t = {.records = records};

	/* Before 1.0, libbpf put the error into the pointer, later into errno. */
	if (err || !link)
		return err ? err : -errno;
	err = run(link, &t);
	bpf_link__destroy(link);
	return err;
}
