/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_rules.c - when each rule holds: at its thresholds, and not one step beside any of them.
 */
#include "unit.h"
#include "judge/rule.h"

enum {
	TITLE_MAX = 60, /* columns that the list has left for a title */
};

/* For each rule the values at which it just holds: integers, in the units of the quantities. */
static const struct {
	const char *id;
	const char *values;
} thresholds[] = {
	{"loop-spins", "ready=1000 ready_rate=1000 io_per_ready=10 mux_wait_p50=0"},
	{"accept-full", "accept_full=10"},
	{"control-fails", "control_errors=100 control_error_share=100"},
	{"busy-waits", "timeouts=1000 timeout_rate=2000 timeout_share=500"},
	{"slow-handler", "slow_turns=1 lag_max=200000000"},
	{"select-scan", "scans=1000 watched=100 watched_per_event=50"},
	{"maxevents-full", "full=1000 full_share=500 events_per_wait=200"},
	{"single-events", "loops=1 full=1000 full_share=900 events_per_wait=100 mux_wait_p50=0"},
	{"short-waits", "timeouts=100 timeout_rate=200 timeout_share=500"},
	{"control-per-request", "controls=1000 reads=1000 controls_per_read=80"},
	{"polling", "read_again=1000 read_again_rate=1000 read_again_share=800 "
		    "ready_per_read_again=50"},
	{"herd-accept", "accept_again=100 accept_again_per_ok=200 ready_per_accept_again=50"},
	{"herd-read", "read_again=1000 read_again_per_ok=200 ready_per_read_again=60 "
		      "mux_threads=2"},
	{"connect-fails", "connect_errors=10 connect_error_share=500"},
	{"tiny-reads", "reads=1000 read_rate=1000 read_size=256 reads_in_turn=800 "
		       "reads_per_ready=800 reads_per_write=800 read_wait_p50=0"},
	{"data-left", "reads=1000 read_rate=1000 read_size=1024 reads_in_turn=800 "
		      "reads_per_ready=50 reads_per_write=800 mux_wait_p50=0"},
	{"tiny-writes", "writes=1000 write_rate=1000 write_size=256 exchanges=10 "
			"exchange_writes=800"},
	{"writes-refused", "write_again=100 write_again_share=100"},
	{"blocking-in-loop", "loops=1 loop_blocked=50000000 loop_blocked_share=20"},
	{"run-queue", "runq=100000000 runq_share=250 runq_rate=50"},
	{"stopped", "stopped=100000000 stopped_share=50"},
	{"writes-blocked", "write_wait=100000000 write_wait_share=100"},
	{"idle-threads", "threads=1000 idle_thread_share=900"},
	{"backlog-overflows", "backlog_dropped=5 backlog_full=1000"},
	{"edge-undrained", "left=5 left_time=1000000"},
	{"backlog-waits", "exchanges=10 backlog=5000000 backlog_share=200"},
	{"requests-queue", "exchanges=10 dispatch=5000000 dispatch_share=500 stopped_share=100"},
	{"pool-small", "exchanges=10 queued=5000000 queued_share=500 pool_busy=800 "
		       "service_runq_share=250"},
	{"delayed-requests", "exchanges=10 held_service_share=300 service_io_share=500 "
			     "exchange_reads=150"},
	{"delayed-asks", "asked=10 held_answer_share=300 asked_writes=150"},
	{"upstream-slow", "exchanges=10 asked=10 asked_time=1000000 asked_share=500"},
	{"threads-lost", "lost_threads=1"},
	{"calls-lost", "lost_calls=10 lost_call_share=10"},
	{"exchanges-lost", "lost_exchanges=10 lost_exchange_share=10"},
};

/* Sets the values of a text like "ready=1000 ready_rate=1000"; the others are not measured. */
static void set_values(uint64_t value[QUANTITIES], const char *text)
{
	char name[40];
	unsigned long long number;
	int length;

	for (unsigned int q = 0; q < QUANTITIES; q++)
		value[q] = NO_QUANTITY;
	while (sscanf(text, " %39[^=]=%llu%n", name, &number, &length) == 2) {
		enum quantity q = quantity_find(name, strlen(name));

		assert_int_not_equal(q, Q_NONE);
		value[q] = number;
		text += length;
	}
	assert_int_equal(*text, '\0');
}

static void a_rule_holds_at_its_thresholds_and_not_beside_them(void **state)
{
	uint64_t value[QUANTITIES];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(thresholds); i++) {
		const struct rule *rule = rule_find(thresholds[i].id);

		assert_non_null(rule);
		set_values(value, thresholds[i].values);
		if (!rule_holds(rule, value))
			fail_msg("%s does not hold at its thresholds", rule->id);
		for (const struct condition *c = rule->when; c->quantity; c++) {
			const uint64_t then = value[c->quantity];

			value[c->quantity] = c->bound == AT_LEAST ? c->limit - 1 : c->limit + 1;
			if (rule_holds(rule, value))
				fail_msg("%s holds beside its limit of %s", rule->id,
					 quantities[c->quantity].name);
			value[c->quantity] = NO_QUANTITY;
			assert_false(rule_holds(rule, value));
			value[c->quantity] = c->limit;
			assert_true(rule_holds(rule, value));
			value[c->quantity] = then;
		}
	}
}

