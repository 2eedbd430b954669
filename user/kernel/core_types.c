/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * core_types.c - see core_types.h.
 *
 * libbpf copies the kernel's types, 126,610 in 6.18 of 5.5 MB, and goes through them for each
 * struct and each event that our programs name: that was a tenth of what arming took. Half of them
 * are functions, and come last; of all we name a hundred.
 *
 * What goes in: the kernel's types as the kernel gives them, and names. What comes out: a file of
 * the same form that ends with the last one asked about.
 */
#include <search.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>

#include "base/xalloc.h"
#include "kernel/core_types.h"

/* uapi/linux/btf.h; headers older than 5.13 to 6.0 have not got them */
enum {
	KIND_FLOAT = 16,
	KIND_DECL_TAG = 17,
	KIND_TYPE_TAG = 18,
	KIND_ENUM64 = 19,
	WORDS_OF_ENUM64 = 3, /* of each value of such a one; its name is the first */
};

enum {
	BEGINNINGS = 1 << 16, /* what the first two bytes of a name may be */
	/* Of a header, all that there was from the first: in 7.x there is more behind it. */
	HEADER_SIZE = offsetof(struct btf_header, str_len) + sizeof(uint32_t),
};

/* The names that are asked about. */
struct names {
	const struct core_name *row;
	size_t count;
	struct hsearch_data table;
	bool begins[BEGINNINGS]; /* nearly all others are told from them by this */
	size_t functions;	 /* how many of them are functions */
};

/* What is known of the kernel's types. */
struct need {
	struct names names;
	const char *types, *strings;
	uint32_t types_size, strings_size;
	uint32_t *offset;   /* of each type among `types`, by its number */
	uint32_t count;	    /* that of number 0, which has no type, with them */
	bool *needed;	    /* by number */
	uint32_t *unlooked; /* those of which the parts are to be marked */
	size_t waiting;
	uint32_t *function; /* the first one that was found, by the row of its name */
	size_t functions;   /* how many were */
	uint32_t last;
};

/* What is being written: the names as they come, each at every place that it has. */
struct part {
	const struct need *need;
	FILE *names;
	uint32_t names_size; /* bytes */
};

/* A type of the kernel's, by its number. */
static const struct btf_type *type_of(const struct need *n, uint32_t id)
{
	return (const struct btf_type *)(n->types + n->offset[id]);
}

/* What follows struct btf_type in the record of a type, by its kind, in bytes. */
static const struct kind {
	uint8_t once, each; /* of each member, value or argument */
	bool named;	    /* a program can name it */
	bool known;
} kinds[BTF_INFO_KIND(UINT32_MAX) + 1] = {
	[BTF_KIND_INT] = {.known = true, .once = sizeof(uint32_t)},
	[BTF_KIND_PTR] = {.known = true},
	[BTF_KIND_ARRAY] = {.known = true, .once = sizeof(struct btf_array)},
	[BTF_KIND_STRUCT] = {.known = true, .named = true, .each = sizeof(struct btf_member)},
	[BTF_KIND_UNION] = {.known = true, .named = true, .each = sizeof(struct btf_member)},
	[BTF_KIND_ENUM] = {.known = true, .named = true, .each = sizeof(struct btf_enum)},
	[BTF_KIND_FWD] = {.known = true},
	[BTF_KIND_TYPEDEF] = {.known = true, .named = true},
	[BTF_KIND_VOLATILE] = {.known = true},
	[BTF_KIND_CONST] = {.known = true},
	[BTF_KIND_RESTRICT] = {.known = true},
	[BTF_KIND_FUNC] = {.known = true, .named = true},
	[BTF_KIND_FUNC_PROTO] = {.known = true, .each = sizeof(struct btf_param)},
	[BTF_KIND_VAR] = {.known = true, .once = sizeof(struct btf_var)},
	[BTF_KIND_DATASEC] = {.known = true, .each = sizeof(struct btf_var_secinfo)},
	[KIND_FLOAT] = {.known = true},
	[KIND_DECL_TAG] = {.known = true, .once = sizeof(int32_t)},
	[KIND_TYPE_TAG] = {.known = true},
	[KIND_ENUM64] = {.known = true, .named = true, .each = WORDS_OF_ENUM64 * sizeof(uint32_t)},
};

/* What its kind says of a type. */
static const struct kind *kind_of(const struct btf_type *type)
{
	return &kinds[BTF_INFO_KIND(type->info)];
}

/* How large the record of a type is, in bytes. */
static size_t size_of(const struct btf_type *type)
{
	const struct kind *kind = kind_of(type);

	return sizeof(*type) + kind->once + (size_t)kind->each * btf_vlen(type);
}

/* The place of a name among the beginnings. */
static size_t beginning(const char *name)
{
	const unsigned char *c = (const unsigned char *)name;

	return c[0] ? (size_t)c[0] << 8 | c[1] : 0;
}

