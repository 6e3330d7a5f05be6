// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproducer/reproducer.h"
#include "report/mail/mail.h"

#include "report/mail/mail_body.h"
#include "report/mail/mail_lint.h"
#include "report/evidence/phrases.h"
#include "report/words/plain.h"
#include "report/evidence/study_kind.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* No line of a body or a reproducer begins like this. */
#define BOUNDARY "=_slowpath_part_="

/* "mm/mprotect: shared-dirty-toggle 2.22x instructions/page" */
static void put_title(const struct mail_request *q, const struct evidence_case *c, struct buf *out)
{
	struct mail_path source = mail_source(c);
	const char *name = strchr(c->scenario->name, '/');

	if (q->title) {
		plain_line(out, q->title, 200);
		return;
	}
	source.text[strlen(source.text) - 2] = '\0'; /* without ".c" */
	plain_line(out, source.text, sizeof(source.text));
	buf_puts(out, ": ");
	plain_line(out, name ? name + 1 : c->scenario->name, 60);
	if (isfinite(c->ratio))
		buf_printf(out, " %.2fx %s/%s", c->ratio,
			   !strcmp(c->unit, "insns") ? "instructions" : "time", c->item);
}

/* Of the first mail. */
static const char *tag_of(const struct evidence_case *c)
{
	return c->verdict == VERDICT_SUSPECT ? "[SUSPECTED REGRESSION] " : "[REGRESSION] ";
}

static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

/* RFC 2047, in pieces of whole characters, where it is not plain. */
static void put_encoded(struct buf *out, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t at = 0;

	if (is_ascii(text)) {
		buf_puts(out, text);
		return;
	}
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		bool plain = c < 0x80 && isalnum(c);
		const char code[] = { plain ? (char)c : '=', digits[c >> 4], digits[c & 15] };

		/* A word has 75 characters at most. */
		if (at >= 56 && (c & 0xc0) != 0x80) {
			buf_puts(out, "?=\n ");
			at = 0;
		}
		if (!at)
			buf_puts(out, "=?UTF-8?Q?");
		buf_add(out, code, plain ? 1 : sizeof(code));
		at += plain ? 1 : sizeof(code);
	}
	buf_puts(out, "?=");
}

/* The first mail's; a follow-up answers it under the same. */
static void put_subject(const struct mail_request *q, const struct mail_about *a, struct buf *out)
{
	_cleanup_buf_ struct buf title = { 0 };
	bool answered = q->subject && !strncasecmp(q->subject, "re: ", 4);

	buf_puts(&title, q->kind == MAIL_REPORT || answered ? "" : "Re: ");
	if (q->subject) {
		plain_line(&title, q->subject, 250);
	} else {
		buf_puts(&title, tag_of(a->c));
		put_title(q, a->c, &title);
	}
	if (!q->subject && !q->title && a->culprit)
		buf_printf(&title, ", %s %.12s", mail_is_proven(a) ? "since" : "likely since",
			   study_text(a->culprit, "commit"));
	else if (!q->subject && !q->title) {
		buf_puts(&title, ", ");
		phrase_release(a->c->old_run, &title);
		buf_puts(&title, " -> ");
		phrase_release(a->c->new_run, &title);
		if (record_other_arch(a->x->record))
			buf_printf(&title, " (%s)", record_other_arch(a->x->record));
	}
	buf_puts(out, "Subject: ");
	put_encoded(out, buf_str(&title));
	buf_puts(out, "\n");
	buf_keep(out, buf_error(&title));
}

/* Of "Name <address>" the name may have to be encoded. */
static void put_address(struct buf *out, const char *address)
{
	const char *angle = strrchr(address, '<');
	_cleanup_free_ char *name = strndup(address, angle ? (size_t)(angle - address) : 0);
	size_t len = name ? strlen(name) : 0;

	if (!name) {
		buf_keep(out, -ENOMEM);
		return;
	}
	if (is_ascii(address) || !angle) {
		buf_puts(out, address);
		return;
	}
	while (len && name[len - 1] == ' ')
		name[--len] = '\0';
	put_encoded(out, name);
	buf_puts(out, " ");
	buf_puts(out, angle);
}

/* The lists are told anyway. */
static bool is_list(const char *address)
{
	return strstr(address, "linux-mm@kvack.org") ||
	       strstr(address, "regressions@lists.linux.dev") ||
	       strstr(address, "linux-kernel@vger.kernel.org");
}

static void put_headers(const struct mail_request *q, const struct mail_about *a, bool attach,
			struct buf *out)
{
	const char *id = q->reply_to;

