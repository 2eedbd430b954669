/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_recording.c - what was recorded comes back whole; what is cut, changed or foreign is refused
 * with a reason, whatever it is.
 */
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "books/ops.h"
#include "books/snapshot.h"
#include "json/recording.h"
#include "sinks/sink.h"

static const struct recording_style style = {.threads = true, .connections = 3};

/* Adds durations of ever another length to a histogram. */
static void fill_hist(struct hist *h, uint64_t count)
{
	for (unsigned int bucket = 0; bucket < BUCKETS; bucket += 7) {
		struct octave o = {0};

		o.step[bucket % STEPS] = count + bucket;
		hist_add_octave(h, bucket / STEPS, &o);
	}
}

/* A window with a process and a thread in which no number is 0, as large as it can be. */
static void fill(struct window *w)
{
	for (pid_t tid = 0; tid <= 7; tid += 7) {
		struct task_sums *t = task_list_get(tid ? &w->threads : &w->processes, 7, tid);

		memcpy(t->comm, "\xff\\\n\"\x01z", 6);
		for (unsigned int i = 0; i < COUNTERS; i++)
			t->count[i] = 1000 + i;
		for (unsigned int op = 0; op < OPS; op++) {
			struct call_sums *call = task_call(t, op);

			if (op < OPS_TIMED)
				for (unsigned int p = 0; p < PHASES; p++)
					task_time(t, op)->ns[p] =
						UINT32_MAX + (uint64_t)op * PHASES + p;
			for (unsigned int i = 0; i < OUTCOMES; i++)
				call->outcome[i] = op * OUTCOMES + i + 1;
			fill_hist(&call->wait, op + 1);
			fill_hist(&call->busy, op + 2);
			errors_count(&call->errors, op + 1, op + 1);
			t->inflight[op] = op % 2 ? 3 : (unsigned int)-2;
		}
		for (unsigned int i = 0; i < EVIDENCE_SUMS; i++)
			t->evidence.sum[i] = i + 1;
		t->wall = UINT64_MAX;
		t->threads = t->threads_ever = 2;
		t->registered = WAY_EPOLL_ET;
	}
	w->from = 1000;
	w->to = 3000;
	w->utc = (struct timespec){.tv_sec = 1767323045, .tv_nsec = 678999999};
	w->lost[LOST_CALLS] = 12;
}

/* What the JSON says of a window; to be freed. */
static char *json_of(const struct window *w)
{
	const char *const notes[] = {"a note", "another \xff one"};
	struct sink_job job = {.sink = &sink_json};
	struct report *r = report_build(w, notes, 2);
	char *text = NULL;
	size_t size = 0;

	job.out = open_memstream(&text, &size);
	job.sink->open(&job);
	job.sink->report(&job, r);
	fclose(job.out);
	report_free(r);
	return text;
}

/* What a report says as JSON again, in *context. */
static bool keep_json(const struct report *r, void *context)
{
	struct sink_job job = {.sink = &sink_json};
	char **text = context;
	size_t size = 0;

	free(*text);
	job.out = open_memstream(text, &size);
	job.sink->open(&job);
	job.sink->report(&job, r);
	fclose(job.out);
	return true;
}

/* Reads nothing out of a report. */
static bool look_away(const struct report *r, void *context)
{
	(void)r;
	(void)context;
	return true;
}

/* The JSON of the window above; to be freed. */
static char *made_json(void)
{
	struct window w = {0};
	char *text;

	fill(&w);
	text = json_of(&w);
	window_clear(&w);
	return text;
}

/* Whether a text is refused, with a reason. */
static bool is_refused(const char *text, size_t size)
{
	struct misread why = {0};
	size_t line = recording_read(text, size, &style, look_away, NULL, &why);

	return *why.why && (line || !size);
}

static void test_all_comes_back(void **state)
{
	char *text = made_json(), *again = NULL;
	struct misread why = {0};

	(void)state;
	assert_int_equal(recording_read(text, strlen(text), &style, keep_json, &again, &why), 0);
	assert_string_equal(why.why, "");
	assert_string_equal(again, text);
	free(again);
	free(text);
}

static void test_what_is_cut_is_refused(void **state)
{
	char *text = made_json();
	size_t size = strlen(text), first = strcspn(text, "\n") + 1;

	(void)state;
	/* The header alone is a recording of which nothing has come yet; so is all of it. */
	for (size_t cut = 1; cut + 1 < size; cut += 1 + cut / 16)
		assert_true(cut == first - 1 || cut == first || is_refused(text, cut));
	free(text);
}

