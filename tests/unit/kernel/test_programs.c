/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_programs.c - the table of programs against the kernel half as it was built: each program has
 * one row, and of each kind of kernel just what it can take is loaded.
 */
#include "unit.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "kernel/programs.h"
#include "iophase.skel.h"
#include "light.skel.h"

static struct iophase_bpf *skel;

static int open_skeleton(void **state)
{
	(void)state;
	skel = iophase_bpf__open();
	return skel ? 0 : -1;
}

static int close_skeleton(void **state)
{
	(void)state;
	iophase_bpf__destroy(skel);
	return 0;
}

/* The rows of a program. */
static unsigned int rows_of(const struct bpf_program *program)
{
	unsigned int rows = 0;

	for (size_t i = 0; i < program_count; i++)
		rows += program_of(skel, &programs[i]) == program;
	return rows;
}

static void test_each_program_has_one_row(void **state)
{
	struct bpf_program *program;
	size_t count = 0;

	(void)state;
	bpf_object__for_each_program(program, skel->obj)
	{
		print_message("%s\n", bpf_program__name(program));
		assert_int_equal(rows_of(program), 1);
		count++;
	}
	assert_int_equal(count, program_count);
	for (size_t i = 0; i < program_count; i++)
		assert_string_equal(programs[i].name,
				    bpf_program__name(program_of(skel, &programs[i])));
}

/* A row whose program hangs on tracepoints of system calls has no event in its section. */
static void test_hangs_fit_the_sections(void **state)
{
	(void)state;
	for (size_t i = 0; i < program_count; i++) {
		const struct program_row *row = &programs[i];
		const char *section = bpf_program__section_name(program_of(skel, row));
		bool named = strchr(section, '/');

		assert_int_equal(named,
				 row->hang == HANG_BY_SECTION || row->hang == HANG_ON_DEMAND);
		assert_int_equal(row->event != NULL,
				 row->hang == HANG_ON_EXIT || row->hang == HANG_ON_PAIR);
		assert_int_equal(row->args != 0, row->hang == HANG_ON_CALLS);
	}
}

/* What is loaded where there are these features. */
static bool is_loaded(const char *name, uint32_t features)
{
	const struct bpf_program *program = bpf_object__find_program_by_name(skel->obj, name);

	assert_non_null(program);
	assert_int_equal(programs_choose(skel, (struct feature_set){features}), 0);
	return bpf_program__autoload(program);
}

#define CALLS  FEATURE_BIT(FEATURE_CALL_EVENTS)
#define RAW    FEATURE_BIT(FEATURE_RAW_EVENTS)
#define HAS(f) FEATURE_BIT(FEATURE_##f)

static void test_one_way_in(void **state)
{
	static const char *const per_call[] = {"sys_enter_restart", "sys_enter_3", "sys_enter_4",
					       "sys_enter_5",	    "sys_enter_6", "sys_exit",
					       "sys_exit_pread"};
	static const char *const pair[] = {"sys_enter_raw", "sys_exit_raw"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(per_call); i++) {
		assert_true(is_loaded(per_call[i], CALLS));
		assert_false(is_loaded(per_call[i], RAW));
	}
	for (size_t i = 0; i < ARRAY_SIZE(pair); i++) {
		assert_false(is_loaded(pair[i], CALLS));
		assert_true(is_loaded(pair[i], RAW));
	}
	assert_true(is_loaded("sched_switch", CALLS));
	assert_true(is_loaded("sched_process_exit", RAW));
}

static void test_features_choose(void **state)
{
	(void)state;
	assert_false(is_loaded("skb_copy_datagram_iovec", CALLS));
	assert_true(is_loaded("skb_copy_datagram_iovec", CALLS | HAS(COPY)));
	assert_false(is_loaded("signal_deliver", CALLS | HAS(SIGNAL_SENT)));
	assert_true(is_loaded("signal_deliver", CALLS | HAS(SIGNAL_TAKEN)));
	assert_true(is_loaded("signal_generate", CALLS | HAS(SIGNAL_SENT)));
}

