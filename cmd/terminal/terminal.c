// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/terminal/terminal.h"

#include "base/buf.h"
#include "cmd/terminal/progress.h"

#include <string.h>
#include <unistd.h>

/* There is one for the process. */
static struct progress progress;
static bool rows;

static void on_note(void *arg, const char *text)
{
	_cleanup_free_ char *line = str_printf("slowpath: %s\n", text);

	progress_print(arg, stderr, line ? line : "slowpath: out of memory\n");
}

static void on_step(void *arg, const struct teller_step *s)
{
	progress_step(arg, s->at, s->of, s->scenario, s->what, s->left_s);
}

static void on_side(void *arg, unsigned side, const char *text)
{
	progress_side(arg, side, text);
}

static void on_watch(void *arg, const struct kernel_watch *w)
{
	progress_watch(arg, w);
}

static void on_row(void *arg, const char *text)
{
	if (rows)
		progress_print(arg, stdout, text);
}

static void on_console(void *arg, const char *kernel, const char *text)
{
	const size_t len = strlen(text);
	_cleanup_free_ char *all = str_printf("--- end of the console of %s ---\n%s%s---\n", kernel,
					      text, len && text[len - 1] == '\n' ? "" : "\n");

	progress_print(arg, stderr, all ? all : text);
}

static void on_done(void *arg)
{
	progress_end(arg);
}

struct teller *terminal_teller(void)
{
	static struct teller teller = { .note = on_note,
					.step = on_step,
					.side = on_side,
					.watch = on_watch,
					.row = on_row,
					.console = on_console,
					.done = on_done,
					.arg = &progress };

	if (!progress.to)
		progress_init(&progress, stderr, NULL, NULL);
	return &teller;
}

void terminal_begin(const char *what)
{
	terminal_teller();
	progress_begin(&progress, what, true);
}

void terminal_wait(const char *what)
{
	terminal_teller();
	progress_wait(&progress, what);
}

void terminal_end(void)
{
	if (progress.to)
		progress_end(&progress);
}

void terminal_show_rows(bool asked)
{
	rows = asked || isatty(STDOUT_FILENO);
}
