// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail.h"

#include "report/mail_body.h"
#include "report/mail_lint.h"
#include "report/plain.h"
#include "report/release.h"
#include "report/wrap.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

/* No line of a body or a reproducer begins like this. */
#define BOUNDARY "=_slowpath_part_="

const char *const mail_kinds[MAIL_KINDS] = { "report", "correction", "range", "candidate",
					     "withdrawal" };

const struct evidence_case *mail_case(const struct evidence *x)
{
	const struct evidence_case *worst = NULL;

	for (size_t i = 0; i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];

		if (!worst) {
			worst = c;
			continue;
		}
		if (c->verdict != worst->verdict) {
			if (verdict_overall(c->verdict, worst->verdict) == c->verdict)
				worst = c;
		} else if (isfinite(c->ratio) &&
			   !(fabs(log(c->ratio)) <= fabs(log(worst->ratio)))) {
			worst = c;
		}
	}
	return worst;
}

struct mail_path mail_source(const struct evidence_case *c)
{
	const char *name = c->scenario->name;
	struct mail_path out;

	snprintf(out.text, sizeof(out.text), "mm/%.*s.c",
		 (int)(strcspn(name, "/") > 60 ? 60 : strcspn(name, "/")), name);
	return out;
}

/* "6.17.13", or all of a release that is none of upstream's; a commit's abbreviated id. */
static int put_release(const struct record_run *run, struct buf *out)
{
	struct release r;

	if (!run)
		return buf_puts(out, "a kernel");
	if (kernel_commit(run->kernel_spec).id[0])
		return buf_printf(out, "%.12s", evidence_title(run).text);
	if (release_parse(run->kernel_release, &r))
		return buf_puts(out, release_name(&r).text);
	return plain_line(out, run->kernel_release, 40);
}

/* "mm/mprotect: shared-dirty-toggle 2.22x instructions/page" */
static int put_title(const struct mail_request *q, const struct evidence_case *c, struct buf *out)
{
	struct mail_path source = mail_source(c);
	const char *name = strchr(c->scenario->name, '/');
	int r;

	if (q->title)
		return plain_line(out, q->title, 200);
	source.text[strlen(source.text) - 2] = '\0'; /* without ".c" */
	r = plain_line(out, source.text, sizeof(source.text)) | buf_puts(out, ": ") |
	    plain_line(out, name ? name + 1 : c->scenario->name, 60);
	if (isfinite(c->ratio))
		r |= buf_printf(out, " %.2fx %s/%s", c->ratio,
				!strcmp(c->unit, "insns") ? "instructions" : "time", c->item);
	return r;
}

static const char *tag_of(const struct mail_request *q, const struct evidence_case *c)
{
	if (q->kind == MAIL_WITHDRAWAL)
		return "[WITHDRAWN] ";
	if (q->kind == MAIL_CANDIDATE)
		return "";
	return c->verdict == VERDICT_REGRESSION ? "[REGRESSION] " : "[SUSPECTED REGRESSION] ";
}

static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

/* RFC 2047, in pieces of whole characters, where it is not plain. */
static int put_encoded(struct buf *out, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t at = 0;
	int r = 0;

	if (is_ascii(text))
		return buf_puts(out, text);
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		bool plain = c < 0x80 && isalnum(c);
		const char code[] = { plain ? (char)c : '=', digits[c >> 4], digits[c & 15] };

		/* A word has 75 characters at most. */
		if (at >= 56 && (c & 0xc0) != 0x80) {
			r |= buf_puts(out, "?=\n ");
			at = 0;
		}
		r |= at ? 0 : buf_puts(out, "=?UTF-8?Q?");
		r |= buf_add(out, code, plain ? 1 : sizeof(code));
		at += plain ? 1 : sizeof(code);
	}
	return r | buf_puts(out, "?=");
}