/* Gathers the names that are asked about. */
static void names_open(struct names *n, const struct core_name *name, size_t count)
{
	n->row = name;
	n->count = count;
	if (!hcreate_r(2 * count + 1, &n->table))
		xalloc_failed();
	for (size_t i = 0; i < count; i++) {
		ENTRY *entry, given = {(char *)name[i].name, (void *)&name[i]};

		if (!hsearch_r(given, ENTER, &entry, &n->table))
			xalloc_failed();
		n->begins[beginning(name[i].name)] = true;
		n->functions += name[i].function;
	}
}

/* The row of a name that is asked about, or NULL. */
static const struct core_name *names_find(struct names *n, const char *name)
{
	ENTRY *found;

	if (!n->begins[beginning(name)] ||
	    !hsearch_r((ENTRY){.key = (char *)name}, FIND, &found, &n->table))
		return NULL;
	return found->data;
}

/* Marks a type, whose parts will be. */
static void need_mark(struct need *n, uint32_t id)
{
	if (!id || id >= n->count || n->needed[id])
		return;
	n->needed[id] = true;
	n->unlooked[n->waiting++] = id;
	if (id > n->last)
		n->last = id;
}

/* The type of a number, if it is a pointer; else NULL. */
static const struct btf_type *pointer_of(const struct need *n, uint32_t id)
{
	const struct btf_type *type = id && id < n->count ? type_of(n, id) : NULL;

	return type && btf_is_ptr(type) && type->type < n->count ? type : NULL;
}

/* Marks the arguments of an event, to which a pointer of its type leads. */
static void need_arguments(struct need *n, uint32_t id)
{
	const struct btf_type *pointer = pointer_of(n, id);

	if (pointer && pointer->type && btf_is_func_proto(type_of(n, pointer->type)))
		need_mark(n, pointer->type);
}

/* Marks what the arguments of a function point to: libbpf compares them with those of ours. */
static void need_pointees(struct need *n, uint32_t id)
{
	const struct btf_type *proto = id && id < n->count ? type_of(n, id) : NULL;

	for (uint32_t i = 0; proto && btf_is_func_proto(proto) && i < btf_vlen(proto); i++) {
		const struct btf_type *pointer = pointer_of(n, btf_params(proto)[i].type);

		if (pointer)
			need_mark(n, pointer->type);
	}
}

/* Marks what a type is made of. What a pointer leads to is another type's affair. */
static void need_parts(struct need *n, const struct btf_type *type)
{
	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (uint32_t i = 0; i < btf_vlen(type); i++)
			need_mark(n, btf_members(type)[i].type);
		break;
	case BTF_KIND_FUNC_PROTO:
		need_mark(n, type->type);
		for (uint32_t i = 0; i < btf_vlen(type); i++)
			need_mark(n, btf_params(type)[i].type);
		break;
	case BTF_KIND_ARRAY:
		need_mark(n, btf_array(type)->type);
		need_mark(n, btf_array(type)->index_type);
		break;
	case BTF_KIND_FUNC:
		need_pointees(n, type->type);
		need_mark(n, type->type);
		break;
	case BTF_KIND_TYPEDEF:
		need_arguments(n, type->type);
		/* fall through */
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case KIND_TYPE_TAG:
		need_mark(n, type->type);
		break;
	}
}

/* Finds the types and the names in the file; whether it is one that we can read. */
static bool need_open(struct need *n, const void *kernel, size_t size)
{
	const struct btf_header *header = kernel;
	uint64_t room;

	if (size < HEADER_SIZE || header->magic != BTF_MAGIC || header->hdr_len < HEADER_SIZE ||
	    header->hdr_len > size)
		return false;
	room = size - header->hdr_len;
	n->types = (const char *)kernel + header->hdr_len + header->type_off;
	n->types_size = header->type_len;
	n->strings = (const char *)kernel + header->hdr_len + header->str_off;
	n->strings_size = header->str_len;
	return (uint64_t)header->type_off + header->type_len <= room &&
	       (uint64_t)header->str_off + header->str_len <= room && n->strings_size &&
	       !n->strings[n->strings_size - 1];
}

/* Marks a type if it has one of the names; functions are kept for later. */
static void need_named(struct need *n, uint32_t id)
{
	const struct btf_type *type = type_of(n, id);
	const struct core_name *name;

	name = kind_of(type)->named && type->name_off
		       ? names_find(&n->names, n->strings + type->name_off)
		       : NULL;
	if (!name)
		return;
	if (!btf_is_func(type)) {
		need_mark(n, id);
	} else if (name->function && !n->function[name - n->names.row]) {
		n->function[name - n->names.row] = id;
		n->functions++;
	}
}

/* Notes where each type is, and marks those that have one of the names; whether all are of kinds
 * that we know. */
