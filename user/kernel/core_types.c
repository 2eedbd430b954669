/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * core_types.c - see core_types.h.
 *
 * For each struct that our programs name, libbpf goes through all types of the kernel, 126,610 in
 * 6.18, and compares names: that was a sixth of what arming took. Two thirds of them are functions,
 * and come last; of the others we name a hundred.
 *
 * What goes in: the kernel's types, and those of our object. What comes out: a file of the former
 * that ends with the last one asked about.
 */
#include <errno.h>
#include <search.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <bpf/btf.h>

#include "base/xalloc.h"
#include "kernel/core_types.h"

/* What ends a name for CO-RE: behind it may stand what tells versions of a struct apart. */
#define FLAVOR "___"

/* uapi/linux/btf.h; headers older than 5.17 and 6.0 have not got them */
enum {
	KIND_TYPE_TAG = 18,
	KIND_ENUM64 = 19,
	WORDS_OF_ENUM64 = 3, /* of each value of such a one; its name is the first */
};

/* Which of the kernel's types are needed. */
struct need {
	const struct btf *kernel;
	__u32 count;
	bool *needed;	 /* by number */
	__u32 *unlooked; /* those of which the parts are to be marked */
	size_t waiting;
	__u32 last;
};

/* What is being written: the names as they come, each at every place that it has. */
struct part {
	const struct need *need;
	FILE *names;
	__u32 names_size; /* bytes */
};

/* The names that our types have, for hsearch_r(). */
struct names {
	struct hsearch_data table;
	char **name;
	size_t count;
};

/* How many types there are, with that of number 0: before 0.6 libbpf has another name for it. */
static __u32 types_in(const struct btf *btf)
{
	__u32 count = 1;

	while (btf__type_by_id(btf, count))
		count++;
	return count;
}

/* Whether a type is one that a program can name. */
static bool is_named(const struct btf_type *type)
{
	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
	case KIND_ENUM64:
	case BTF_KIND_TYPEDEF:
		return type->name_off;
	}
	return false;
}

/* Adds the name of a type of ours. */
static void names_add(struct names *n, const char *name)
{
	const char *flavor = strstr(name, FLAVOR);
	size_t length = flavor ? (size_t)(flavor - name) : strlen(name);
	ENTRY *entry;

	n->name[n->count] = xasprintf("%.*s", (int)length, name);
	if (!hsearch_r((ENTRY){.key = n->name[n->count++]}, ENTER, &entry, &n->table))
		xalloc_failed();
}

/* Gathers the names of our types. */
static void names_open(struct names *n, const struct btf *ours)
{
	__u32 count = types_in(ours);

	*n = (struct names){.name = xcalloc(count, sizeof(*n->name))};
	if (!hcreate_r(2 * (size_t)count, &n->table))
		xalloc_failed();
	for (__u32 id = 1; id < count; id++) {
		const struct btf_type *type = btf__type_by_id(ours, id);

		if (is_named(type))
			names_add(n, btf__name_by_offset(ours, type->name_off));
	}
}

static void names_close(struct names *n)
{
	hdestroy_r(&n->table);
	for (size_t i = 0; i < n->count; i++)
		free(n->name[i]);
	free(n->name);
}

/* Whether one of our types has that name. */
static bool names_have(struct names *n, const char *name)
{
	ENTRY *found;

	return hsearch_r((ENTRY){.key = (char *)name}, FIND, &found, &n->table);
}

/* Marks a type, whose parts will be. */
static void need_mark(struct need *n, __u32 id)
{
	if (!id || n->needed[id])
		return;
	n->needed[id] = true;
	n->unlooked[n->waiting++] = id;
	if (id > n->last)
		n->last = id;
}

/* Marks what a type is made of. What a pointer leads to is another type's affair. */
static void need_parts(struct need *n, const struct btf_type *type)
{
	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (__u32 i = 0; i < btf_vlen(type); i++)
			need_mark(n, btf_members(type)[i].type);
		break;
	case BTF_KIND_ARRAY:
		need_mark(n, btf_array(type)->type);
		need_mark(n, btf_array(type)->index_type);
		break;
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case KIND_TYPE_TAG:
		need_mark(n, type->type);
		break;
	}
}

/* Marks all types of the kernel that have one of the names, and what they are made of. */
static void need_all(struct need *n, struct names *names)
{
	for (__u32 id = 1; id < n->count; id++) {
		const struct btf_type *type = btf__type_by_id(n->kernel, id);

		if (is_named(type) &&
		    names_have(names, btf__name_by_offset(n->kernel, type->name_off)))
			need_mark(n, id);
	}
	while (n->waiting)
		need_parts(n, btf__type_by_id(n->kernel, n->unlooked[--n->waiting]));
}

/* Where the record of a type ends. */
static const char *end_of(const struct need *n, __u32 id, const char *end_of_all)
{
	return id + 1 < n->count ? (const char *)btf__type_by_id(n->kernel, id + 1) : end_of_all;
}

