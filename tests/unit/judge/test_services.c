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

static void beyond_the_limit_they_are_the_others(void **state)
{
	struct services all = {.most = 2};
	struct window w = {.to = 1000};

	(void)state;
	add(&w, 5, "a", 1);
	add(&w, 6, "b", 2);
	take(&all, &w);
	add(&w, 5, "a", 1);
	add(&w, 7, "c", 4);
	add(&w, 8, "d", 8);
	take(&all, &w);
	assert_int_equal(all.count, 3);
	assert_int_equal(reads_of(find(&all, "a")), 2);
	assert_int_equal(reads_of(find(&all, SERVICE_OTHERS)), 12);
	assert_int_equal(all.refused, 2);
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
		cmocka_unit_test(beyond_the_limit_they_are_the_others),
		cmocka_unit_test(times_and_losses_are_added_up),
	};

	return cmocka_run_group_tests_name("services", tests, NULL, NULL);
}