static bool need_find(struct need *n)
{
	uint32_t room = n->types_size / sizeof(struct btf_type) + 1, at = 0;

	n->offset = xcalloc(room, sizeof(*n->offset));
	n->needed = xcalloc(room, sizeof(*n->needed));
	n->unlooked = xcalloc(room, sizeof(*n->unlooked));
	n->function = xcalloc(n->names.count, sizeof(*n->function));
	n->count = 1;
	while (at < n->types_size) {
		const struct btf_type *type = (const void *)(n->types + at);
		uint32_t left = n->types_size - at;

		if (left < sizeof(*type) || size_of(type) > left || !kind_of(type)->known ||
		    type->name_off >= n->strings_size)
			return false;
		n->offset[n->count++] = at;
		at += (uint32_t)size_of(type);
		need_named(n, n->count - 1);
	}
	return true;
}

/* Marks what all of the marked are made of. */
static void need_all_parts(struct need *n)
{
	while (n->waiting)
		need_parts(n, type_of(n, n->unlooked[--n->waiting]));
}

/* Keeps the name at *offset, with those that are kept already; *offset is where it is then. */
static void keep_name(struct part *p, uint32_t *offset)
{
	const char *name;

	if (!*offset || *offset >= p->need->strings_size) /* it has none */
		return;
	name = p->need->strings + *offset;
	*offset = p->names_size;
	p->names_size += (uint32_t)fwrite(name, 1, strlen(name) + 1, p->names);
}

/* Keeps the names of a type and of what it holds. */
static void keep_names(struct part *p, struct btf_type *type)
{
	uint32_t count = btf_vlen(type);

	keep_name(p, &type->name_off);
	for (uint32_t i = 0; i < count; i++)
		switch (btf_kind(type)) {
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
			keep_name(p, &btf_members(type)[i].name_off);
			break;
		case BTF_KIND_ENUM:
			keep_name(p, &btf_enum(type)[i].name_off);
			break;
		case KIND_ENUM64:
			keep_name(p, (uint32_t *)(type + 1) + WORDS_OF_ENUM64 * i);
			break;
		case BTF_KIND_FUNC_PROTO:
			keep_name(p, &btf_params(type)[i].name_off);
			break;
		}
}

/* Whether a type is to be written as it is. A pointer to what is not there leads to nothing. */
static bool stays(const struct need *n, uint32_t id)
{
	const struct btf_type *type = type_of(n, id);

	return n->needed[id] &&
	       (!btf_is_ptr(type) || (type->type < n->count && n->needed[type->type]));
}

/*
 * Writes the types until the last one that is needed, as a BTF file has them; bytes. In *before
 * those until `last`.
 */
static uint32_t write_types(struct part *p, char *out, uint32_t last, uint32_t *before)
{
	static const struct btf_type nothing = {.info = BTF_KIND_PTR << 24};
	const struct need *n = p->need;
	char *at = out;

	for (uint32_t id = 1; id <= n->last; id++) {
		if (!stays(n, id)) {
			memcpy(at, &nothing, sizeof(nothing));
			at += sizeof(nothing);
		} else {
			const struct btf_type *type = type_of(n, id);

			memcpy(at, type, size_of(type));
			keep_names(p, (struct btf_type *)at);
			at += size_of(type);
		}
		if (id == last)
			*before = (uint32_t)(at - out);
	}
	return (uint32_t)(at - out);
}

/* Puts the needed types, and their names, into a file in memory; `last` is the last that is needed
 * for no function. */
static struct core_part write_part(const struct need *n, uint32_t last)
{
	struct part p = {.need = n, .names_size = 1};
	struct btf_header header = {
		.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = HEADER_SIZE};
	/* No record is smaller than what stands in its place. */
	size_t room = n->last ? n->offset[n->last] + size_of(type_of(n, n->last)) : 0, size;
	struct core_part part = {.file = xcalloc(1, HEADER_SIZE + room)};
	char *names = NULL;

	p.names = open_memstream(&names, &size);
	if (!p.names || fputc('\0', p.names)) /* what has no name has that */
		xalloc_failed();
	header.type_len = write_types(&p, (char *)part.file + HEADER_SIZE, last, &part.types_size);
	if (fclose(p.names) || size != p.names_size)
		xalloc_failed();
	header.str_off = header.type_len;
	header.str_len = p.names_size;
	memcpy(part.file, &header, HEADER_SIZE);
	part.size = HEADER_SIZE + header.str_off + header.str_len;
	part.file = xrealloc(part.file, 1, part.size);
	memcpy((char *)part.file + HEADER_SIZE + header.str_off, names, header.str_len);
	part.lacks_functions = n->functions < n->names.functions;
	free(names);
	return part;
}

struct core_part core_types_part(const void *kernel, size_t size, const struct core_name *names,
				 size_t count)
{
	struct core_part part = {0};
	struct need need = {0};
	uint32_t last;

	names_open(&need.names, names, count);
	if (need_open(&need, kernel, size) && need_find(&need)) {
		need_all_parts(&need);
		last = need.last;
		for (size_t i = 0; i < count; i++)
			need_mark(&need, need.function[i]);
		need_all_parts(&need);
		part = write_part(&need, last);
	}
	hdestroy_r(&need.names.table);
	free(need.function);
	free(need.offset);
	free(need.needed);
	free(need.unlooked);
	return part;
}
