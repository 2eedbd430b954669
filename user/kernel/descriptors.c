/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * descriptors.c - see descriptors.h.
 *
 * What goes in: pids. What comes out: how many descriptors of which kind each process has, counted
 * by bpf/descriptors.bpf.h, which an iterator shows them to.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "kernel/descriptors.h"
#include "iophase.skel.h"

/* As in union bpf_iter_link_info, which has it since 6.1. */
struct whose {
	__u32 tid, pid, pid_fd;
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

/* Shows the files of one process to the kernel half, or with pid 0 those of all; 0 or -errno. */
static int show(const struct descriptors_source *d, __u32 pid)
{
	struct whose whose = {.pid = pid};
	DECLARE_LIBBPF_OPTS(bpf_iter_attach_opts, opts,
			    .link_info = (union bpf_iter_link_info *)(void *)&whose,
			    .link_info_len = sizeof(whose));
	struct bpf_link *link =
		bpf_program__attach_iter(d->skel->progs.look_at_descriptors, pid ? &opts : NULL);
	int err = (int)libbpf_get_error(link);

	/* Before 1.0, libbpf put the error into the pointer, later into errno. */
	if (err || !link)
		return err ? err : -errno;
	err = run(link);
	bpf_link__destroy(link);
	return err;
}

/* Asks about each process by itself, or of an older kernel about all in one go; 0 or -errno. */
static int show_each(struct descriptors_source *d, const struct descriptors *list, size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count && !d->whole && !err; i++) {
		err = show(d, list[i].pid);
		if (i == 0 && (err == -E2BIG || err == -EINVAL)) {
			d->whole = true;
			err = 0;
		}
	}
	return d->whole ? show(d, 0) : err;
}

/* Has the kernel half count the descriptors of processes. */
int descriptors_ask(void *arg, struct descriptors *list, size_t count)
{
	struct descriptors_source *d = arg;
	struct iophase_bpf__bss *bss = d->skel->bss;
	int err;

	memcpy(bss->asked, list, count * sizeof(*list));
	bss->asked_pid = 0;
	bss->asked_place = ASKED_MAX;
	__atomic_store_n(&bss->asked_count, count, __ATOMIC_RELEASE);
	err = show_each(d, list, count);
	__atomic_store_n(&bss->asked_count, 0, __ATOMIC_RELEASE);
	memcpy(list, bss->asked, count * sizeof(*list));
	return err;
}
