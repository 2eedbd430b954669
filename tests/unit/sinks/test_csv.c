/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_csv.c - the columns of the contract, quoting, and one line per record whatever the name.
 */
#include "unit.h"
#include "sinks/columns.h"
#include "books/ops.h"
#include "sinks/sink.h"
#include "books/snapshot.h"

static const char header[] =
	"time,interval_ns,pid,tid,comm,model,call,class,calls,ok,eof,again,timeout,interrupted,"
	"error,bytes,inflight,wait_ns,runq_ns,cpu_ns,copy_ns,wait_p50_ns,wait_p90_ns,wait_p99_ns,"
	"wait_max_ns,busy_p50_ns,busy_p90_ns,busy_p99_ns,busy_max_ns,shape,signal_p50_ns,"
	"signal_p99_ns,latency_p50_ns,latency_p90_ns,latency_p99_ns,latency_max_ns,model_counts\n";

/* What the sink writes for a window; to be freed. */
static char *csv_of(const struct window *w)
{
	const struct style style = {0};
	struct report *r = report_build(w, NULL, 0);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(sink_csv.begin(out, &style), 0);
	assert_int_equal(sink_csv.report(out, r, &style), 0);
	assert_int_equal(sink_csv.end(out, &style), 0);
	fclose(out);
	report_free(r);
	return text;
}

/* A window with process 7, comm as given, no calls. */
static struct window window_with(const char *comm)
{
	struct window w = {
		.from = 1000, .to = 3000, .utc = {.tv_sec = 1767323045, .tv_nsec = 678999999}};
	struct task_sums *t = task_list_get(&w.processes, 7, 0);

	memcpy(t->comm, comm, strnlen(comm, COMM_LEN));
	t->ns[OP_APP][PHASE_WAIT] = 4;
	t->ns[OP_APP][PHASE_RUNQ] = 5;
	t->ns[OP_APP][PHASE_CPU] = 6;
	return w;
}

/* Checks the rows (without the header) of a process with that name. */
static void expect_comm(const char *comm, const char *field)
{
	struct window w = window_with(comm);
	char expected[512], *text = csv_of(&w);

	snprintf(
		expected, sizeof(expected),
		"%s2026-01-02T03:04:05.678Z,2000,7,,%s,idle,app,app,,,,,,,,,,4,5,6,0,,,,,,,,,,,,,,,,\n",
		header, field);
	assert_string_equal(text, expected);
	free(text);
	window_clear(&w);
}

static void the_header_is_that_of_the_contract(void **state)
{
	const struct window w = {0};
	char *text = csv_of(&w);

	(void)state;
	assert_string_equal(text, header);
	free(text);
}

static void names_are_quoted_and_escaped(void **state)
{
	(void)state;
	expect_comm("nginx", "nginx");
	expect_comm("", "");
	expect_comm("a,b", "\"a,b\"");
	expect_comm("a\"b", "\"a\"\"b\"");
	expect_comm(" a", "\" a\"");
	expect_comm("a ", "\"a \"");
	expect_comm("a b", "a b");
	expect_comm("a\nb\r", "a\\x0ab\\x0d");
	expect_comm("\033[2J,", "\"\\x1b[2J,\"");
	expect_comm("a\\b", "a\\\\b");
	expect_comm("caf\xc3\xa9\xff", "caf\xc3\xa9\\xff");
}

static void a_field_with_a_line_break_is_quoted(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	csv_write_field(out, "a\nb");
	putc(';', out);
	csv_write_field(out, "\r");
	fclose(out);
	assert_string_equal(text, "\"a\nb\";\"\r\"");
	free(text);
}

static void a_call_fills_all_columns(void **state)
{
	struct window w = window_with("x");
	struct task_sums *t = w.processes.task[0];
	unsigned int op = op_of_name("recvfrom");
	struct octave o = {.step = {[9] = 21}};
	struct call_sums *call = task_call(t, op);
	char *text;

	(void)state;
	for (int i = 0; i < OUTCOMES; i++)
		call->outcome[i] = (uint64_t)i + 1;
	call->bytes = 77;
	call->wait_max = 9;
	call->busy_max = 9;
	hist_add_octave(&call->wait, 0, &o);
	hist_add_octave(&call->busy, 0, &o);
	for (int p = 0; p < PHASES; p++)
		t->ns[op][p] = 100 + (uint64_t)p;
	t->inflight[op] = 3;
	t->count[COUNT_READS + WAY_SELECT] = 1;
	text = csv_of(&w);
	assert_non_null(strstr(text, ",7,,x,select,recvfrom,read,21,1,2,3,4,5,6,77,3,"
				     "100,101,102,103,9,9,9,9,9,9,9,9,,,,,,,,select=1\n"));
	free(text);
	window_clear(&w);
}

