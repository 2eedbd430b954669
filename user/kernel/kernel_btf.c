/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kernel_btf.c - see kernel_btf.h.
 *
 * What goes in: /sys/kernel/btf/vmlinux. What comes out: libbpf's view of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "base/types.h"
#include "base/xalloc.h"
#include "kernel/kernel_btf.h"

#define TYPES "/sys/kernel/btf/vmlinux"

enum {
	TYPES_COPIES = 2, /* that libbpf holds of the kernel's types while it reads them */
};

/* The types that libbpf gets when it asks for them the next time; NULL: it reads them. */
static struct btf *kept;

/*
 * The kernel's types. Since 6.16 they can be mapped; reading them takes more than a thousand calls,
 * as sysfs gives a page at a time. An error as btf__load_vmlinux_btf() returns it.
 */
struct btf *kernel_btf_load(void)
{
	int fd = open(TYPES, O_RDONLY | O_CLOEXEC);
	struct stat file = {0};
	void *raw = MAP_FAILED;
	struct btf *btf;

	if (fd >= 0 && !fstat(fd, &file) && file.st_size > 0 && file.st_size < UINT32_MAX)
		raw = mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd >= 0)
		close(fd);
	/* We are the first to take them apart, libbpf is the next; each page of it costs. */
	memory_reserve(TYPES_COPIES * (size_t)file.st_size);
	if (raw == MAP_FAILED)
		return btf__parse(TYPES, NULL);
	btf = btf__new(raw, (__u32)file.st_size);
	munmap(raw, (size_t)file.st_size);
	return btf;
}

/*
 * This is libbpf's function for the kernel's types, which it calls when it loads, and then frees
 * what it has got. To read them and take them apart is a tenth of what arming takes, and we have
 * done so: libbpf has no other way to be given them. Weak, for where libbpf is linked statically
 * its own one is taken, and the types are read twice.
 */
__attribute__((weak)) struct btf *btf__load_vmlinux_btf(void)
{
	struct btf *btf = kept;

	kept = NULL;
	return btf ? btf : kernel_btf_load();
}

/* Keeps the kernel's types for libbpf. */
void kernel_btf_keep(struct btf *btf)
{
	kernel_btf_drop();
	kept = btf;
}

const struct btf *kernel_btf_kept(void)
{
	return kept;
}

/* Frees what libbpf has not asked for. */
void kernel_btf_drop(void)
{
	btf__free(kept);
	kept = NULL;
}

/* Has libbpf not look for types in modules, where we may not list them. */
void kernel_btf_skip_modules(struct bpf_program *any)
{
	libbpf_print_fn_t printer;
	__u32 id = 0;

	if (!bpf_btf_get_next_id(id, &id) || errno != EPERM)
		return;
	/*
	 * A function that the kernel lacks, weak as it may be, has libbpf before 1.4 list its
	 * modules, and fail if that takes CAP_SYS_ADMIN. But it tries only once.
	 */
	printer = libbpf_set_print(NULL);
	(void)bpf_program__set_attach_target(any, 0, "no event");
	libbpf_set_print(printer);
}
