/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_services.c - sums by service never go down, whoever comes and ends.
 */
#include "unit.h"
#include "books/ops.h"
#include "books/snapshot.h"
#include "judge/services.h"

/* Adds a process to a window: so many reads, and ns in them. */
static struct task_sums *add(struct window *w, pid_t pid, const char *comm, uint64_t reads)
{
	struct task_sums *t = task_list_get(&w->processes, pid, 0);
	unsigned int op = op_of_name("read");

	snprintf(t->comm, sizeof(t->comm), "%s", comm);
	t->threads = t->threads_ever = 1;
	t->wall = task_time(t, op)->ns[PHASE_WAIT] = 10 * reads;
	task_call(t, op)->outcome[OUT_OK] = reads;
	task_call(t, op)->bytes = 100 * reads;
	t->count[COUNT_READS + WAY_BLOCKING] = reads;
	return t;
}

/* Adds the report on a window to services, and forgets it. */
static void take(struct services *all, struct window *w)
{
	struct report *r = report_build(w, NULL, 0);

	r->has_exchanges = true;
	services_add(all, r);
	report_free(r);
	window_clear(w);
	*w = (struct window){.to = 1000};
}

/* The service of a name. */
static const struct service *find(const struct services *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (!strcmp(all->service[i]->name, name))
			return all->service[i];
	fail_msg("no service %s", name);
	return NULL;
}

/* The reads of a service by its calls. */
static uint64_t reads_of(const struct service *s)
{
	for (size_t i = 0; i < s->calls; i++)
		if (!strcmp(s->call[i].name, "read"))
			return s->call[i].outcome[OUT_OK];
	return 0;
}

static void processes_of_a_name_are_one_service(void **state)
{
	struct services all = {0};
	struct window w = {.to = 1000};
	const struct service *s;

	(void)state;
	add(&w, 5, "web", 3);
	add(&w, 6, "db", 100);
	add(&w, 7, "web", 4);
	take(&all, &w);
	assert_int_equal(all.count, 2);
	s = find(&all, "web");
	assert_int_equal(s->processes, 2);
	assert_int_equal(s->threads, 2);
	assert_int_equal(reads_of(s), 7);
	assert_int_equal(reads_of(find(&all, "db")), 100);
	services_clear(&all);
}

static void who_ends_leaves_its_sums(void **state)
{
	struct services all = {0};
	struct window w = {.to = 1000};
	struct task_sums *t;

	(void)state;
	add(&w, 5, "web", 3);
	take(&all, &w);
	t = add(&w, 5, "web", 2);
	t->exited = true;
	t->threads = 0;
	take(&all, &w);
	take(&all, &w);
	assert_int_equal(reads_of(find(&all, "web")), 5);
	assert_int_equal(find(&all, "web")->processes, 0);
	/* The next one of that name goes on where it stood. */
	add(&w, 9, "web", 1);
	take(&all, &w);
	assert_int_equal(reads_of(find(&all, "web")), 6);
	assert_int_equal(find(&all, "web")->processes, 1);
	services_clear(&all);
}

static void the_ended_that_were_summed_have_a_name_of_their_own(void **state)
{
	struct services all = {0};
	struct window w = {.to = 1000};

	(void)state;
	add(&w, 0, "", 11)->summed = 4;
	add(&w, 5, "web", 3);
	take(&all, &w);
	assert_int_equal(reads_of(find(&all, SERVICE_ENDED)), 11);
	assert_int_equal(find(&all, SERVICE_ENDED)->processes, 0);
	assert_int_equal(reads_of(find(&all, "web")), 3);
	services_clear(&all);
}

/* The reads of all services. */
static uint64_t reads_of_all(const struct services *all)
{
	uint64_t reads = 0;

	for (size_t i = 0; i < all->count; i++)
		reads += reads_of(all->service[i]);
	return reads;
}

/* Adds a process of service "s0", "s1" ... */
static struct task_sums *add_numbered(struct window *w, unsigned int i, uint64_t reads)
{
	char name[16];

	snprintf(name, sizeof(name), "s%u", i);
	return add(w, (pid_t)i + 1, name, reads);
}

static void who_finds_no_room_is_in_the_others(void **state)
{
	struct services all = {.room = service_room_of(SERIES_LEAST)};
	struct window w = {.to = 1000};
	size_t in;

	(void)state;
	for (unsigned int i = 0; i < 20; i++)
		add_numbered(&w, i, 1 + i);
	take(&all, &w);
	/* They, and the others. */
	in = all.count - 1;
	assert_uint_in_range(in, 1, 19);
	assert_int_equal(all.refused, 20 - in);
	assert_int_equal(find(&all, SERVICE_OTHERS)->processes, 20 - in);
	assert_int_equal(reads_of_all(&all), 210);
	/* Who is in stays, whoever comes, and who is not never is. */
	for (unsigned int i = 20; i < 40; i++)
		add_numbered(&w, i, 1);
	take(&all, &w);
	for (unsigned int i = 20; i--;)
		add_numbered(&w, i, 1);
	take(&all, &w);
	assert_int_equal(all.count, in + 1);
	assert_int_equal(all.refused, 40 - in);
	assert_int_equal(all.overflowed, 0);
	assert_int_equal(reads_of_all(&all), 250);
	for (size_t i = 0; i < all.count; i++)
		if (strcmp(all.service[i]->name, SERVICE_OTHERS))
			assert_int_equal(all.service[i]->processes, 1);
	services_clear(&all);
}

