// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/measure/patrol_call.h"

#include "base/cleanup.h"
#include "base/proc.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#define OUTPUT_BYTES_MAX (512u << 20)

void patrol_word(struct patrol_call *c, const char *word)
{
	if (c->count < PATROL_CALL_WORDS_MAX)
		c->words[c->count++] = word;
	else
		c->full = true;
}

void patrol_option(struct patrol_call *c, const char *option, const char *value)
{
	if (!value)
		return;
	patrol_word(c, option);
	patrol_word(c, value);
}

/* The last line that the program itself said: what it ended with. */
static char *complaint(const struct buf *said)
{
	static const char head[] = "slowpath: ";
	const char *text = buf_str(said), *last = NULL;

	for (const char *at = text; (at = strstr(at, head)); at += strlen(head)) {
		if (at == text || at[-1] == '\n')
			last = at + strlen(head);
	}
	if (!last)
		last = text;
	return *last ? strndup(last, strcspn(last, "\n")) : NULL;
}

int patrol_call(struct patrol_call *c, const char *home, struct buf *out, char **why, struct err *e)
{
	const char *argv[PATROL_CALL_WORDS_MAX + 16] = { "/proc/self/exe" };
	/* An orderly end is what a patrol that is stopped asks of it. */
	const struct proc_opts o = {
		.argv = argv, .fd_out = -1, .fd_err = -1, .death_signal = SIGTERM
	};
	_cleanup_buf_ struct buf said = { 0 };
	size_t n = 1;
	int r;

	*why = NULL;
	if (c->full)
		return err_set(e, E2BIG, "'%s' would have more than %d words", c->words[0],
			       PATROL_CALL_WORDS_MAX);
	for (size_t i = 0; i < c->count; i++)
		argv[n++] = c->words[i];
	if (home) {
		argv[n++] = "--home";
		argv[n++] = home;
	}
	r = proc_capture(&o, OUTPUT_BYTES_MAX, out, &said, e);
	if (r < 0)
		return err_wrap(e, "slowpath %s", c->words[0]);
	*why = complaint(&said);
	return r;
}
