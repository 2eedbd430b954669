/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_csv.c - the columns of the contract, quoting, and one line per record whatever the name.
 */
#include "unit.h"
#include "sinks/csv_field.h"
#include "books/ops.h"
#include "sinks/sink.h"
#include "books/snapshot.h"

static const char header[] =
	"time,interval_ns,pid,tid,comm,model,call,class,calls,ok,eof,again,timeout,interrupted,"
	"error,bytes,inflight,wait_ns,runq_ns,cpu_ns,copy_ns,wait_p50_ns,wait_p90_ns,wait_p99_ns,"
	"wait_max_ns,busy_p50_ns,busy_p90_ns,busy_p99_ns,busy_max_ns,shape,signal_p50_ns,"
	"signal_p99_ns,latency_p50_ns,latency_p90_ns,latency_p99_ns,latency_max_ns,model_counts,"
	"peeks,errors,family,samples\n";

/* What a sink writes for a window; to be freed. */
static char *text_of(const struct sink *sink, const struct window *w)
{
	struct sink_job job = {.sink = sink};
	struct report *r = report_build(w, NULL, 0);
	char *text = NULL;
	size_t size;

	job.out = open_memstream(&text, &size);
	sink->open(&job);
	sink->report(&job, r);
	fclose(job.out);
	report_free(r);
	return text;
}

/* What the sink of calls writes for a window; to be freed. */
static char *csv_of(const struct window *w)
{
	return text_of(&sink_csv, w);
}

/* A window with process 7, comm as given, no calls. */
static struct window window_with(const char *comm)
{
	struct window w = {
		.from = 1000, .to = 3000, .utc = {.tv_sec = 1767323045, .tv_nsec = 678999999}};
	struct task_sums *t = task_list_get(&w.processes, 7, 0);

	memcpy(t->comm, comm, strnlen(comm, COMM_LEN));
	task_time(t, OP_APP)->ns[PHASE_WAIT] = 4;
	task_time(t, OP_APP)->ns[PHASE_RUNQ] = 5;
	task_time(t, OP_APP)->ns[PHASE_CPU] = 6;
	return w;
}