static void without_an_ended_call_percentiles_are_empty(void **state)
{
	struct window w = window_with("x");
	unsigned int op = op_of_name("accept");
	char *text;

	(void)state;
	w.processes.task[0]->ns[op][PHASE_WAIT] = 55;
	w.processes.task[0]->inflight[op] = 1;
	text = csv_of(&w);
	assert_non_null(strstr(
		text, ",blocking,accept,accept,0,0,0,0,0,0,0,0,1,55,0,0,0,,,,,,,,,,,,,,,,\n"));
	free(text);
	window_clear(&w);
}

/* The number of lines. */
static size_t lines_of(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void threads_replace_their_process(void **state)
{
	struct window w = window_with("x");
	char *text;

	(void)state;
	w.processes.task[0]->evidence =
		(struct shape_evidence){.threads = 1, .loops = 1, .loop_reads = 1};
	task_list_get(&w.threads, 7, 7)->ns[OP_APP][PHASE_CPU] = 1;
	task_list_get(&w.threads, 7, 8)->ns[OP_APP][PHASE_CPU] = 2;
	text = csv_of(&w);
	assert_int_equal(lines_of(text), 3);
	assert_non_null(
		strstr(text, ",7,7,,idle,app,app,,,,,,,,,,0,0,1,0,,,,,,,,,event-loop,,,,,,,\n"));
	assert_non_null(
		strstr(text, ",7,8,,idle,app,app,,,,,,,,,,0,0,2,0,,,,,,,,,event-loop,,,,,,,\n"));
	assert_null(strstr(text, ",2000,7,,"));
	free(text);
	window_clear(&w);
}

static void the_time_of_signals_is_in_every_row_of_the_task(void **state)
{
	struct window w = window_with("x");
	struct call_sums *signals = task_call(w.processes.task[0], OP_SIGNALS);
	struct octave o = {.step = {[7] = 3}};
	char *text;

	(void)state;
	signals->outcome[OUT_OK] = 5;
	text = csv_of(&w);
	/* None of the five was seen to be generated. */
	assert_non_null(strstr(text, ",app,app,,,,,,,,,,4,5,6,0,,,,,,,,,,,,,,,,\n"));
	free(text);
	hist_add_octave(&signals->wait, 0, &o);
	signals->wait_max = 7;
	w.processes.task[0]->inflight[op_of_name("read")] = 1;
	text = csv_of(&w);
	assert_non_null(strstr(text, ",app,app,,,,,,,,,,4,5,6,0,,,,,,,,,,7,7,,,,,\n"));
	assert_non_null(strstr(text, ",read,read,0,0,0,0,0,0,0,0,1,0,0,0,0,,,,,,,,,,7,7,,,,,\n"));
	free(text);
	window_clear(&w);
}

static void every_row_has_every_column(void **state)
{
	struct window w = window_with("x");
	char *text;

	(void)state;
	for (unsigned int op = 1; op < MAX_OPS; op++)
		if (ops[op].name)
			w.processes.task[0]->inflight[op] = op;
	text = csv_of(&w);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		size_t commas = 0;

		for (const char *s = line; *s; s++)
			commas += *s == ',';
		assert_int_equal(commas + 1, columns_count);
	}
	free(text);
	window_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_is_that_of_the_contract),
		cmocka_unit_test(names_are_quoted_and_escaped),
		cmocka_unit_test(a_field_with_a_line_break_is_quoted),
		cmocka_unit_test(a_call_fills_all_columns),
		cmocka_unit_test(without_an_ended_call_percentiles_are_empty),
		cmocka_unit_test(threads_replace_their_process),
		cmocka_unit_test(the_time_of_signals_is_in_every_row_of_the_task),
		cmocka_unit_test(every_row_has_every_column),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