/* What a service may come to, as it is now. */
static size_t series_of(const struct service *s)
{
	return SERIES_OF_REST + s->calls * SERIES_OF_CALL + s->findings * SERIES_OF_FINDING;
}

/* Gives a process of a window a further call, with one outcome and a byte. */
static void call_too(struct task_sums *t, unsigned int op)
{
	task_call(t, op)->outcome[OUT_OK]++;
	task_call(t, op)->bytes++;
}

/* The outcomes and bytes of all calls of a service but "read". */
static uint64_t others_of(const struct service *s)
{
	uint64_t count = 0;

	for (size_t i = 0; i < s->calls; i++)
		if (strcmp(s->call[i].name, "read"))
			count += s->call[i].outcome[OUT_OK] + s->call[i].bytes;
	return count;
}

static void with_any_calls_nothing_is_lost_and_the_bound_holds(void **state)
{
	static const size_t bounds[] = {SERIES_LEAST, 2000, 5000, 20000};

	(void)state;
	for (size_t b = 0; b < ARRAY_SIZE(bounds); b++) {
		struct services all = {.room = service_room_of(bounds[b])};
		struct window w = {.to = 1000};
		uint64_t reads = 0, calls = 0, random = 1 + b, got = 0;
		size_t series = SERIES_OF_RUN, in = 0;

		for (unsigned int round = 0; round < 30; round++) {
			for (unsigned int i = 0; i < 5 * (round + 1); i++) {
				struct task_sums *t = add_numbered(&w, i, 1);

				reads++;
				for (unsigned int op = OP_READV; op < OPS_TIMED; op++) {
					random = random * 6364136223846793005ULL + 1;
					if (!ops[op].name || random >> 60 > round / 4)
						continue;
					call_too(t, op);
					calls += 2;
				}
			}
			take(&all, &w);
			/* Who got in, got in whole, and stays. */
			assert_true(all.count >= in);
			in = all.count;
		}
		for (size_t i = 0; i < all.count; i++) {
			series += series_of(all.service[i]);
			got += others_of(all.service[i]);
		}
		assert_true(series <= bounds[b]);
		assert_int_equal(reads_of_all(&all), reads);
		assert_int_equal(got, calls);
		assert_int_equal(all.count - 1 + all.refused, 150);
		assert_true(all.overflowed > 0);
		services_clear(&all);
	}
}

static void without_a_bound_there_is_room_for_all(void **state)
{
	struct services all = {0};
	struct window w = {.to = 1000};

	(void)state;
	for (unsigned int i = 0; i < 3000; i++)
		add_numbered(&w, i, 1);
	take(&all, &w);
	assert_int_equal(all.count, 3000);
	assert_int_equal(all.refused, 0);
	services_clear(&all);
}

static void times_and_losses_are_added_up(void **state)
{
	struct services all = {0};
	struct window w = {.to = 1000};
	const struct service_times *times;

	(void)state;
	for (int round = 0; round < 2; round++) {
		struct task_sums *t = add(&w, 5, "web", 3);
		struct call_sums *response = task_call(t, OP_RESPONSE);
		const struct octave one = {.step = {[1] = 2}};

		response->outcome[OUT_OK] = 3;
		/* Two of 2^13 ns and a 16th, and one that took no time. */
		hist_add_octave(&response->wait, 10, &one);
		t->count[COUNT_QUEUEING + QUEUE_DISPATCH] = 70;
		t->count[COUNT_SERVICE_NS] = 30;
		w.lost[LOST_CALLS] = 5;
		take(&all, &w);
	}
	times = &find(&all, "web")->time[TIME_RESPONSE];
	assert_int_equal(service_times_count(times), 6);
	assert_int_equal(service_times_until(times, (1 << 13) - 1), 2);
	assert_int_equal(service_times_until(times, (1 << 14) - 1), 6);
	assert_int_equal(times->ns, 200);
	assert_int_equal(find(&all, "web")->exchanges[SIDE_SERVER], 6);
	assert_int_equal(find(&all, "web")->cause_ns[QUEUE_DISPATCH], 140);
	assert_int_equal(all.losses, 1);
	assert_int_equal(all.loss[0].count, 10);
	services_clear(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_of_a_name_are_one_service),
		cmocka_unit_test(who_ends_leaves_its_sums),
		cmocka_unit_test(the_ended_that_were_summed_have_a_name_of_their_own),
		cmocka_unit_test(who_finds_no_room_is_in_the_others),
		cmocka_unit_test(with_any_calls_nothing_is_lost_and_the_bound_holds),
		cmocka_unit_test(without_a_bound_there_is_room_for_all),
		cmocka_unit_test(times_and_losses_are_added_up),
	};

	return cmocka_run_group_tests_name("services", tests, NULL, NULL);
}
