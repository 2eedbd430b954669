/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_core_types.c - which of the kernel's types are kept, and under which numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <bpf/btf.h>

#include "kernel/core_types.h"

enum {
	BITS = 8,
	SIZE = 16, /* of a struct */
};

/* A kernel's types, by their numbers there. */
enum {
	INT = 1,
	PART,	   /* a struct that a field is of */
	OTHER,	   /* a struct that nobody names */
	POINTER,   /* to that */
	PAIR,	   /* two of the typedef */
	LENGTH,	   /* a typedef */
	SHORT_INT, /* which that stands for */
	NAMED,	   /* the struct that a program names */
	COLOR,	   /* and an enum */
	AFTER,	   /* that nobody names either */
};

static struct btf *kernel, *ours;

/* Types as they are read from a file, and not while they are being made: then they are elsewhere.
 */
static struct btf *as_read(struct btf *made)
{
	__u32 size;
	const void *raw = btf__raw_data(made, &size);
	struct btf *btf = btf__new(raw, size);

	assert_non_null(btf);
	btf__free(made);
	return btf;
}

static int setup(void **state)
{
	(void)state;
	kernel = btf__new_empty();
	assert_int_equal(btf__add_int(kernel, "int", 4, BTF_INT_SIGNED), INT);
	assert_int_equal(btf__add_struct(kernel, "part", SIZE), PART);
	btf__add_field(kernel, "inner", INT, 0, 0);
	assert_int_equal(btf__add_struct(kernel, "other", SIZE), OTHER);
	btf__add_field(kernel, "unseen", INT, 0, 0);
	assert_int_equal(btf__add_ptr(kernel, OTHER), POINTER);
	assert_int_equal(btf__add_array(kernel, INT, LENGTH, 2), PAIR);
	assert_int_equal(btf__add_typedef(kernel, "length", SHORT_INT), LENGTH);
	assert_int_equal(btf__add_int(kernel, "short", 2, 0), SHORT_INT);
	assert_int_equal(btf__add_struct(kernel, "named", 2 * SIZE), NAMED);
	btf__add_field(kernel, "part", PART, 0, 0);
	btf__add_field(kernel, "pointer", POINTER, SIZE * BITS, 0);
	btf__add_field(kernel, "pair", PAIR, (SIZE + 8) * BITS, 0);
	assert_int_equal(btf__add_enum(kernel, "color", 4), COLOR);
	btf__add_enum_value(kernel, "RED", 7);
	assert_int_equal(btf__add_struct(kernel, "after", SIZE), AFTER);
	kernel = as_read(kernel);

	ours = btf__new_empty();
	btf__add_struct(ours, "named___old", 0);
	btf__add_enum(ours, "color", 4);
	btf__add_struct(ours, "absent", 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	btf__free(kernel);
	btf__free(ours);
	return 0;
}

/* The part, taken apart again. */
static struct btf *part(void)
{
	size_t size;
	void *raw = core_types_part(kernel, ours, &size);
	struct btf *btf = btf__new(raw, (__u32)size);

	free(raw);
	assert_non_null(btf);
	return btf;
}

/* Checks that a type is as the kernel has it; its name may be elsewhere. */
static void assert_kept(const struct btf *btf, __u32 id)
{
	const struct btf_type *is = btf__type_by_id(btf, id);
	const struct btf_type *was = btf__type_by_id(kernel, id);

	assert_int_equal(is->info, was->info);
	assert_int_equal(is->size, was->size); /* or the type that it is of */
	assert_string_equal(btf__name_by_offset(btf, is->name_off),
			    btf__name_by_offset(kernel, was->name_off));
}

/* Checks that there is a pointer to nothing in place of a type. */
static void assert_left_out(const struct btf *btf, __u32 id)
{
	const struct btf_type *is = btf__type_by_id(btf, id);

	assert_int_equal(btf_kind(is), BTF_KIND_PTR);
	assert_int_equal(is->type, 0);
	assert_int_equal(is->name_off, 0);
}

static void test_named_and_its_parts_stay(void **state)
{
	struct btf *btf = part();
	const struct btf_type *named = btf__type_by_id(btf, NAMED);

	(void)state;
	assert_kept(btf, INT);
	assert_kept(btf, PART);
	assert_kept(btf, PAIR);
	assert_kept(btf, LENGTH);
	assert_kept(btf, SHORT_INT);
	assert_kept(btf, NAMED);
	assert_kept(btf, COLOR);
	assert_int_equal(btf_vlen(named), 3);
	assert_int_equal(btf_members(named)[1].type, POINTER);
	assert_int_equal(btf_members(named)[2].offset, (SIZE + 8) * BITS);
	assert_string_equal(btf__name_by_offset(btf, btf_members(named)[2].name_off), "pair");
	assert_int_equal(btf_enum(btf__type_by_id(btf, COLOR))->val, 7);
	assert_string_equal(
		btf__name_by_offset(btf, btf_enum(btf__type_by_id(btf, COLOR))->name_off), "RED");
	btf__free(btf);
}

/* The names that nobody asks for take most of the room. */
static void test_names_of_others_go(void **state)
{
	const char *last = "";
	struct btf *btf = part();
	const struct btf_header *header;
	const char *at, *end;
	__u32 size;

	(void)state;
	header = btf__raw_data(btf, &size);
	at = (const char *)header + header->hdr_len + header->str_off;
	end = at + header->str_len;
	for (; at < end; at += strlen(at) + 1) {
		assert_string_not_equal(at, "other");
		assert_string_not_equal(at, "unseen");
		last = at;
	}
	assert_string_equal(last, "RED");
	btf__free(btf);
}

static void test_others_go(void **state)
{
	struct btf *btf = part();

	(void)state;
	assert_left_out(btf, OTHER);
	assert_left_out(btf, POINTER);
	assert_null(btf__type_by_id(btf, AFTER));
	btf__free(btf);
}

/* The last type of all has no other behind it that would tell where it ends. */
static void test_last_one(void **state)
{
	struct btf *btf;

	(void)state;
	btf__add_struct(ours, "after", 0);
	btf = part();
	assert_kept(btf, AFTER);
	assert_null(btf__type_by_id(btf, AFTER + 1));
	btf__free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_named_and_its_parts_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_of_others_go, setup, teardown),
		cmocka_unit_test_setup_teardown(test_others_go, setup, teardown),
		cmocka_unit_test_setup_teardown(test_last_one, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