/* Keeps the name at *offset, with those that are kept already; *offset is where it is then. */
static void keep_name(struct part *p, __u32 *offset)
{
	const char *name;

	if (!*offset) /* it has none */
		return;
	name = btf__name_by_offset(p->need->kernel, *offset);
	*offset = p->names_size;
	p->names_size += (__u32)fwrite(name, 1, strlen(name) + 1, p->names);
}

/* Keeps the names of a type and of what it holds. */
static void keep_names(struct part *p, struct btf_type *type)
{
	__u32 count = btf_vlen(type);

	keep_name(p, &type->name_off);
	for (__u32 i = 0; i < count; i++)
		switch (btf_kind(type)) {
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
			keep_name(p, &btf_members(type)[i].name_off);
			break;
		case BTF_KIND_ENUM:
			keep_name(p, &btf_enum(type)[i].name_off);
			break;
		case KIND_ENUM64:
			keep_name(p, (__u32 *)(type + 1) + WORDS_OF_ENUM64 * i);
			break;
		case BTF_KIND_FUNC_PROTO:
			keep_name(p, &btf_params(type)[i].name_off);
			break;
		}
}

/* Writes the types until the last one that is needed, as a BTF file has them; their bytes. */
static size_t write_types(struct part *p, const char *end_of_all, char *out)
{
	static const struct btf_type nothing = {.info = BTF_KIND_PTR << 24};
	const struct need *n = p->need;
	char *at = out;

	for (__u32 id = 1; id <= n->last; id++) {
		const struct btf_type *type = btf__type_by_id(n->kernel, id);
		/* Pointers, too: they would lead to what is not there. */
		bool whole = n->needed[id] && !btf_is_ptr(type);
		size_t size = whole ? (size_t)(end_of(n, id, end_of_all) - (char *)type)
				    : sizeof(nothing);

		memcpy(at, whole ? type : &nothing, size);
		if (whole)
			keep_names(p, (struct btf_type *)at);
		at += size;
	}
	return (size_t)(at - out);
}

/* Puts the needed types, and their names, into a file in memory. */
static void *write_part(const struct need *n, size_t *size)
{
	struct part p = {.need = n, .names_size = 1};
	__u32 whole;
	const char *raw = btf__raw_data(n->kernel, &whole);
	struct btf_header header = *(const struct btf_header *)raw;
	const char *types = raw + header.hdr_len + header.type_off;
	char *part = xcalloc(1, whole), *names = NULL;
	size_t names_size;

	p.names = open_memstream(&names, &names_size);
	if (!p.names || fputc('\0', p.names)) /* what has no name has that */
		xalloc_failed();
	header.type_len = (__u32)write_types(&p, types + header.type_len, part + header.hdr_len);
	if (fclose(p.names) || names_size != p.names_size)
		xalloc_failed();
	header.type_off = 0;
	header.str_off = header.type_len;
	header.str_len = p.names_size;
	memcpy(part, &header, sizeof(header));
	*size = header.hdr_len + header.str_off + header.str_len;
	part = xrealloc(part, 1, *size);
	memcpy(part + header.hdr_len + header.str_off, names, header.str_len);
	free(names);
	return part;
}

void *core_types_part(const struct btf *kernel, const struct btf *ours, size_t *size)
{
	struct need need = {.kernel = kernel, .count = types_in(kernel)};
	struct names names;
	void *part;

	need.needed = xcalloc(need.count, sizeof(*need.needed));
	need.unlooked = xcalloc(need.count, sizeof(*need.unlooked));
	names_open(&names, ours);
	need_all(&need, &names);
	names_close(&names);
	part = write_part(&need, size);
	free(need.needed);
	free(need.unlooked);
	return part;
}

/* Whether we may write a file as large as all of the kernel's types: a part is not larger. */
static bool may_write(const struct btf *kernel)
{
	struct rlimit limit;
	__u32 whole;

	btf__raw_data(kernel, &whole);
	return !getrlimit(RLIMIT_FSIZE, &limit) && limit.rlim_cur >= whole;
}

const char *core_types_open(struct core_types *t, const struct btf *kernel)
{
	t->fd = kernel && may_write(kernel) ? memfd_create("iophase", MFD_CLOEXEC) : -1;
	if (t->fd < 0)
		return NULL;
	snprintf(t->path, sizeof(t->path), "/proc/self/fd/%d", t->fd);
	return t->path;
}

int core_types_fill(const struct core_types *t, const struct btf *kernel, const struct btf *ours)
{
	size_t size, done = 0;
	char *part;
	int err = 0;

	if (t->fd < 0)
		return 0;
	part = core_types_part(kernel, ours, &size);
	while (done < size && !err) {
		ssize_t wrote = write(t->fd, part + done, size - done);

		if (wrote < 0)
			err = -errno;
		else
			done += (size_t)wrote;
	}
	free(part);
	return err;
}

void core_types_close(struct core_types *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}
