// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail_body.h"

#include "judge/state.h"
#include "report/phrases.h"
#include "report/plain.h"
#include "report/release.h"
#include "report/study.h"
#include "report/wrap.h"
#include "scenario/describe.h"

#include <math.h>
#include <string.h>

#define FUNCTIONS_MAX 12
#define NAME_COLUMNS 34

static int heading(struct buf *out, const char *text)
{
	return buf_printf(out, "\n%s\n", text);
}

static int item(void *arg, const char *text)
{
	return wrap_text(arg, "- ", text);
}

static int put_claim(const struct evidence_case *c, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };

	return phrase_claim(c, &text) | wrap_text(out, "", buf_str(&text));
}

static int put_opening(const struct mail_request *q, const struct evidence_case *c,
		       const struct mail_range *range, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = buf_puts(out, "Hi,\n\n");

	switch (q->kind) {
	case MAIL_REPORT:
	case MAIL_KINDS:
		break;
	case MAIL_CORRECTION:
		r |= buf_puts(&text, "this corrects my earlier mail: ") |
		     buf_puts(&text, q->reason);
		break;
	case MAIL_RANGE:
		r |= buf_printf(&text, "this narrows down where it began: %s.", range->text);
		break;
	case MAIL_CANDIDATE:
		r |= buf_puts(&text, "this is what a candidate does; NEW is with it, OLD without.");
		break;
	case MAIL_WITHDRAWAL:
		r |= buf_puts(&text, "I withdraw this report: ") | buf_puts(&text, q->reason);
		break;
	}
	if (text.len)
		r |= wrap_text(out, "", buf_str(&text)) | buf_puts(out, "\n");
	return q->kind == MAIL_WITHDRAWAL ? r : r | put_claim(c, out);
}

/* Lines of another maker's: not wrapped, but for what is too long. */
static int put_lines(struct buf *out, const char *text)
{
	int r = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		_cleanup_free_ char *line = strndup(text, len);

		r |= line ? plain_line(out, line, WRAP_COLUMNS - 3) | buf_puts(out, "\n") : -1;
		text += len + (text[len] == '\n');
	}
	return r;
}

static int put_steps(const struct evidence *x, const struct evidence_case *c, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 }, steps = { 0 };
	int r = heading(out, "What was run") | phrase_scenario(x, c, &text);

	r |= wrap_text(out, "", buf_str(&text)) | buf_puts(out, "\n");
	return r | describe_steps(c->scenario, &steps) | put_lines(out, buf_str(&steps));
}

static int put_case(const struct evidence *x, const struct evidence_case *c, struct buf *out)
{
	const char *order = json_string_value(json_object_get(x->record->effect, "effective"));
	_cleanup_buf_ struct buf text = { 0 };
	int r = buf_puts(&text, c->scenario->name);

	r |= buf_printf(&text, ", %s, %s, %zu block%s%s%s", evidence_cpus(c->cpus).text,
			evidence_mode_words(c), c->blocks, c->blocks == 1 ? "" : "s",
			order ? ", order " : "", order ? order : "");
	r |= wrap_text(out, "  ", buf_str(&text)) | buf_puts(out, "    OLD ");
	r |= phrase_value(c->old_value, out) | buf_puts(out, "  NEW ") |
	     phrase_value(c->new_value, out) | buf_puts(out, "  ratio ") |
	     phrase_ratio(c->ratio, out);
	if (isfinite(c->low) && isfinite(c->high))
		r |= buf_puts(out, "\n    interval ") | phrase_interval(c, out);
	return r | buf_puts(out, "  ") | phrase_verdict(c, out) | buf_puts(out, "\n");
}

static int put_results(const struct evidence *x, const struct evidence_case *c, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = heading(out, "Result");

	r |= buf_printf(&text, "%s per %s; a ratio is NEW / OLD, above 1 is slower.",
			!strcmp(c->unit, "insns") ? "Executed instructions" : "Nanoseconds",
			c->item);
	r |= wrap_text(out, "", buf_str(&text)) | buf_puts(out, "\n");
	for (size_t i = 0; i < x->n_cases; i++)
		r |= put_case(x, &x->cases[i], out);
	return r;
}