/* Checks the rows (without the header) of a process with that name. */
static void expect_comm(const char *comm, const char *field)
{
	struct window w = window_with(comm);
	char expected[512], *text = csv_of(&w);

	snprintf(
		expected, sizeof(expected),
		"%s2026-01-02T03:04:05.678Z,2000,7,,%s,idle,app,app,,,,,,,,,,4,5,6,0,,,,,,,,,,,,,,,,,,,7,\n",
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

/* Checks how a text is written as a field. */
static void expect_field(const char *text, const char *field)
{
	char *written = NULL;
	size_t size;
	FILE *out = open_memstream(&written, &size);

	csv_write_field(out, text);
	fclose(out);
	assert_string_equal(written, field);
	free(written);
}

static void a_field_with_a_line_break_is_quoted(void **state)
{
	(void)state;
	expect_field("a\nb", "\"a\nb\"");
	expect_field("a\r", "\"a\r\"");
}

static void no_field_is_a_formula(void **state)
{
	(void)state;
	expect_comm("=1+1", "\\x3d1+1");
	expect_comm("+1", "\\x2b1");
	expect_comm("-1", "\\x2d1");
	expect_comm("@SUM(1)", "\\x40SUM(1)");
	expect_comm("\t=1", "\\x09=1");
	expect_comm("\r=1", "\\x0d=1");
	/* What the blanks before it would not hide from every reader. */
	expect_comm("  =1", "\"  \\x3d1\"");
	expect_comm("=a,\"b\"", "\"\\x3da,\"\"b\"\"\"");
	/* The wide forms of East Asian keyboards. */
	expect_comm("\uff1d1", "\\xef\\xbc\\x9d1");
	expect_comm("\uff201", "\\xef\\xbc\\xa01");
	expect_field("\t", "\\x09");
	/* Elsewhere they are as harmless as any other; what was there before stays different. */
	expect_comm("a=1", "a=1");
	expect_comm("kworker/u4:0-ev", "kworker/u4:0-ev");
	expect_comm("\\x3d1", "\\\\x3d1");
	expect_field("", "");
	expect_field(" ", "\" \"");
}

static void a_process_has_one_row(void **state)
{
	struct window w = window_with("-x");
	struct task_sums *t = w.processes.task[0];
	char *text;

	(void)state;
	t->threads = 2;
	t->threads_ever = 5;
	t->wall = 15;
	t->count[COUNT_READS + WAY_SELECT] = 1;
	t->inflight[op_of_name("accept")] = 1;
	w.lost[LOST_CALLS] = 3;
	w.missed = 4;
	task_list_get(&w.threads, 7, 7);
	text = text_of(&sink_csv_processes, &w);
	assert_string_equal(
		text,
		"time,interval_ns,pid,comm,family,threads,threads_ever,model,model_counts,shape,"
		"wall_ns,lost,stopped_ns,loop_lag_p50_ns,loop_lag_p99_ns,loop_lag_max_ns,"
		"events_per_wait,watched,wakeups,host,lived_ns,quiet_threads,model_basis,"
		"ready_waits,empty_waits,full_waits,events_per_wait_p99,events_per_wait_max,"
		"reads_per_event,writes_per_event,empty_lag_p50_ns,empty_lag_p99_ns,empty_lag_max_ns,"
		"loop_turn_ns,upstream_reads,upstream_writes,connections_let_go,backlog_waiting,"
		"backlog_most,backlog_room,backlog_dropped,container,pid_inside,user,ports,joined_late,"
		"not_looked_into,ended_unseen\n"
		"2026-01-02T03:04:05.678Z,2000,7,\\x2dx,7,2,5,select,select=1,,15,7,0,,,,,,0,,2000,0,reads,,,,,,,,,,,,,,,,,,,,,,,0,0,0\n");
	free(text);
	w.lost[LOST_CALLS] = UINT64_MAX;
	text = text_of(&sink_csv_processes, &w);
	assert_non_null(strstr(
		text,
		",15,18446744073709551615,0,,,,,,0,,2000,0,reads,,,,,,,,,,,,,,,,,,,,,,,0,0,0\n"));
	free(text);
	window_clear(&w);
}

static void event_loops_fill_their_columns(void **state)
{
	struct window w = window_with("x");
	struct task_sums *t = w.processes.task[0];
	struct call_sums *turns = task_call(t, OP_LOOP), *empty = task_call(t, OP_LOOP_EMPTY);
	struct octave o = {.step = {[9] = 4}};
	char *text;

	(void)state;
	turns->outcome[OUT_OK] = 3;
	turns->bytes = 7;
	turns->wait_max = turns->busy_max = 9;
	hist_add_octave(&turns->wait, 0, &o);
	hist_add_octave(&turns->busy, 0, &o);
	empty->outcome[OUT_TIMEOUT] = 2;
	empty->wait_max = 8;
	hist_add_octave(&empty->wait, 0, &o);
	task_call(t, op_of_name("write"))->outcome[OUT_OK] = 21;
	t->count[COUNT_FULL_WAITS] = 1;
	t->count[COUNT_SCANS] = 3;
	t->count[COUNT_SCANNED] = 1000;
	loop_sleep_note(&w.loops, t->pid, NULL, &(struct sleep_marks){.mux = 1, .turn = 5}, 5);
	text = text_of(&sink_csv_processes, &w);
	assert_non_null(strstr(text, ",9,9,9,2.333,333.333,0,"));
	assert_non_null(strstr(text, ",3,2,1,9,9,0.000,3.000,8,8,8,5,,,,,,,,,,,,0,0,0\n"));
	free(text);
	/* A sum that has no room for three decimals more is halved, as its count is. */
	turns->bytes = UINT64_MAX;
	turns->outcome[OUT_OK] = UINT64_MAX / 2;
	text = text_of(&sink_csv_processes, &w);
	assert_non_null(strstr(text, ",9,9,9,2.000,"));
	free(text);
	window_clear(&w);
}

static void a_sink_is_found_by_its_name(void **state)
{
	(void)state;
	assert_ptr_equal(sink_find("csv", 3), &sink_csv);
	assert_ptr_equal(sink_find("csv-processes:x", 13), &sink_csv_processes);
	assert_ptr_equal(sink_find("text", 4), &sink_text);
	assert_null(sink_find("csv-", 4));
	assert_null(sink_find("cs", 2));
	assert_null(sink_find("", 0));
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
		task_time(t, op)->ns[p] = 100 + (uint64_t)p;
	t->inflight[op] = 3;
	t->count[COUNT_READS + WAY_SELECT] = 1;
	text = csv_of(&w);
	assert_non_null(strstr(text,
			       ",7,,x,select,recvfrom,read,21,1,2,3,4,5,6,77,3,"
			       "100,101,102,103,9,9,9,9,9,9,9,9,,,,,,,,select=1,0,other=6,7,\n"));
	free(text);
	window_clear(&w);
}

static void without_an_ended_call_percentiles_are_empty(void **state)
{
	struct window w = window_with("x");
	unsigned int op = op_of_name("accept");
	char *text;

	(void)state;
	task_time(w.processes.task[0], op)->ns[PHASE_WAIT] = 55;
	w.processes.task[0]->inflight[op] = 1;
	text = csv_of(&w);
	assert_non_null(strstr(
		text,
		",blocking,accept,accept,0,0,0,0,0,0,0,0,1,55,0,0,0,,,,,,,,,,,,,,,,,0,,7,\n"));
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
	task_time(task_list_get(&w.threads, 7, 7), OP_APP)->ns[PHASE_CPU] = 1;
	task_time(task_list_get(&w.threads, 7, 8), OP_APP)->ns[PHASE_CPU] = 2;
	text = csv_of(&w);
	assert_int_equal(lines_of(text), 3);
	assert_non_null(strstr(
		text, ",7,7,,idle,app,app,,,,,,,,,,0,0,1,0,,,,,,,,,event-loop,,,,,,,,,,7,\n"));
	assert_non_null(strstr(
		text, ",7,8,,idle,app,app,,,,,,,,,,0,0,2,0,,,,,,,,,event-loop,,,,,,,,,,7,\n"));
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
	assert_non_null(strstr(text, ",app,app,,,,,,,,,,4,5,6,0,,,,,,,,,,,,,,,,,,,7,\n"));
	free(text);
	hist_add_octave(&signals->wait, 0, &o);
	signals->wait_max = 7;
	w.processes.task[0]->inflight[op_of_name("read")] = 1;
	text = csv_of(&w);
	assert_non_null(strstr(text, ",app,app,,,,,,,,,,4,5,6,0,,,,,,,,,,7,7,,,,,,,,7,\n"));
	assert_non_null(
		strstr(text, ",read,read,0,0,0,0,0,0,0,0,1,0,0,0,0,,,,,,,,,,7,7,,,,,,0,,7,\n"));
	free(text);
	window_clear(&w);
}

static void every_row_has_every_column(void **state)
{
	struct window w = window_with("x");
	char *text;

	(void)state;
	for (unsigned int op = 1; op < OPS; op++)
		if (ops[op].name)
			w.processes.task[0]->inflight[op] = op;
	text = csv_of(&w);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		size_t commas = 0;

		for (const char *s = line; *s; s++)
			commas += *s == ',';
		assert_int_equal(commas + 1, record_call.columns);
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
		cmocka_unit_test(no_field_is_a_formula),
		cmocka_unit_test(a_process_has_one_row),
		cmocka_unit_test(event_loops_fill_their_columns),
		cmocka_unit_test(a_sink_is_found_by_its_name),
		cmocka_unit_test(a_call_fills_all_columns),
		cmocka_unit_test(without_an_ended_call_percentiles_are_empty),
		cmocka_unit_test(threads_replace_their_process),
		cmocka_unit_test(the_time_of_signals_is_in_every_row_of_the_task),
		cmocka_unit_test(every_row_has_every_column),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