/* The second limit of a rule that has two of one quantity. */
static uint64_t upper_limit(const char *id)
{
	static const struct {
		const char *id;
		uint64_t limit;
	} upper[] = {{"short-waits", 1999}, {"upstream-slow", 1100}, {"data-left", 200}};

	for (size_t i = 0; i < ARRAY_SIZE(upper); i++)
		if (!strcmp(upper[i].id, id))
			return upper[i].limit;
	fail_msg("%s has no upper limit here", id);
	return 0;
}

/* The limits themselves are told from those of the table one step beside them. */
static void each_limit_is_the_one_of_the_table(void **state)
{
	uint64_t value[QUANTITIES];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(thresholds); i++) {
		const struct rule *rule = rule_find(thresholds[i].id);

		set_values(value, thresholds[i].values);
		for (const struct condition *c = rule->when; c->quantity; c++) {
			/* Of two limits of one quantity the table has the first. */
			if (c != rule->when && c[-1].quantity == c->quantity) {
				assert_int_equal(c->limit, upper_limit(rule->id));
				continue;
			}
			assert_int_equal(value[c->quantity], c->limit);
		}
	}
}

static void every_rule_is_in_the_table_and_whole(void **state)
{
	const struct rule *rule;
	size_t count = 0;

	(void)state;
	for (; (rule = rule_at(count)); count++) {
		bool found = false;

		assert_ptr_equal(rule_find(rule->id), rule);
		for (size_t i = 0; i < ARRAY_SIZE(thresholds); i++)
			found |= !strcmp(thresholds[i].id, rule->id);
		if (!found)
			fail_msg("%s has no thresholds here", rule->id);
		assert_int_not_equal(rule->severity, SEVERITY_NONE);
		assert_true(strlen(rule->title) <= TITLE_MAX);
		assert_int_not_equal(rule->when[0].quantity, Q_NONE);
		assert_int_equal(rule->when[CONDITIONS_MAX].quantity, Q_NONE);
		assert_true(rule->meaning && rule->certainty && rule->reading && rule->advice);
	}
	assert_int_equal(count, ARRAY_SIZE(thresholds));
	assert_null(rule_find("no-such-rule"));
}

static void sentences_name_quantities(void **state)
{
	const struct rule *rule;

	(void)state;
	for (size_t i = 0; (rule = rule_at(i)); i++) {
		const char *c = rule->sentence;

		while ((c = strchr(c, '{'))) {
			size_t length = strcspn(++c, "}");

			assert_int_equal(c[length], '}');
			/* Beside the quantities there is one name. */
			if (!quantity_find(c, length) && strncmp(c, "upstream}", 9))
				fail_msg("%s: no quantity at '%s'", rule->id, c);
		}
	}
}

static void every_quantity_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned int q = Q_NONE + 1; q < QUANTITIES; q++) {
		if (!quantities[q].name)
			fail_msg("quantity %u has no row", q);
		assert_int_equal(quantity_find(quantities[q].name, strlen(quantities[q].name)), q);
		assert_non_null(quantities[q].words);
	}
	assert_int_equal(quantity_find("", 0), Q_NONE);
	assert_int_equal(quantity_find("read", 4), Q_NONE);
}

static void quantities_are_written_in_their_units(void **state)
{
	(void)state;
	assert_string_equal(quantity_text(Q_READY_RATE, 81234).s, "81,234");
	assert_string_equal(quantity_text(Q_IO_PER_READY, 7).s, "0.07");
	assert_string_equal(quantity_text(Q_IO_PER_READY, 999).s, "9.99");
	assert_string_equal(quantity_text(Q_IO_PER_READY, 1234).s, "12");
	assert_string_equal(quantity_text(Q_READS_PER_WRITE, NO_LIMIT).s, "-");
	assert_string_equal(quantity_text(Q_RUNQ, 12100000).s, "12.1 ms");
	assert_string_equal(quantity_text(Q_RUNQ_SHARE, 987).s, "98.7 %");
	assert_string_equal(quantity_text(Q_READ_SIZE, 40).s, "40 B");
	assert_string_equal(quantity_text(Q_ACCEPT_ERRNO, 24).s, "EMFILE");
	assert_string_equal(quantity_text(Q_ACCEPT_ERRNO, 4000).s, "error 4000");
	assert_string_equal(quantity_text(Q_RUNQ, NO_QUANTITY).s, "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_holds_at_its_thresholds_and_not_beside_them),
		cmocka_unit_test(each_limit_is_the_one_of_the_table),
		cmocka_unit_test(every_rule_is_in_the_table_and_whole),
		cmocka_unit_test(sentences_name_quantities),
		cmocka_unit_test(every_quantity_has_a_name_of_its_own),
		cmocka_unit_test(quantities_are_written_in_their_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
