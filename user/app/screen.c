/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * screen.c - see screen.h.
 *
 * What goes in: canvases; keys and clicks. What comes out: the terminal as the canvas says, by
 * ncurses, which writes what has changed; events.
 */
#include <curses.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

/* Macros of term.h. */
#undef columns
#undef lines

#include "app/screen.h"
#include "base/exit_code.h"
#include "base/now.h"
#include "base/write_within.h"
#include "top/keys.h"

enum {
	ESCAPE_MS = 25,	   /* after Esc: what comes later is no part of a sequence */
	SEQUENCE_LEN = 32, /* bytes of one, with its zero */
	LEAVE_LEN = 256,   /* bytes that give the screen back */
	CRASH_STACK = 16384,
	ROUND_MS = 100, /* after which it is asked whether to give up a terminal that takes nothing,
			   and which that is given to take what gives it back */
};

static bool taken, suspended;
static SCREEN *terminal;
static chtype attributes[PAINTED_KINDS];

/* What gives the terminal back without ncurses, and whose it is: not that of a process forked. */
static struct {
	struct termios was;
	char text[LEAVE_LEN];
	volatile size_t length;
	pid_t owner;
} leave;

/* While ncurses writes: since when (ns), who says that it is to be given up, and what was before.
 */
static struct {
	uint64_t since;
	screen_impatience *gives_up;
	void *context;
	struct sigaction action;
	sigset_t mask;
} writing;

/* What is wrong with the terminal. */
const char *screen_lacks(void)
{
	int why;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return "top wants a terminal: stdin and stdout must both be one";
	if (setupterm(NULL, STDOUT_FILENO, &why) != OK)
		return "top wants a terminal: TERM names none that is known here";
	return tigetstr("cup") ? NULL
			       : "top wants a terminal: that of TERM has no cursor to be placed";
}

/* What paints are where there is no colour, and the colour where there is. */
static const struct {
	chtype plain, with;
	short foreground, background; /* -1: the terminal's own */
} paints[PAINTED_KINDS] = {
	[PAINTED_PLAIN] = {A_NORMAL, A_NORMAL, -1, -1},
	[PAINTED_TITLE] = {A_BOLD, A_BOLD, -1, -1},
	[PAINTED_HEADER] = {A_REVERSE, A_NORMAL, COLOR_BLACK, COLOR_GREEN},
	[PAINTED_SORTED] = {A_REVERSE | A_BOLD, A_NORMAL, COLOR_BLACK, COLOR_CYAN},
	[PAINTED_SELECTED] = {A_REVERSE, A_NORMAL, COLOR_BLACK, COLOR_CYAN},
	[PAINTED_WAIT] = {A_NORMAL, A_NORMAL, COLOR_BLUE, -1},
	[PAINTED_RUNQ] = {A_NORMAL, A_NORMAL, COLOR_RED, -1},
	[PAINTED_CPU] = {A_NORMAL, A_NORMAL, COLOR_YELLOW, -1},
	[PAINTED_COPY] = {A_NORMAL, A_NORMAL, COLOR_MAGENTA, -1},
	[PAINTED_PROBLEM] = {A_BOLD, A_BOLD, COLOR_RED, -1},
	[PAINTED_WARNING] = {A_BOLD, A_BOLD, COLOR_YELLOW, -1},
	[PAINTED_NOTE] = {A_NORMAL, A_NORMAL, COLOR_CYAN, -1},
};

/* Makes the paints, of colours if these are wanted and there. */
static void make_paints(bool colour)
{
	colour = colour && has_colors() && start_color() == OK;
	if (colour)
		use_default_colors();
	for (short i = 0; i < PAINTED_KINDS; i++) {
		attributes[i] = paints[i].plain;
		if (colour && (paints[i].foreground >= 0 || paints[i].background >= 0) &&
		    init_pair((short)(i + 1), paints[i].foreground, paints[i].background) == OK)
			attributes[i] = paints[i].with | COLOR_PAIR(i + 1);
	}
}

/* Adds a byte to what gives the screen back. */
static int add_to_leave(int c)
{
	if (leave.length < sizeof(leave.text))
		leave.text[leave.length++] = (char)c;
	return c;
}

/* Notes what gives the screen back as it is now; of what TERM has not, nothing. */
static void note_leave(void)
{
	static const char *const names[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
	const char *mouse = tigetstr("XM"), *place = tigetstr("cup");

	leave.length = 0;
	if (mouse && mouse != (const char *)-1)
		tputs(tiparm(mouse, 0), 1, add_to_leave);
	else if (has_mouse())
		tputs("\033[?1000l", 1, add_to_leave);
	if (place)
		tputs(tiparm(place, LINES - 1, 0), 1, add_to_leave);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *text = tigetstr(names[i]);

		if (text && text != (const char *)-1)
			tputs(text, 1, add_to_leave);
	}
	add_to_leave('\r');
	add_to_leave('\n');
}

