/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * launch.c - see launch.h.
 *
 * What goes in: the words of a command. What comes out: a process that waits to become it. It waits
 * at a pipe of which we alone have the other end: should we be killed, it reads the end of that and
 * goes, at any time. A second pipe tells what went wrong; the exec closes it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/exit_code.h"
#include "base/inherited.h"
#include "base/log.h"
#include "target/launch.h"
#include "target/run_as.h"

/* What the child does, and is told by it: by a whole of these, which a pipe does not tear. */
enum step {
	STEP_WAIT,   /* it waits to be let go; no error */
	STEP_RUN_AS, /* it could not take the user's rights */
	STEP_EXEC,   /* it could not become the command */
};

struct word_of_child {
	enum step step;
	int error; /* an errno */
};

/* The child's ends of the pipes. */
struct ends {
	int go, told;
};

/* Tells the parent how a step went; if that has gone, there is nobody to tell. */
static void tell(int fd, enum step step, int error)
{
	const struct word_of_child word = {step, error};

	if (write(fd, &word, sizeof(word)) != sizeof(word))
		_exit(EXIT_FAILED);
}

/* Waits to be let go, and becomes the command. */
__attribute__((noreturn)) static void become(const struct ends *ends, char *const *command,
					     const struct run_as *as)
{
	int err = as->name ? run_as_become(as) : 0;
	char go;

	tell(ends->told, err ? STEP_RUN_AS : STEP_WAIT, -err);
	/* The signals that we ignore end it as they end any command: they have been given back. */
	if (err || read(ends->go, &go, 1) != 1)
		_exit(EXIT_FAILED);
	execvp(command[0], command);
	tell(ends->told, STEP_EXEC, errno);
	_exit(EXIT_NOT_FOUND);
}

/* Reads what the child has to say: 1, or 0 if it says nothing any more: it is the command, or dead.
 */
static int hear(const struct launch *l, struct word_of_child *word)
{
	ssize_t got;

	do
		got = read(l->told, word, sizeof(*word));
	while (got < 0 && errno == EINTR);
	return got == sizeof(*word);
}

/* Forks, with a pidfd; 0 or -errno. */
static int make(struct launch *l, char *const *command, const struct run_as *as)
{
	int go[2] = {-1, -1}, told[2] = {-1, -1}, err = 0;

	if (pipe2(go, O_CLOEXEC) || pipe2(told, O_CLOEXEC)) {
		err = -errno;
	} else {
		l->pid = fork();
		if (l->pid < 0)
			err = -errno;
	}
	if (!err && !l->pid) {
		close(go[1]);
		close(told[0]);
		inherited_give_back();
		become(&(struct ends){go[0], told[1]}, command, as);
	}
	l->go = go[1];
	l->told = told[0];
	if (go[0] >= 0)
		close(go[0]);
	if (told[1] >= 0)
		close(told[1]);
	if (err) {
		l->pid = 0;
		return err;
	}
	/* As long as it has not been waited for, its pid is nobody else's. */
	l->pidfd = (int)syscall(SYS_pidfd_open, l->pid, 0);
	return l->pidfd < 0 ? -errno : 0;
}

/* Closes the pipes. */
static void close_pipes(struct launch *l)
{
	if (l->go >= 0)
		close(l->go);
	if (l->told >= 0)
		close(l->told);
	l->go = l->told = -1;
}

/* Says that the user's rights could not be had. */
static int refuse_user(const char *run_as, int error)
{
	log_error("--run-as %s: %s%s", run_as, strerror(error),
		  error == EPERM ? "; it takes root, or CAP_SETUID and CAP_SETGID" : "");
	return error == EPERM ? EXIT_DENIED : EXIT_FAILED;
}

/* Makes a process that will become the command. */
int launch_prepare(struct launch *l, char *const *command, const char *run_as)
{
	struct word_of_child word = {STEP_WAIT, 0};
	struct run_as as = {0};
	int code, err;

	*l = (struct launch){.name = command[0], .pidfd = -1, .go = -1, .told = -1};
	code = run_as ? run_as_find(&as, run_as) : 0;
	err = code ? 0 : make(l, command, &as);
	run_as_clear(&as);
	if (err) {
		log_error("%s: cannot be started: %s", l->name, strerror(-err));
		code = EXIT_FAILED;
	} else if (!code && !hear(l, &word)) {
		log_error("%s: was killed before it was started", l->name);
		code = EXIT_FAILED;
	} else if (!code && word.step == STEP_RUN_AS) {
		code = refuse_user(run_as, word.error);
	}
	if (code)
		launch_abandon(l);
	return code;
}

/* Has it become the command. */
int launch_go(struct launch *l)
{
	struct word_of_child word;

	/* If it has been killed while it waited, that is its end as any other. */
	l->gone = true;
	if (write(l->go, "", 1) != 1)
		log_info("%s: has ended while it waited", l->name);
	if (!hear(l, &word)) {
		close_pipes(l);
		return 0;
	}
	log_error("%s: %s", l->name, strerror(word.error));
	launch_abandon(l);
	return word.error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

/* Ends a process that has not become the command. */
void launch_abandon(struct launch *l)
{
	close_pipes(l);
	if (l->pid > 0) {
		kill(l->pid, SIGKILL);
		(void)launch_status(l);
	}
	if (l->pidfd >= 0)
		close(l->pidfd);
	*l = (struct launch){.pidfd = -1, .go = -1, .told = -1};
}

/* Whether the command has ended, all its threads. */
bool launch_ended(const struct launch *l)
{
	return poll(&(struct pollfd){.fd = l->pidfd, .events = POLLIN}, 1, 0) > 0;
}

/* Waits for the end of the command. */
int launch_status(struct launch *l)
{
	int status;
	pid_t ended;

	do
		ended = waitpid(l->pid, &status, 0);
	while (ended < 0 && errno == EINTR);
	l->pid = 0;
	if (ended < 0)
		return EXIT_FAILED;
	return WIFSIGNALED(status) ? EXIT_BY_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}