static int put_subject(const struct mail_request *q, const struct evidence_case *c, struct buf *out)
{
	_cleanup_buf_ struct buf title = { 0 };
	int r = buf_printf(&title, "%s%s", q->kind == MAIL_REPORT ? "" : "Re: ", tag_of(q, c));

	r |= put_title(q, c, &title);
	if (!q->title)
		r |= buf_puts(&title, ", ") | put_release(c->old_run, &title) |
		     buf_puts(&title, " -> ") | put_release(c->new_run, &title);
	r |= buf_puts(out, "Subject: ");
	return r | put_encoded(out, buf_str(&title)) | buf_puts(out, "\n");
}

/* Of "Name <address>" the name may have to be encoded. */
static int put_address(struct buf *out, const char *address)
{
	const char *angle = strrchr(address, '<');
	_cleanup_free_ char *name = strndup(address, angle ? (size_t)(angle - address) : 0);
	size_t len = name ? strlen(name) : 0;

	if (!name)
		return -ENOMEM;
	if (is_ascii(address) || !angle)
		return buf_puts(out, address);
	while (len && name[len - 1] == ' ')
		name[--len] = '\0';
	return put_encoded(out, name) | buf_puts(out, " ") | buf_puts(out, angle);
}

/* The lists are told anyway. */
static bool is_list(const char *address)
{
	return strstr(address, "linux-mm@kvack.org") ||
	       strstr(address, "regressions@lists.linux.dev") ||
	       strstr(address, "linux-kernel@vger.kernel.org");
}

static int put_headers(const struct mail_request *q, const struct evidence_case *c, bool attach,
		       struct buf *out)
{
	const char *id = q->reply_to;
	int r = put_subject(q, c, out);

	r |= buf_puts(out, "To: regressions@lists.linux.dev\n"
			   "Cc: linux-mm@kvack.org,\n linux-kernel@vger.kernel.org");
	for (size_t i = 0; i < q->n_cc; i++)
		r |= is_list(q->cc[i]) ? 0 : buf_puts(out, ",\n ") | put_address(out, q->cc[i]);
	r |= buf_puts(out, "\n");
	if (id) {
		const char *open = id[0] == '<' ? "" : "<", *close = *open ? ">" : "";

		r |= buf_printf(out, "In-Reply-To: %s%s%s\nReferences: %s%s%s\n", open, id, close,
				open, id, close);
	}
	r |= buf_puts(out, "MIME-Version: 1.0\n");
	if (attach)
		r |= buf_puts(out, "Content-Type: multipart/mixed; boundary=\"" BOUNDARY "\"\n\n"
				   "--" BOUNDARY "\n");
	return r | buf_puts(out, "Content-Type: text/plain; charset=UTF-8\n"
				 "Content-Transfer-Encoding: 8bit\n\n");
}

/* Each in a paragraph of its own, as the bot wants it. */
static int put_regzbot(const struct mail_request *q, const struct evidence_case *c,
		       const struct mail_range *range, struct buf *out)
{
	bool claims = c->verdict == VERDICT_REGRESSION || q->introduced;
	int r = 0;

	if (q->kind == MAIL_WITHDRAWAL)
		return buf_puts(out, "\n#regzbot inconclusive: ") |
		       plain_line(out, q->reason, 300) | buf_puts(out, "\n");
	if ((q->kind == MAIL_REPORT || q->kind == MAIL_RANGE) && claims && range->text[0])
		r |= buf_printf(out, "\n#regzbot introduced: %s\n", range->text);
	if ((q->kind == MAIL_REPORT && claims) || q->kind == MAIL_CORRECTION)
		r |= buf_puts(out, "\n#regzbot title: ") | put_title(q, c, out) |
		     buf_puts(out, "\n");
	return r;
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

int mail_write(const struct mail_request *q, const struct evidence *x, struct buf *out,
	       struct err *e)
{
	const struct evidence_case *c = mail_case(x);
	bool attach = q->kind == MAIL_REPORT;
	struct mail_range range;
	int r;

	if (!c)
		return err_set(e, EINVAL, "the mail is refused: the experiment has no result");
	r = mail_lint(q, x, c, &range, e);
	if (r < 0)
		return r;
	r = put_headers(q, c, attach, out);
	r |= mail_body(q, x, c, &range, out);
	r |= put_regzbot(q, c, &range, out);
	if (r != 0)
		return err_oom(e);
	return attach ? put_attachment(x, c, out, e) : 0;
}
