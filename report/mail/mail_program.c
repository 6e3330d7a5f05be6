// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail/mail_program.h"

#include "report/mail/mail_text.h"
#include "report/words/number.h"
#include "report/words/plain.h"
#include "report/words/wrap.h"
#include "scenario/program.h"

#include <errno.h>
#include <string.h>

int mail_program_check(const struct mail_request *q, const struct mail_about *a, struct err *e)
{
	const struct program *p = a->c->scenario->program;

	if (p && !q->program_url)
		return mail_refuse(e, "a foreign program is no reproducer that others could have: "
				      "say with --program-url where it lies, or make a scenario of "
				      "what it does");
	if (!p && q->program_url)
		return mail_refuse(e, "--program-url is of a foreign program, and this is a "
				      "scenario");
	return 0;
}

static bool is_plain(const char *word)
{
	return *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_-./=:,+@%")];
}

static int put_word(const char *word, struct buf *out)
{
	int r = 0;

	if (is_plain(word))
		return buf_puts(out, word);
	r = buf_puts(out, "'");
	for (; *word; word++)
		r |= *word == '\'' ? buf_puts(out, "'\\''") : buf_add(out, word, 1);
	return r | buf_puts(out, "'");
}

int mail_program_words(const struct scenario *s, struct buf *out)
{
	const struct program *p = s->program;
	const char *word = p->words.data;
	_cleanup_buf_ struct buf all = { 0 };
	int r = 0;

	for (unsigned i = 0; i < p->n_words; i++) {
		r |= buf_puts(&all, i ? " " : "./") | put_word(word, &all);
		word += strlen(word) + 1;
	}
	return r | plain_line(out, buf_str(&all), 2000);
}

int mail_program_work(const struct evidence_case *c, struct buf *out)
{
	const struct work *w = &c->comparison.work;
	_cleanup_buf_ struct buf text = { 0 };

	if (!w->known)
		return 0;
	return buf_printf(&text, "%sThe program's own code executes %s / %s instructions, and %s.",
			  c->comparison.outputs[0].region ? "Only what the program marks as its "
							    "region of interest is counted. "
							  : "",
			  number_of(w->user_old).text, number_of(w->user_new).text,
			  w->n_lines	    ? "prints other lines"
			  : w->output_known ? "no line that every execution prints on one of the "
					      "kernels is missing on the other"
					    : "what it prints differs from one execution to the "
					      "next") |
	       wrap_text(out, "", buf_str(&text));
}

int mail_program(const struct mail_request *q, const struct mail_about *a, struct buf *out)
{
	const struct scenario *s = a->c->scenario;
	_cleanup_buf_ struct buf command = { 0 }, text = { 0 };
	int r = mail_heading(out, "Program") | mail_program_words(s, &command);

	r |= wrap_text(out, "", "The binary that was run, as it is:");
	r |= buf_printf(out, "\n  %s\n  SHA-256 %s\n\n", q->program_url, s->program->sha256.text);
	r |= buf_puts(&text, "It was called as ") | buf_puts(&text, buf_str(&command)) |
	     buf_puts(&text, " by 'slowpath compare OLD NEW -- PROGRAM ARGS'.");
	return r | wrap_text(out, "", buf_str(&text));
}