	put_subject(q, a, out);
	buf_puts(out, "To: regressions@lists.linux.dev\n"
		      "Cc: linux-mm@kvack.org,\n linux-kernel@vger.kernel.org");
	for (size_t i = 0; i < q->n_cc; i++)
		if (!is_list(q->cc[i])) {
			buf_puts(out, ",\n ");
			put_address(out, q->cc[i]);
		}
	buf_puts(out, "\n");
	if (id) {
		const char *open = id[0] == '<' ? "" : "<", *close = *open ? ">" : "";

		buf_printf(out, "In-Reply-To: %s%s%s\nReferences: %s%s%s\n", open, id, close, open,
			   id, close);
	}
	buf_puts(out, "MIME-Version: 1.0\n");
	if (attach)
		buf_puts(out, "Content-Type: multipart/mixed; boundary=\"" BOUNDARY "\"\n\n"
			      "--" BOUNDARY "\n");
	buf_puts(out, "Content-Type: text/plain; charset=UTF-8\n"
		      "Content-Transfer-Encoding: 8bit\n\n");
}

/* Why a first mail, or one about a range, cannot have any. */
static const char *why_no_range(const struct mail_about *a)
{
	return a->c->verdict != VERDICT_REGRESSION
		       ? "a suspect result claims no range of its own; --introduced gives one"
		       : "no commit and no range between two tags is known here; --introduced "
			 "gives "
			 "one";
}

/*
 * Each in a paragraph of its own, as the bot wants it. It heeds no other command in a thread that
 * it does not track, and begins to track one by "introduced" alone.
 */
static void put_regzbot(const struct mail_request *q, const struct mail_about *a,
			const struct mail_range *range, struct buf *out, struct buf *notes)
{
	static const char tracked[] = "regzbot heeds this line only if it tracks the thread\n";
	bool claims = a->c->verdict == VERDICT_REGRESSION || q->introduced;

	switch (q->kind) {
	case MAIL_REPORT:
	case MAIL_RANGE:
		if (!claims || !range->text[0]) {
			buf_printf(notes, "no #regzbot line: it takes 'introduced' first, and %s\n",
				   why_no_range(a));
			return;
		}
		buf_printf(out, "\n#regzbot introduced: %s\n", range->text);
		if (q->kind != MAIL_RANGE) {
			buf_puts(out, "\n#regzbot title: ");
			put_title(q, a->c, out);
			buf_puts(out, "\n");
		}
		return;
	case MAIL_CORRECTION:
		buf_puts(out, "\n#regzbot title: ");
		put_title(q, a->c, out);
		buf_puts(out, "\n");
		buf_puts(notes, tracked);
		return;
	case MAIL_WITHDRAWAL:
		buf_puts(out, "\n#regzbot inconclusive: ");
		plain_line(out, q->reason, 300);
		buf_puts(out, "\n");
		buf_puts(notes, tracked);
		return;
	case MAIL_CANDIDATE:
	case MAIL_KINDS:
		break;
	}
	buf_puts(notes, "no #regzbot line: there is none for a candidate\n");
}

static int put_attachment(const struct evidence *x, const struct evidence_case *c, struct buf *out,
			  struct err *e)
{
	int r = buf_printf(out,
			   "\n--" BOUNDARY "\n"
			   "Content-Type: text/x-csrc; charset=UTF-8; name=\"%s\"\n"
			   "Content-Disposition: attachment; filename=\"%s\"\n"
			   "Content-Transfer-Encoding: 8bit\n\n",
			   evidence_reproducer_name(c).text, evidence_reproducer_name(c).text);

	if (r < 0)
		return err_oom(e);
	r = evidence_reproducer(x, c, out, e);
	return r < 0 ? r : buf_puts(out, "\n--" BOUNDARY "--\n") < 0 ? err_oom(e) : 0;
}

int mail_write(const struct mail_request *q, const struct mail_about *a, struct buf *out,
	       struct buf *notes, struct err *e)
{
	bool attach = q->kind == MAIL_REPORT && evidence_has_reproducer(a->c);
	struct mail_range range;
	int r = mail_lint(q, a, &range, e);

	if (r < 0)
		return r;
	put_headers(q, a, attach, out);
	mail_body(q, a, &range, out);
	if (q->regzbot)
		put_regzbot(q, a, &range, out, notes);
	if (buf_error(out) || buf_error(notes))
		return err_oom(e);
	return attach ? put_attachment(a->x, a->c, out, e) : 0;
}