/*
 * Gives the terminal back without ncurses, within a fraction of a second. One that takes nothing is
 * gone on with, and what it has not shown is thrown away, as the kernel does at Ctrl-C. Only calls
 * that a handler may make (signal-safety(7); setitimer() is no more than its system call).
 */
static void give_back(void)
{
	struct termios goes_on = leave.was;

	if (!taken || suspended || getpid() != leave.owner)
		return;
	if (write_within(STDOUT_FILENO, leave.text, leave.length, ROUND_MS) !=
	    (ssize_t)leave.length) {
		goes_on.c_iflag &= ~(tcflag_t)IXON;
		tcsetattr(STDIN_FILENO, TCSANOW, &goes_on);
		tcflush(STDIN_FILENO, TCOFLUSH);
		(void)write_within(STDOUT_FILENO, leave.text, leave.length, ROUND_MS);
	}
	tcsetattr(STDIN_FILENO, TCSANOW, &leave.was);
}

/* Gives the terminal back, and dies by the signal, which does by now what it does to others. */
static void crash(int signo)
{
	give_back();
	raise(signo);
}

/* Has a signal that nobody hears yet heard by crash(). */
static void hear(int signo, const struct sigaction *action)
{
	struct sigaction old;

	if (!sigaction(signo, NULL, &old) && old.sa_handler == SIG_DFL)
		sigaction(signo, action, NULL);
}

/* Has crashes give the terminal back, also one for want of stack, and all else that ends us; who
 * hears of them already, as sanitizers do, goes on hearing. */
static void hear_crashes(void)
{
	static const int crashes[] = {SIGSEGV, SIGBUS,	SIGFPE,	   SIGILL,  SIGABRT, SIGTRAP,
				      SIGSYS,  SIGXCPU, SIGXFSZ,   SIGALRM, SIGUSR2, SIGVTALRM,
				      SIGPROF, SIGIO,	SIGSTKFLT, SIGPWR,  SIGPIPE};
	static char stack[CRASH_STACK];
	struct sigaction action = {.sa_handler = crash,
				   .sa_flags = SA_ONSTACK | SA_RESETHAND | SA_NODEFER};

	sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof(stack)}, NULL);
	/* In the background tcsetattr() would stop it. */
	sigaddset(&action.sa_mask, SIGTTOU);
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		hear(crashes[i], &action);
	for (int signo = SIGRTMIN; signo <= SIGRTMAX; signo++)
		hear(signo, &action);
}

/* Ends the program if the terminal that is written to is to be given up: ncurses writes on and on.
 */
static void look_up_from_write(int signo)
{
	static const char line[] =
		"iophase: the terminal: given up: it took nothing more when a signal came\n";
	int err = errno;

	(void)signo;
	if (writing.gives_up(writing.context, writing.since)) {
		give_back();
		(void)write_within(STDERR_FILENO, line, sizeof(line) - 1, ROUND_MS);
		_exit(EXIT_FAILED);
	}
	errno = err;
}

/* Begins to write to the terminal by ncurses: a signal is heard meanwhile, too. */
static void write_begins(void)
{
	struct sigaction action = {.sa_handler = look_up_from_write, .sa_flags = SA_RESTART};
	struct timeval time = {.tv_usec = ROUND_MS * 1000};
	sigset_t alarm_only;

	sigaddset(&action.sa_mask, SIGTTOU);
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	writing.since = now_ns();
	sigaction(SIGALRM, &action, &writing.action);
	sigprocmask(SIG_UNBLOCK, &alarm_only, &writing.mask);
	setitimer(ITIMER_REAL, &(struct itimerval){time, time}, NULL);
}

/* Ends it. */
static void write_ends(void)
{
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
	sigprocmask(SIG_SETMASK, &writing.mask, NULL);
	sigaction(SIGALRM, &writing.action, NULL);
}

/* Takes the terminal. */
int screen_open(bool colour, screen_impatience *gives_up, void *context)
{
	if (tcgetattr(STDIN_FILENO, &leave.was))
		return -1;
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal)
		return -1;
	leave.owner = getpid();
	writing.gives_up = gives_up;
	writing.context = context;
	set_term(terminal);
	taken = true;
	/* Of signals the program hears itself. */
	signal(SIGTSTP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGWINCH, SIG_DFL);
	atexit(screen_close);
	write_begins();
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	meta(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
	make_paints(colour);
	note_leave();
	write_ends();
	hear_crashes();
	return 0;
}

/* How large the canvas is to be: as the terminal is now. */
void screen_size(unsigned int *lines, unsigned int *columns)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col &&
	    (size.ws_row != LINES || size.ws_col != COLS)) {
		resizeterm(size.ws_row, size.ws_col);
		note_leave();
		clearok(stdscr, TRUE);
	}
	*lines = (unsigned int)LINES;
	*columns = (unsigned int)COLS;
}