static int put_functions(const struct evidence_case *c, struct buf *out)
{
	size_t n = phrase_functions(c, FUNCTIONS_MAX);
	int r = 0;

	if (!n)
		return 0;
	r = heading(out, "Mechanism");
	r |= buf_printf(out, "Instructions per %s, by function:\n\n  %-*s %9s %9s %9s\n", c->item,
			NAME_COLUMNS, "", "OLD", "NEW", "delta");
	for (size_t i = 0; i < n; i++) {
		const struct function_delta *f = &c->comparison.functions[i];
		_cleanup_buf_ struct buf name = { 0 };

		r |= plain_line(&name, f->name, NAME_COLUMNS - 3);
		r |= buf_printf(out, "  %-*s %9.3f %9.3f %+9.3f\n", NAME_COLUMNS, buf_str(&name),
				f->old_insns, f->new_insns, f->new_insns - f->old_insns);
	}
	return r;
}

/* What was measured apart, by its own experiments. */
static int put_attached(const struct evidence *x, struct buf *out)
{
	int r = 0;

	for (size_t i = 0; i < x->n_with; i++) {
		const struct evidence *w = &x->with[i];
		_cleanup_buf_ struct buf text = { 0 };

		r |= buf_printf(&text, "Measured apart, by 'slowpath %s' (experiment ",
				study_name(w)) |
		     buf_puts(&text, w->record->id) | buf_puts(&text, "):");
		r |= buf_puts(out, "\n") | wrap_text(out, "", buf_str(&text)) |
		     study_each_line(w, item, out);
	}
	return r;
}

/* The mainline release that a stable one came from: "6.17" of "6.17.13". */
static int put_tag(const struct record_run *run, struct buf *out)
{
	struct release a;

	return release_parse(run->kernel_release, &a) ? buf_printf(out, "v%u.%u", a.major, a.minor)
						      : buf_puts(out, "REV");
}

static int put_narrowing(const struct evidence_case *c, struct buf *out)
{
	int r = heading(out, "To narrow it down") |
		wrap_text(out, "",
			  "In a kernel's git tree; the first measures mainline ends, the second "
			  "finds the commit:");

	r |= buf_puts(out, "\n  slowpath narrow git:.@") | put_tag(c->old_run, out) |
	     buf_puts(out, " git:.@") | put_tag(c->new_run, out) | buf_puts(out, " \\\n    -s ") |
	     plain_line(out, c->scenario->name, 60) | buf_puts(out, "\n  slowpath bisect --good ") |
	     put_tag(c->old_run, out) | buf_puts(out, " --bad ") | put_tag(c->new_run, out) |
	     buf_puts(out, " \\\n    -s ") | plain_line(out, c->scenario->name, 60);
	return r | buf_puts(out, "\n");
}

static int put_state(const struct evidence_case *c, struct buf *out)
{
	const struct comparison *k = &c->comparison;
	_cleanup_buf_ struct buf text = { 0 };
	size_t passed = 0, unknown = 0;
	int r = heading(out, "State");

	for (size_t i = 0; i < k->n_checks; i++) {
		passed += k->checks[i].result == CHECK_PASS;
		unknown += k->checks[i].result == CHECK_UNKNOWN;
	}
	r |= buf_printf(&text,
			"Page state before the window: %zu of %zu checks are the same on "
			"both kernels",
			passed, k->n_checks);
	if (unknown)
		r |= buf_printf(&text, ", %zu could not be read", unknown);
	r |= buf_puts(&text, ".") | wrap_text(out, "", buf_str(&text));
	for (size_t i = 0; i < k->n_checks; i++) {
		const struct state_check *s = &k->checks[i];

		if (s->result == CHECK_PASS)
			r |= buf_printf(out, "  %s: %llu\n", s->name,
					(unsigned long long)s->old_value);
		else
			r |= buf_printf(out, "  %s: %s\n", s->name, check_result_name(s->result));
	}
	return r;
}

