/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_core_types.c - which of the kernel's types are kept, and under which numbers.
 */
#include "unit.h"

#include <bpf/btf.h>

#include "base/xalloc.h"
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
	HANDLER,   /* what a listener of an event is, */
	LISTENER,  /* by a pointer, */
	EVENT,	   /* that has the event's name */
	CHAR,	   /* what the argument */
	TEXT,	   /* of a function points to, */
	COMPARER,  /* its type, */
	FUNCTION,  /* and itself */
	AFTER,	   /* that nobody names either */
};

static struct btf *kernel;

static struct core_name names[] = {
	{"named", false}, {"color", false},   {"absent", false},
	{"event", false}, {"function", true}, {"lacking", true},
};

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
	assert_int_equal(btf__add_func_proto(kernel, 0), HANDLER);
	btf__add_func_param(kernel, "told", INT);
	assert_int_equal(btf__add_ptr(kernel, HANDLER), LISTENER);
	assert_int_equal(btf__add_typedef(kernel, "event", LISTENER), EVENT);
	assert_int_equal(btf__add_int(kernel, "char", 1, BTF_INT_CHAR), CHAR);
	assert_int_equal(btf__add_ptr(kernel, CHAR), TEXT);
	assert_int_equal(btf__add_func_proto(kernel, INT), COMPARER);
	btf__add_func_param(kernel, "text", TEXT);
	assert_int_equal(btf__add_func(kernel, "function", BTF_FUNC_STATIC, COMPARER), FUNCTION);
	assert_int_equal(btf__add_struct(kernel, "after", SIZE), AFTER);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	btf__free(kernel);
	return 0;
}

/* What is kept of the kernel's types. */
static struct core_part keep(size_t count)
{
	__u32 size;
	const void *raw = btf__raw_data(kernel, &size);

	return core_types_part(raw, size, names, count);
}

/* The part, taken apart again. */
static struct btf *part(void)
{
	struct core_part part = keep(ARRAY_SIZE(names));
	struct btf *btf = btf__new(part.file, (__u32)part.size);

	free(part.file);
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
	assert_string_equal(last, "function");
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

/* How many arguments an event has, and what those of a function point to, is asked about. */
static void test_events_and_functions_stay(void **state)
{
	struct btf *btf = part();

	(void)state;
	assert_kept(btf, EVENT);
	assert_kept(btf, LISTENER);
	assert_kept(btf, HANDLER);
	assert_kept(btf, FUNCTION);
	assert_kept(btf, COMPARER);
	assert_kept(btf, TEXT);
	assert_kept(btf, CHAR);
	assert_int_equal(btf_vlen(btf__type_by_id(btf, HANDLER)), 1);
	assert_int_equal(btf__find_by_name_kind(btf, "function", BTF_KIND_FUNC), FUNCTION);
	btf__free(btf);
}

/* libbpf looks elsewhere for a function that is not there; a type of its name is none. */
static void test_functions_that_lack_are_told_of(void **state)
{
	struct core_part part = keep(ARRAY_SIZE(names));

	(void)state;
	assert_true(part.lacks_functions);
	free(part.file);
	part = keep(ARRAY_SIZE(names) - 1);
	assert_false(part.lacks_functions);
	free(part.file);
	btf__add_struct(kernel, "lacking", SIZE);
	btf__add_func(kernel, "function", BTF_FUNC_STATIC, COMPARER);
	part = keep(ARRAY_SIZE(names));
	assert_true(part.lacks_functions);
	free(part.file);
}

/* Relocations need no functions, and take the less the fewer types there are. */
static void test_functions_come_last(void **state)
{
	struct core_part part = keep(ARRAY_SIZE(names));
	struct btf_header *header = part.file;
	struct btf *btf;

	(void)state;
	assert_uint_in_range(part.types_size, 1, header->type_len - 1);
	header->type_len = part.types_size;
	btf = btf__new(part.file, (__u32)part.size);
	assert_non_null(btf);
	assert_kept(btf, EVENT);
	assert_null(btf__type_by_id(btf, EVENT + 1));
	btf__free(btf);
	free(part.file);
}

/* The last type of all has no other behind it. */
static void test_last_one(void **state)
{
	struct btf *btf;

	(void)state;
	names[2].name = "after";
	btf = part();
	names[2].name = "absent";
	assert_kept(btf, AFTER);
	assert_null(btf__type_by_id(btf, AFTER + 1));
	btf__free(btf);
}

/* What is not of the form that we know is left to libbpf. */
static void test_other_forms_are_left(void **state)
{
	__u32 size;
	char *raw;
	struct btf_header *header;
	struct btf_type *type;

	(void)state;
	raw = xcalloc(1, (btf__raw_data(kernel, &size), size));
	memcpy(raw, btf__raw_data(kernel, &size), size);
	header = (struct btf_header *)raw;
	type = (struct btf_type *)(raw + header->hdr_len + header->type_off);

	type->info |= 0x1f000000; /* a kind that is not there yet */
	assert_null(core_types_part(raw, size, names, ARRAY_SIZE(names)).file);
	memcpy(raw, btf__raw_data(kernel, &size), size);
	type->name_off = header->str_len; /* a name that is not there */
	assert_null(core_types_part(raw, size, names, ARRAY_SIZE(names)).file);
	memcpy(raw, btf__raw_data(kernel, &size), size);
	assert_null(core_types_part(raw, size - 1, names, ARRAY_SIZE(names)).file);
	assert_null(
		core_types_part(raw, offsetof(struct btf_header, str_len), names, ARRAY_SIZE(names))
			.file);
	header->magic++;
	assert_null(core_types_part(raw, size, names, ARRAY_SIZE(names)).file);
	free(raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_named_and_its_parts_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_of_others_go, setup, teardown),
		cmocka_unit_test_setup_teardown(test_others_go, setup, teardown),
		cmocka_unit_test_setup_teardown(test_events_and_functions_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_functions_that_lack_are_told_of, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_functions_come_last, setup, teardown),
		cmocka_unit_test_setup_teardown(test_last_one, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_forms_are_left, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
