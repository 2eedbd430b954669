/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kernel_btf.c - see kernel_btf.h.
 *
 * What goes in: /sys/kernel/btf/vmlinux. What comes out: libbpf's view of the part of
 * it that is asked about.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "base/types.h"
#include "base/xalloc.h"
#include "kernel/core_types.h"
#include "kernel/kernel_btf.h"

#define TYPES "/sys/kernel/btf/vmlinux"

enum {
	PATH_SIZE = 32,
};

/* What is asked of the kernel's types: by our programs, of which the build makes rows, and by us.
 */
static const struct core_name names[] = {
#include "core_names.inc"
	{"bpf_func_id", false},
	{"bpf_iter_link_info", false},
};

/* What was found among the kernel's types. */
static struct {
	struct btf *btf;       /* of the part, or of all; NULL: libbpf has it, or there is none */
	struct core_part part; /* what libbpf relocates by, */
	int fd;		       /* in a file of memory, if there is a path */
	char path[PATH_SIZE];
} kept;

/* The kernel's types as it gives them. */
struct raw {
	void *at;
	size_t size;
	bool mapped;
};

/* Reads the file, a page at a time, as sysfs gives it; 0 or -errno. */
static int read_all(struct raw *raw, int fd)
{
	size_t done = 0;

	raw->at = xcalloc(1, raw->size);
	while (done < raw->size) {
		ssize_t got = read(fd, (char *)raw->at + done, raw->size - done);

		if (got <= 0)
			return got ? -errno : -EIO;
		done += (size_t)got;
	}
	return 0;
}

/* Gets the kernel's types, for let_go(); 0 or -errno. Since 6.16 they can be mapped; reading them
 * takes more than a thousand calls. */
static int get(struct raw *raw)
{
	int fd = open(TYPES, O_RDONLY | O_CLOEXEC), err = 0;
	struct stat file;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &file))
		err = -errno;
	else if (file.st_size <= 0 || file.st_size > UINT32_MAX)
		err = -EINVAL;
	if (!err) {
		raw->size = (size_t)file.st_size;
		raw->at = mmap(NULL, raw->size, PROT_READ, MAP_PRIVATE, fd, 0);
		raw->mapped = raw->at != MAP_FAILED;
		err = raw->mapped ? 0 : read_all(raw, fd);
	}
	close(fd);
	return err;
}

/* Gives their memory back. */
static void let_go(const struct raw *raw)
{
	if (raw->mapped)
		munmap(raw->at, raw->size);
	else
		free(raw->at);
}

/*
 * Reads the part of the kernel's types that is asked about. Where the kernel lacks a function that
 * our programs name, libbpf looks for it in modules, whose types lean on the whole of the kernel's:
 * then it gets that.
 */
int kernel_btf_load(void)
{
	struct raw raw = {0};
	int err = get(&raw);

	kernel_btf_drop();
	if (err) {
		let_go(&raw);
		return err;
	}
	kept.part = core_types_part(raw.at, raw.size, names, ARRAY_SIZE(names));
	if (kept.part.file && !kept.part.lacks_functions) {
		kept.btf = btf__new(kept.part.file, (__u32)kept.part.size);
	} else {
		memory_reserve(raw.size);
		kept.btf = btf__new(raw.at, (__u32)raw.size);
	}
	let_go(&raw);
	err = (int)libbpf_get_error(kept.btf);
	if (err)
		kernel_btf_drop();
	return err;
}

/*
 * This is libbpf's function for the kernel's types, which it calls when it loads, and then frees
 * what it has got. To read them and take them apart is a tenth of what arming takes, and we have
 * done so: libbpf has no other way to be given them. Weak, for where libbpf is linked statically
 * its own one is taken, and the types are read twice.
 */
__attribute__((weak)) struct btf *btf__load_vmlinux_btf(void)
{
	struct btf *btf = kept.btf;

	kept.btf = NULL;
	return btf ? btf : btf__parse(TYPES, NULL);
}

const struct btf *kernel_btf(void)
{
	return kept.btf;
}

/* Whether we may write a file of such a size. */
static bool may_write(size_t size)
{
	struct rlimit limit;

	return !getrlimit(RLIMIT_FSIZE, &limit) && limit.rlim_cur >= size;
}

/* Writes the part, but for functions; whether all of it was written. libbpf has read it before, and
 * does not come back to it. */
static bool write_part(int fd)
{
	struct btf_header *header = kept.part.file;
	size_t done = 0;

	header->type_len = kept.part.types_size;
	while (done < kept.part.size) {
		ssize_t wrote = write(fd, (char *)kept.part.file + done, kept.part.size - done);

		if (wrote <= 0)
			return false;
		done += (size_t)wrote;
	}
	return true;
}

const char *kernel_btf_path(void)
{
	int fd;

	if (!kept.part.file || !may_write(kept.part.size))
		return NULL;
	fd = memfd_create("iophase", MFD_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (!write_part(fd)) {
		close(fd);
		return NULL;
	}
	kept.fd = fd;
	snprintf(kept.path, sizeof(kept.path), "/proc/self/fd/%d", fd);
	return kept.path;
}

/* Frees what libbpf has not asked for, and its file. */
void kernel_btf_drop(void)
{
	if (!libbpf_get_error(kept.btf))
		btf__free(kept.btf);
	kept.btf = NULL;
	free(kept.part.file);
	kept.part = (struct core_part){0};
	if (kept.path[0])
		close(kept.fd);
	kept.path[0] = '\0';
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