static int put_differences(const struct evidence_case *c, struct buf *out)
{
	size_t found = 0;
	int r = heading(out, "What else differs between the two");

	for (size_t i = 0; i < c->audit.count; i++) {
		const struct audit_entry *a = &c->audit.entries[i];
		_cleanup_buf_ struct buf text = { 0 };

		if (a->same)
			continue;
		found++;
		/* Hashes say only that they differ. */
		if (!strcmp(a->name, "config"))
			r |= buf_puts(&text, "the kernels' configs (both are in the bundle)");
		else
			r |= buf_puts(&text, a->name) | buf_puts(&text, ": OLD ") |
			     buf_puts(&text, a->old_value) | buf_puts(&text, ", NEW ") |
			     buf_puts(&text, a->new_value);
		r |= wrap_text(out, "- ", buf_str(&text));
	}
	return found ? r
		     : r | wrap_text(out, "",
				     "Nothing of compiler, config, command line, clock source and "
				     "mitigations.");
}

static int put_kernel(const char *side, const struct record_run *run, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = buf_puts(&text, evidence_title(run).text) | buf_puts(&text, ", ") |
		buf_puts(&text, run->compiler);

	r |= buf_printf(&text, ", vmlinux SHA-256 %.16s", run->vmlinux_sha256);
	return r | wrap_text(out, side, buf_str(&text));
}

static int put_environment(const struct evidence *x, const struct evidence_case *c, struct buf *out)
{
	const json_t *host = json_object_get(x->record->environment, "host");
	const char *label = json_string_value(json_object_get(x->record->environment, "label"));
	const char *model =
		json_string_value(json_object_get(json_object_get(host, "cpu"), "model"));
	_cleanup_buf_ struct buf text = { 0 };
	int r = heading(out, "Environment");

	r |= put_kernel("OLD  ", c->old_run, out) | put_kernel("NEW  ", c->new_run, out);
	r |= buf_puts(&text, label && *label ? label : "a host without a label") |
	     buf_puts(&text, ", ") | buf_puts(&text, model ? model : "processor not known");
	r |= buf_puts(&text, "; QEMU ") | buf_puts(&text, c->old_run->qemu_version) |
	     buf_puts(&text, ", ") | buf_puts(&text, c->old_run->accelerator);
	r |= buf_printf(&text, ", %lld MiB; slowpath ", (long long)c->old_run->memory_mib) |
	     buf_puts(&text, x->record->slowpath_version) | buf_puts(&text, ", experiment ") |
	     buf_puts(&text, x->record->id);
	return r | wrap_text(out, "", buf_str(&text));
}

static int put_reproducer(const struct evidence_case *c, struct buf *out)
{
	int r = heading(out, "Reproducer");

	r |= wrap_text(out, "",
		       "Attached; it needs nothing but a compiler, and measures time, not "
		       "instructions:");
	return r | buf_printf(out, "\n  cc -O2 -pthread -o reproducer \\\n    %s\n  ./reproducer\n",
			      evidence_reproducer_name(c).text);
}

int mail_body(const struct mail_request *q, const struct evidence *x, const struct evidence_case *c,
	      const struct mail_range *range, struct buf *out)
{
	int r = put_opening(q, c, range, out);

	if (q->kind == MAIL_WITHDRAWAL)
		return r;
	r |= put_steps(x, c, out) | put_results(x, c, out) | put_functions(c, out) |
	     put_attached(x, out) | put_state(c, out) | put_differences(c, out);
	r |= heading(out, "Not claimed") | phrase_each_limit(x, item, out);
	if (q->kind != MAIL_CANDIDATE && !range->text[0])
		r |= item(out, "Which commits: the kernels are of different stable series, and no "
			       "range between them was measured.");
	r |= put_environment(x, c, out);
	if (q->kind == MAIL_REPORT && !range->text[0])
		r |= put_narrowing(c, out);
	return q->kind == MAIL_REPORT ? r | put_reproducer(c, out) : r;
}