/* Of each form of io_uring's events: one program for submissions, one for completions. */
static void test_forms_of_io_uring(void **state)
{
	static const struct {
		uint32_t form;
		const char *submit, *complete;
		bool overflow;
	} forms[] = {
		{HAS(IO_URING_5_15), "uring_submit_5_15", "uring_complete_5_15", false},
		{HAS(IO_URING_6_0), "uring_submit_6_0", "uring_complete_6_0", true},
		{HAS(IO_URING_6_3), "uring_submit_6_3", "uring_complete_6_0", true},
		{HAS(IO_URING_6_14), "uring_submit_6_3", "uring_complete_6_14", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		unsigned int loaded = 0;

		for (size_t p = 0; p < program_count; p++)
			loaded += !strncmp(programs[p].name, "uring_", strlen("uring_")) &&
				  is_loaded(programs[p].name, RAW | forms[i].form);
		assert_true(is_loaded(forms[i].submit, RAW | forms[i].form));
		assert_true(is_loaded(forms[i].complete, RAW | forms[i].form));
		assert_int_equal(is_loaded("uring_overflow", RAW | forms[i].form),
				 forms[i].overflow);
		assert_int_equal(loaded, 2 + forms[i].overflow);
	}
}

/* A call gets the program that reads enough of its arguments, and no more: the kernel refuses more.
 */
static void test_program_for_call(void **state)
{
	static const struct {
		unsigned int args;
		const char *name;
	} cases[] = {
		{1, "sys_enter_3"}, {3, "sys_enter_3"}, {4, "sys_enter_4"},
		{5, "sys_enter_5"}, {6, "sys_enter_6"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(program_for_call(cases[i].args)->name, cases[i].name);
	assert_null(program_for_call(7));
	assert_string_equal(program_for_ends()->name, "sys_exit");
}

/* Checks that a section of data has the same variables at the same places in both objects. */
static void assert_same_section(const struct btf *one, const struct btf *other, const char *section)
{
	const struct btf_type *a, *b;

	a = btf__type_by_id(one, (__u32)btf__find_by_name_kind(one, section, BTF_KIND_DATASEC));
	b = btf__type_by_id(other, (__u32)btf__find_by_name_kind(other, section, BTF_KIND_DATASEC));
	assert_int_equal(btf_vlen(a), btf_vlen(b));
	for (int i = 0; i < btf_vlen(a); i++) {
		const struct btf_var_secinfo *x = btf_var_secinfos(a) + i;
		const struct btf_var_secinfo *y = btf_var_secinfos(b) + i;
		const char *name =
			btf__name_by_offset(one, btf__type_by_id(one, x->type)->name_off);

		print_message("%s %s\n", section, name);
		assert_string_equal(
			name,
			btf__name_by_offset(other, btf__type_by_id(other, y->type)->name_off));
		assert_int_equal(x->offset, y->offset);
		assert_int_equal(x->size, y->size);
	}
}

/* The object that is for light alone is opened by the skeleton of the other. */
static void test_objects_are_alike(void **state)
{
	struct light_bpf *light = light_bpf__open();
	struct bpf_map *map, *twin;

	(void)state;
	assert_non_null(light);
	assert_same_section(bpf_object__btf(skel->obj), bpf_object__btf(light->obj), ".bss");
	assert_same_section(bpf_object__btf(skel->obj), bpf_object__btf(light->obj), ".rodata");
	for (size_t i = 0; i < program_count; i++)
		assert_non_null(bpf_object__find_program_by_name(light->obj, programs[i].name));
	assert_int_equal(skel->skeleton->map_cnt, light->skeleton->map_cnt);
	bpf_object__for_each_map(map, skel->obj)
	{
		/* Those of sections, which were looked at, have names with that of the object. */
		if (bpf_map__is_internal(map))
			continue;
		twin = bpf_object__find_map_by_name(light->obj, bpf_map__name(map));
		assert_non_null(twin);
		assert_int_equal(bpf_map__type(map), bpf_map__type(twin));
		assert_int_equal(bpf_map__key_size(map), bpf_map__key_size(twin));
		assert_int_equal(bpf_map__value_size(map), bpf_map__value_size(twin));
		assert_int_equal(bpf_map__max_entries(map), bpf_map__max_entries(twin));
	}
	light_bpf__destroy(light);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_program_has_one_row),
		cmocka_unit_test(test_objects_are_alike),
		cmocka_unit_test(test_hangs_fit_the_sections),
		cmocka_unit_test(test_one_way_in),
		cmocka_unit_test(test_features_choose),
		cmocka_unit_test(test_forms_of_io_uring),
		cmocka_unit_test(test_program_for_call),
	};

	return cmocka_run_group_tests(tests, open_skeleton, close_skeleton);
}