/* What is wrong in each: a part of the recording, and what stands there instead. */
static const struct {
	const char *was, *is;
} changes[] = {
	{"\"type\":\"header\"", "\"type\":\"heading\""},
	{"\"format\":1", "\"format\":2"},
	{"\"format\":1", "\"format\":\"1\""},
	{"\"type\":\"process\"", "\"type\":\"total_process\""},
	{"\"type\":\"process\"", "\"type\":7"},
	{"\"processes\":1", "\"processes\":2"},
	{"\"processes\":1", "\"processes\":0"},
	{"\"pid\":7", "\"pid\":-7"},
	{"\"pid\":7", "\"pid\":4294967303"},
	{"\"wall_ns\":18446744073709551615,\"counts\"", "\"wall_ns\":-1,\"counts\""},
	{"\"wall_ns\":18446744073709551615,\"counts\"", "\"wall_ns\":1.5,\"counts\""},
	{"\"threads\":2,\"threads_ever\":2,\"wall_ns\":18446744073709551615,\"counts\"",
	 "\"threads\":4294967296,\"threads_ever\":2,\"wall_ns\":1,\"counts\""},
	{"\"registered\":\"epoll_et\"", "\"registered\":\"epoll_xt\""},
	{"\"registered\":\"epoll_et\"", "\"registered\":6"},
	{"\"books\":{", "\"books\":[{"},
	{"\"books\":{\"from_ns\"", "\"books\":{\"news\":1,\"from_ns\""},
	{"\"wait\":[[0,", "\"wait\":[[35,"},
	{"],[7,", "],[33,"},
	{"],[7,", "],[7,1,"},
	{"\"utc_ns\":678999999", "\"utc_ns\":1000000000"},
	{"\"utc_s\":1767323045", "\"utc_s\":18446744073709551615"},
	{"\\\\xff", "\\\\xfg"},
	{"\\\\xff", "\xff"},
	{"\"notes\":[", "\"notes\":[7,"},
	{"\"app\":{\"ns\"", "\"application\":{\"ns\""},
	{"\"inflight\":-2", "\"inflight\":-3000000000"},
	{"\"lost\":{\"calls\":12}", "\"lost\":{\"cells\":12}"},
	{"\"tid\":7,\"time\"", "\"tid\":\"7\",\"time\""},
};

static void test_what_is_changed_is_refused(void **state)
{
	char *text = made_json();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		const char *place = strstr(text, changes[i].was);
		char *changed = malloc(strlen(text) + strlen(changes[i].is) + 1);

		if (!place)
			fail_msg("nowhere: %s", changes[i].was);
		memcpy(changed, text, (size_t)(place - text));
		strcpy(stpcpy(changed + (place - text), changes[i].is),
		       place + strlen(changes[i].was));
		if (!is_refused(changed, strlen(changed)))
			fail_msg("taken: %s", changes[i].is);
		free(changed);
	}
	free(text);
}

static void test_what_is_foreign_is_refused(void **state)
{
	static const char *const foreign[] = {"",
					      "\n",
					      "{}",
					      "[]",
					      "null",
					      "7",
					      "{\"type\":null}",
					      ("\x7f"
					       "ELF"),
					      "time,interval_ns\n",
					      "{\"type\":\"header\"}",
					      "{\"type\":\"process\",\"pid\":1}"};
	char deep[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
		assert_true(is_refused(foreign[i], strlen(foreign[i])));
	memset(deep, '[', sizeof(deep));
	assert_true(is_refused(deep, sizeof(deep)));
}

/* What is no UTF-8 is told by its place; a character of several bytes is taken. */
static void test_what_is_no_utf8_is_refused(void **state)
{
	static const struct {
		const char *line, *why;
	} lines[] = {
		{"{\"type\":\"\xff\"}", "no JSON: no UTF-8 at byte 10"},
		{"{\"type\":\"\xc0\x80\"}", "no JSON: no UTF-8 at byte 10"},
		{"{\"type\":\"\xc3\xa9\xe2\x82", "no JSON: no UTF-8 at byte 12"},
		{"{\"type\":\"\xc3\xa9\xf0\x9f\x98\x80\"}",
		 "no recording of iophase: it does not begin with a header"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct misread why = {0};

		assert_int_equal(recording_read(lines[i].line, strlen(lines[i].line), &style,
						look_away, NULL, &why),
				 1);
		assert_string_equal(why.why, lines[i].why);
	}
}

static void test_a_process_is_there_once(void **state)
{
	char *text = made_json(), *twice;
	const char *process = strstr(text, "{\"type\":\"process\"");
	char *count;

	(void)state;
	twice = malloc(2 * strlen(text) + 1);
	strcpy(stpcpy(twice, text), process);
	count = strstr(twice, "\"processes\":1") + strlen("\"processes\":");
	*count = '2';
	assert_true(is_refused(twice, strlen(twice)));
	free(twice);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_comes_back),
		cmocka_unit_test(test_what_is_cut_is_refused),
		cmocka_unit_test(test_what_is_changed_is_refused),
		cmocka_unit_test(test_what_is_foreign_is_refused),
		cmocka_unit_test(test_what_is_no_utf8_is_refused),
		cmocka_unit_test(test_a_process_is_there_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
