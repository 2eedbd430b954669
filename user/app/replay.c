/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * replay.c - see replay.h.
 *
 * What goes in: a file of JSON, of this machine or of another one. What comes out: what the outputs
 * make of its reports, as they did while it was recorded. No right is needed, and no kernel asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/losses.h"
#include "app/options.h"
#include "app/output.h"
#include "app/replay.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "json/recording.h"

enum {
	PIECE = 1 << 20, /* bytes that are read at once, at first */
};

/* What is being read: its lines one after the other. */
struct replay {
	struct options options; /* with what the recording says of the interval */
	const char *name;	/* of the file, for messages */
	int fd;
	char *piece; /* what was read, */
	size_t room, used;
	size_t begin; /* and where in it the next line begins */
	bool at_end;
	size_t number; /* of the line */
	struct recording recording;
	struct outputs outputs;
	bool opened, has_report, has_total;
	enum severity worst;
};

/* Says what is wrong with the file; the exit code. */
static enum exit_code refuse(const struct replay *p)
{
	log_error("%s: line %zu: %s", p->name, p->number, p->recording.misread.why);
	return EXIT_FAILED;
}

/* Reads more of the file; 0 or -errno. */
static int read_more(struct replay *p)
{
	ssize_t count;

	memmove(p->piece, p->piece + p->begin, p->used - p->begin);
	p->used -= p->begin;
	p->begin = 0;
	if (p->used == p->room) {
		p->room = p->room ? 2 * p->room : PIECE;
		p->piece = xrealloc(p->piece, p->room, 1);
	}
	do
		count = read(p->fd, p->piece + p->used, p->room - p->used);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return -errno;
	p->at_end = !count;
	p->used += (size_t)count;
	return 0;
}

/*
 * The next line, without what ends it, in *line: 1, or 0 at the end of the file, or -errno. What is
 * longer than a line may be is told as one that is too long by a byte.
 */
static int next_line(struct replay *p, const char **line, size_t *size)
{
	size_t looked = 0;

	for (;;) {
		size_t left = p->used - p->begin;
		const char *from = p->piece + p->begin;
		const char *end = left > looked ? memchr(from + looked, '\n', left - looked) : NULL;
		int err;

		*line = from;
		*size = end ? (size_t)(end - from) : left;
		if (end || (p->at_end && left) || left > RECORDING_LINE_MAX) {
			p->begin += *size + (end != NULL);
			p->number++;
			return 1;
		}
		if (p->at_end)
			return 0;
		looked = left;
		err = read_more(p);
		if (err)
			return err;
	}
}

/* Opens the outputs when it is known what is recorded; 0 or the exit code. */
static enum exit_code open_outputs(struct replay *p, const struct options *o,
				   struct signals *signals)
{
	enum exit_code code;

	if (o->threads && !p->recording.about.threads) {
		log_error("%s was recorded without --threads", p->name);
		return EXIT_FAILED;
	}
	p->options = *o;
	p->options.interval = p->recording.about.interval;
	p->outputs.about = &p->recording.about;
	code = outputs_open(&p->outputs, &p->options, signals);
	p->opened = true;
	if (!code && outputs_have(&p->outputs, p->fd)) {
		log_error("%s: it cannot be read and written at once", p->name);
		code = EXIT_USAGE;
	}
	if (code)
		return code;
	return outputs_begin(&p->outputs) ? EXIT_FAILED : EXIT_DONE;
}

/* Writes a report; 0, or the -errno of outputs that take nothing more. */
static int write_report(struct replay *p, enum recording_step step)
{
	const struct options *o = &p->options;
	const struct recording_style style = {o->threads, o->sockets, o->sort_by};
	struct report *r = recording_report(&p->recording, &style);
	bool is_total = step == RECORDING_TOTAL;
	enum severity worst = findings_worst(&r->findings);
	int err = is_total ? outputs_total(&p->outputs, r) : outputs_interval(&p->outputs, r);

	if (worst > p->worst)
		p->worst = worst;
	p->has_total |= is_total;
	p->has_report = true;
	if (!outputs_tell_losses(&p->outputs))
		losses_say(r, is_total ? " in all" : o->interval ? " in this interval" : "");
	report_free(r);
	return err;
}

/* Reads all lines, and writes the reports; 0 or the exit code. */
static enum exit_code read_all(struct replay *p, const struct options *o, struct signals *signals)
{
	enum exit_code code = EXIT_DONE;
	const char *line;
	size_t size;
	int more;

	while (!code && (more = next_line(p, &line, &size)) > 0) {
		enum recording_step step = recording_take(&p->recording, line, size);

		if (step == RECORDING_WRONG)
			code = refuse(p);
		else if (step == RECORDING_HEADER)
			code = open_outputs(p, o, signals);
		else if (step != RECORDING_MORE && write_report(p, step))
			return EXIT_DONE; /* each output remembers what became of it */
		if (!code && signals_came(signals)) {
			log_error("%s: stopped before its end", p->name);
			code = EXIT_FAILED;
		}
	}
	if (code)
		return code;
	if (more < 0) {
		log_error("%s: %s", p->name, strerror(-more));
		return EXIT_FAILED;
	}
	if (!recording_ends(&p->recording))
		return refuse(p);
	if (!p->has_total && (p->options.interval || !p->has_report)) {
		log_error("%s: it breaks off before the report of the whole time", p->name);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

/* Closes the outputs; the exit code, if it was `code` before. */
static enum exit_code close_outputs(struct replay *p, enum exit_code code)
{
	int err;

	if (!p->opened)
		return code;
	if (code == EXIT_USAGE) {
		outputs_abandon(&p->outputs);
		return code;
	}
	err = outputs_close(&p->outputs);
	if (!code && err && err != -EPIPE)
		code = EXIT_FAILED;
	if (!code && p->options.fail_on && p->worst >= p->options.fail_on)
		code = EXIT_FOUND;
	return code;
}

/* Reports again what was recorded. */
enum exit_code replay_run(const struct options *o)
{
	bool is_stdin = o->word && !strcmp(o->word, "-");
	struct replay p = {.name = is_stdin ? "stdin" : o->word, .fd = STDIN_FILENO};
	struct signals signals;
	enum exit_code code;
	int err;

	if (!o->word) {
		log_error("which recording? give a FILE that -o json:FILE has written");
		return EXIT_USAGE;
	}
	if (!is_stdin)
		p.fd = open(o->word, O_RDONLY | O_CLOEXEC);
	if (p.fd < 0) {
		log_error("%s: %s", p.name, strerror(errno));
		return EXIT_FAILED;
	}
	err = signals_open(&signals);
	if (err) {
		log_error("cannot wait for signals: %s", strerror(-err));
		return EXIT_FAILED;
	}
	code = close_outputs(&p, read_all(&p, o, &signals));
	if (!is_stdin)
		close(p.fd);
	recording_clear(&p.recording);
	free(p.piece);
	return code;
}
