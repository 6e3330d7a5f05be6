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

static void put_word(const char *word, struct buf *out)
{
	if (is_plain(word)) {
		buf_puts(out, word);
		return;
	}
	buf_puts(out, "'");
	for (; *word; word++) {
		if (*word == '\'')
			buf_puts(out, "'\\''");
		else
			buf_add(out, word, 1);
	}
	buf_puts(out, "'");
}

void mail_program_words(const struct scenario *s, struct buf *out)
{
	const struct program *p = s->program;
	const char *word = p->words.data;
	_cleanup_buf_ struct buf all = { 0 };

	for (unsigned i = 0; i < p->n_words; i++) {
		buf_puts(&all, i ? " " : "./");
		put_word(word, &all);
		word += strlen(word) + 1;
	}
	plain_line(out, buf_str(&all), 2000);
	buf_keep(out, buf_error(&all));
}

void mail_program_work(const struct evidence_case *c, struct buf *out)
{
	const struct work *w = &c->comparison.work;
	_cleanup_buf_ struct buf text = { 0 };

	if (!w->known)
		return;
	if (c->comparison.outputs[0].region)
		buf_puts(&text, "Only what the program marks as its region of interest is "
				"counted. ");
	buf_printf(&text, "The program's own code executes %s / %s instructions, and %s.",
		   number_of(w->user_old).text, number_of(w->user_new).text,
		   w->n_lines	     ? "it prints other lines"
		   : w->output_known ? "no line that every execution prints on one of the kernels "
				       "is missing on the other"
				     : "what it prints differs from one execution to the next");
	wrap_text(out, "", buf_str(&text));
	buf_keep(out, buf_error(&text));
}

void mail_program(const struct mail_request *q, const struct mail_about *a, struct buf *out)
{
	const struct scenario *s = a->c->scenario;
	_cleanup_buf_ struct buf text = { 0 };

	mail_heading(out, "Program");
	wrap_text(out, "", "The binary that was run, as it is:");
	buf_printf(out, "\n  %s\n  SHA-256 %s\n\n", q->program_url, s->program->sha256.text);
	buf_puts(&text, "It was called as ");
	mail_program_words(s, &text);
	buf_puts(&text, " by 'slowpath compare OLD NEW -- PROGRAM ARGS'.");
	wrap_text(out, "", buf_str(&text));
	buf_keep(out, buf_error(&text));
}