/* Shows a canvas. */
void screen_show(const struct canvas *c)
{
	erase();
	for (unsigned int i = 0; i < c->lines; i++) {
		const struct canvas_line *l = &c->line[i];

		move((int)i, 0);
		for (size_t j = 0; j < l->pieces; j++) {
			attrset(attributes[l->piece[j].paint]);
			addnstr(l->text + l->piece[j].at, (int)l->piece[j].length);
		}
	}
	attrset(A_NORMAL);
	write_begins();
	refresh();
	write_ends();
}

/* Has all of it be written next time. */
void screen_forget(void)
{
	clearok(stdscr, TRUE);
}

/* What a click or the wheel is; false: nothing of ours. */
static bool read_mouse(struct top_event *event)
{
	MEVENT mouse;

	if (getmouse(&mouse) != OK)
		return false;
	event->line = (unsigned int)mouse.y;
	event->column = (unsigned int)mouse.x;
	if (mouse.bstate & BUTTON4_PRESSED)
		event->key = TOP_WHEEL_UP;
	else if (mouse.bstate & BUTTON5_PRESSED)
		event->key = TOP_WHEEL_DOWN;
	else if (mouse.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED))
		event->key = TOP_CLICK;
	else
		return false;
	return true;
}

/* What a key of ncurses is; 0: nothing of ours. */
static uint32_t key_of(wint_t key)
{
	static const struct {
		wint_t key;
		uint32_t is;
	} keys[] = {
		{KEY_UP, TOP_UP},	 {KEY_DOWN, TOP_DOWN},	     {KEY_LEFT, TOP_LEFT},
		{KEY_RIGHT, TOP_RIGHT},	 {KEY_PPAGE, TOP_PAGE_UP},   {KEY_NPAGE, TOP_PAGE_DOWN},
		{KEY_HOME, TOP_HOME},	 {KEY_END, TOP_END},	     {KEY_ENTER, TOP_ENTER},
		{KEY_A1, TOP_HOME},	 {KEY_C1, TOP_END},	     {KEY_A3, TOP_PAGE_UP},
		{KEY_C3, TOP_PAGE_DOWN}, {KEY_BACKSPACE, TOP_ERASE}, {KEY_FIND, TOP_HOME},
		{KEY_SELECT, TOP_END},
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].key == key)
			return keys[i].is;
	if (key > KEY_F(0) && key <= KEY_F(12))
		return TOP_FUNCTION + (key - KEY_F(0));
	return 0;
}

/*
 * What has come behind Esc: a key of a terminal that sends other sequences than TERM says, which is
 * read to its end, or nothing, which was the key Esc.
 */
static uint32_t read_sequence(void)
{
	char sequence[SEQUENCE_LEN];
	size_t length = 0;
	wint_t c;
	int kind = get_wch(&c);

	/* The next key, which was pressed at once. */
	if (kind == KEY_CODE_YES)
		ungetch((int)c);
	if (kind != OK)
		return TOP_BACK;
	if (c != '[' && c != 'O') {
		unget_wch((wchar_t)c);
		return TOP_BACK;
	}
	do
		sequence[length++] = c < 0x7f ? (char)c : '?';
	while (length + 1 < sizeof(sequence) && !(length > 1 && c >= '@') && get_wch(&c) == OK);
	sequence[length] = '\0';
	return top_key_of(sequence);
}

/* The next key or click. */
bool screen_next(struct top_event *event)
{
	wint_t key;
	int kind;

	while ((kind = get_wch(&key)) != ERR) {
		*event = (struct top_event){0};
		if (kind == KEY_CODE_YES && key == KEY_MOUSE) {
			if (read_mouse(event))
				return true;
			continue;
		}
		if (kind == KEY_CODE_YES)
			event->key = key_of(key);
		else if (key == '\r' || key == '\n')
			event->key = TOP_ENTER;
		else if (key == '\033')
			event->key = read_sequence();
		else if (key == 12) /* Ctrl-L */
			screen_forget();
		else
			event->key = key;
		return true;
	}
	return false;
}

/* Has ncurses give the terminal back. */
static void end_window(void)
{
	write_begins();
	endwin();
	write_ends();
}

/* Gives the terminal back for a while. */
void screen_suspend(void)
{
	if (taken && !suspended)
		end_window();
	suspended = true;
}

/* Takes it again. */
void screen_resume(void)
{
	if (!taken)
		return;
	suspended = false;
	write_begins();
	reset_prog_mode();
	clearok(stdscr, TRUE);
	refresh();
	write_ends();
}

/* Gives the terminal back. */
void screen_close(void)
{
	if (!taken)
		return;
	if (!suspended)
		end_window();
	taken = false;
}
