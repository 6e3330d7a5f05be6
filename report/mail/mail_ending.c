// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproducer/reproducer.h"
#include "report/mail/mail_ending.h"

#include "arch/arch.h"
#include "judge/counts/state.h"
#include "report/mail/mail_program.h"
#include "report/mail/mail_search.h"
#include "report/mail/mail_text.h"
#include "report/evidence/phrases.h"
#include "report/words/plain.h"
#include "report/evidence/study_kind.h"
#include "report/words/wrap.h"

#include <string.h>

#define DISTRIBUTION "Distribution kernels carry patches and a configuration of their own."

static void put_state(const struct evidence_case *c, struct buf *out)
{
	const struct comparison *k = &c->comparison;
	_cleanup_buf_ struct buf text = { 0 };
	size_t passed = 0, unknown = 0;

	mail_heading(out, "State");
	/* Pages are those of a scenario's maps. */
	if (c->scenario->program && !c->scenario->n_maps) {
		mail_program_work(c, out);
		return;
	}
	for (size_t i = 0; i < k->n_checks; i++) {
		passed += k->checks[i].result == CHECK_PASS;
		unknown += k->checks[i].result == CHECK_UNKNOWN;
	}
	buf_printf(&text,
		   "Page state before the window: %zu of %zu checks are the same on "
		   "both kernels",
		   passed, k->n_checks);
	if (unknown)
		buf_printf(&text, ", %zu could not be read", unknown);
	buf_puts(&text, ".");
	wrap_text(out, "", buf_str(&text));
	for (size_t i = 0; i < k->n_checks; i++) {
		const struct state_check *s = &k->checks[i];

		if (s->result == CHECK_PASS)
			buf_printf(out, "  %s: %llu\n", s->name, (unsigned long long)s->old_value);
		else
			buf_printf(out, "  %s: %s\n", s->name, check_result_name(s->result));
	}
	mail_program_work(c, out);
	buf_keep(out, buf_error(&text));
}

static void put_differences(const struct mail_request *q, const struct mail_about *about,
			    struct buf *out)
{
	const struct evidence_case *c = about->c;
	const struct mail_sides sides = mail_sides(about);
	const char *of = mail_is_narrow(about) ? "the kernel " : "";
	size_t found = 0;

	buf_printf(out, "\nWhat else differs between %s%s and %s%s\n", of, sides.old_side, of,
		   sides.new_side);
	for (size_t i = 0; i < c->audit.count; i++) {
		const struct audit_entry *a = &c->audit.entries[i];
		_cleanup_buf_ struct buf text = { 0 };

		if (a->same)
			continue;
		found++;
		/* Hashes say only that they differ. */
		if (!strcmp(a->name, "config")) {
			buf_printf(&text, "the kernels' configurations%s",
				   q->bundle_url ? " (those that are known are in the bundle)"
						 : "");
		} else {
			buf_puts(&text, a->name);
			buf_printf(&text, ": %s ", sides.old_side);
			buf_puts(&text, a->old_value);
			buf_printf(&text, ", %s ", sides.new_side);
			buf_puts(&text, a->new_value);
		}
		mail_item(out, buf_str(&text));
		buf_keep(out, buf_error(&text));
	}
	if (!found)
		wrap_text(out, "",
			  "Nothing of compiler, config, command line, clock source and "
			  "mitigations.");
}

/* Two revisions of one git tree between which a commit could be looked for. */
struct ends {
	char old_end[48], new_end[48];
};

static bool revision_of(const struct record_run *run, char out[48])
{
	const char *at = run ? strrchr(run->kernel_spec, '@') : NULL;

	if (!run || strncmp(run->kernel_spec, "git:", 4) != 0 || !at || strlen(at + 1) > 40 ||
	    at[1 + strcspn(at + 1, " '\"\\$`;&|<>()*?!")])
		return false;
	snprintf(out, 48, mail_is_commit(at + 1) ? "%.12s" : "%.40s", at + 1);
	return true;
}

/* Tags of upstream's: of mainline, unless both are of one series. */
static bool tags_of(const struct evidence_case *c, struct ends *out)
{
	struct release a, b;
	bool one_series;

	if (!mail_tag(c->old_run, &a) || !mail_tag(c->new_run, &b))
		return false;
	one_series = a.major == b.major && a.minor == b.minor;
	if (!one_series)
		a.point = b.point = 0;
	snprintf(out->old_end, sizeof(out->old_end), "v%s", release_name(&a).text);
	snprintf(out->new_end, sizeof(out->new_end), "v%s", release_name(&b).text);
	return strcmp(out->old_end, out->new_end) != 0;
}

static bool ends_of(const struct evidence_case *c, struct ends *out)
{
	if (revision_of(c->old_run, out->old_end) && revision_of(c->new_run, out->new_end))
		return strcmp(out->old_end, out->new_end) != 0;
	return tags_of(c, out);
}

static void put_command(const char *command, const char *middle, const struct ends *ends,
			const char *behind, const struct evidence_case *c, struct buf *out)
{
	buf_printf(out, "\n  slowpath %s%s%s%s \\\n    ", command, ends->old_end, middle,
		   ends->new_end);
	if (c->scenario->program) {
		buf_puts(out, !strncmp(command, "bisect", 6) ? "--program PROGRAM" : "-- PROGRAM");
	} else {
		buf_puts(out, "-s ");
		plain_line(out, c->scenario->name, 60);
	}
	buf_puts(out, behind);
}

static bool is_distribution(const struct evidence_case *c)
{
	return mail_is_distribution(c->old_run) || mail_is_distribution(c->new_run);
}

/* Whether a git tree is built for the kernels' architecture: the commands to copy are for this. */
static bool is_built(const struct evidence_case *c)
{
	return !strcmp(c->old_run->arch, arch_default()->name);
}

/* What a maintainer asks first of a distribution's kernel. */
static bool has_mainline_check(const struct mail_request *q, const struct evidence_case *c,
			       struct ends *ends)
{
	return q->kind != MAIL_CANDIDATE && is_built(c) && is_distribution(c) && tags_of(c, ends);
}

static void put_mainline_check(const struct mail_request *q, const struct evidence_case *c,
			       struct buf *out)
{
	struct ends ends;

	if (!has_mainline_check(q, c, &ends))
		return;
	mail_heading(out, "Mainline");
	wrap_text(out, "",
		  DISTRIBUTION " This builds both from a kernel's git tree, LINUX, with one "
			       "configuration, and was not run here:");
	put_command("compare git:LINUX@", " git:LINUX@", &ends, "\n", c, out);
}

static void put_narrowing(const struct mail_about *a, struct buf *out)
{
	struct ends ends;

	if (mail_is_bisect(a) || !is_built(a->c) || !ends_of(a->c, &ends))
		return;
	mail_heading(out, "To narrow it down");
	if (mail_is_narrow(a)) {
		wrap_text(out, "", "In a kernel's git tree, LINUX:");
		put_command("bisect --tree LINUX --good ", " --bad ", &ends, "\n", a->c, out);
		return;
	}
	wrap_text(out, "",
		  "In a kernel's git tree, LINUX; the first measures the ends, the second "
		  "finds the commit:");
	put_command("narrow git:LINUX@", " git:LINUX@", &ends, "", a->c, out);
	put_command("bisect --tree LINUX --good ", " --bad ", &ends, "\n", a->c, out);
}

static void put_kernel(const char *side, const struct record_run *run, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };

	phrase_kernel(run, false, &text);
	buf_puts(&text, ", ");
	buf_puts(&text, run->compiler);
	buf_printf(&text, ", %s SHA-256 %.16s", record_kernel_file(run), run->vmlinux_sha256);
	wrap_text(out, side, buf_str(&text));
	buf_keep(out, buf_error(&text));
}

/* Those that the results name, by the names that they have there. */
static void put_kernels(const struct mail_about *a, struct buf *out)
{
	const struct record_run *candidate = mail_candidate(a);
	const json_t *one;
	size_t i;

	if (mail_is_bisect(a)) {
		put_kernel("parent  ", a->c->old_run, out);
		put_kernel("commit  ", a->c->new_run, out);
		return;
	}
	if (!mail_is_narrow(a)) {
		put_kernel("OLD  ", a->c->old_run, out);
		put_kernel("NEW  ", a->c->new_run, out);
		if (candidate)
			put_kernel("candidate  ", candidate, out);
		return;
	}
	json_array_foreach(json_object_get(a->x->study.document, "series"), i, one)
	{
		const struct record_run *run = mail_series_run(a, one);

		if (run)
			put_kernel("- ", run, out);
	}
}

static void put_environment(const struct mail_about *a, struct buf *out)
{
	const struct record *record = a->x->record;
	const json_t *host = json_object_get(record->environment, "host");
	const char *label = json_string_value(json_object_get(record->environment, "label"));
	const char *model =
		json_string_value(json_object_get(json_object_get(host, "cpu"), "model"));
	const struct record_run *run = a->c->old_run;
	_cleanup_buf_ struct buf text = { 0 };

	mail_heading(out, "Environment");
	put_kernels(a, out);
	if (label && *label) {
		buf_puts(&text, label);
		buf_puts(&text, ", ");
	}
	if (model) {
		buf_puts(&text, model);
		buf_puts(&text, "; ");
	}
	if (record_other_arch(record))
		buf_printf(&text, "kernels for %s; ", record_other_arch(record));
	buf_puts(&text, "QEMU ");
	buf_puts(&text, run->qemu_version);
	buf_puts(&text, ", ");
	buf_puts(&text, run->accelerator);
	buf_printf(&text, ", %lld MiB; slowpath ", (long long)run->memory_mib);
	buf_puts(&text, record->slowpath_version);
	buf_puts(&text, ", experiment ");
	buf_puts(&text, record->id);
	wrap_text(out, "", buf_str(&text));
	buf_keep(out, buf_error(&text));
}

/* Why there is no range, as far as releases tell. */
static void put_no_range(const struct mail_about *a, struct buf *out)
{
	struct release o, n;
	bool known = mail_tag(a->c->old_run, &o) && mail_tag(a->c->new_run, &n);
	bool series =
		known && !release_is_range(&o, &n) && (o.major != n.major || o.minor != n.minor);

	if (mail_is_bisect(a) || mail_is_narrow(a))
		return;
	mail_item(out, series ? "Which commits: the kernels are of different stable series, "
				"and no range between them was measured."
			      : "Which commit it came with: that was not measured.");
}

static void put_limits(const struct mail_request *q, const struct mail_about *a,
		       const struct mail_range *range, struct buf *out)
{
	struct ends ends;

	mail_heading(out, "Not claimed");
	buf_keep(out, phrase_each_limit(a->x, mail_item, out));
	buf_keep(out, study_each_limit(a->x, mail_item, out));
	if (is_distribution(a->c) && !has_mainline_check(q, a->c, &ends))
		mail_item(out, DISTRIBUTION);
	if (q->kind != MAIL_CANDIDATE && !range->text[0])
		put_no_range(a, out);
}

static void put_links(const struct mail_request *q, struct buf *out)
{
	if (!q->bundle_url)
		return;
	mail_heading(out, "Evidence");
	wrap_text(out, "",
		  "Every run, and what was concluded from it, as a bundle that 'slowpath "
		  "verify' checks:");
	buf_printf(out, "\n  %s\n", q->bundle_url);
}

static void put_reproducer(const struct evidence_case *c, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };

	mail_heading(out, "Reproducer");
	buf_puts(&text, "Attached; it needs nothing but a compiler");
	if (!is_built(c))
		buf_printf(&text, " and a machine of %s", c->old_run->arch);
	buf_puts(&text, ", and measures time, not instructions:");
	wrap_text(out, "", buf_str(&text));
	buf_keep(out, buf_error(&text));
	buf_printf(out, "\n  cc -O2 -pthread -o reproducer \\\n    %s\n  ./reproducer\n",
		   evidence_reproducer_name(c).text);
}

/* Lines to copy: only what is known. */
static void put_trailers(const struct mail_request *q, const struct mail_about *a, struct buf *out)
{
	_cleanup_buf_ struct buf lines = { 0 };

	if (mail_proven_commit(a)) {
		buf_puts(&lines, "  ");
		mail_fixes(a, &lines);
		buf_puts(&lines, "\n");
	}
	if (q->reported_by)
		buf_printf(&lines, "  Reported-by: %s\n", q->reported_by);
	if (q->closes)
		buf_printf(&lines, "  Closes: %s\n", q->closes);
	if (lines.len) {
		buf_puts(out, "\nIf you fix this, please add:\n\n");
		buf_puts(out, buf_str(&lines));
	}
	buf_keep(out, buf_error(&lines));
}

void mail_ending(const struct mail_request *q, const struct mail_about *a,
		 const struct mail_range *range, struct buf *out)
{
	put_state(a->c, out);
	put_differences(q, a, out);
	put_limits(q, a, range, out);
	put_environment(a, out);
	put_mainline_check(q, a->c, out);
	if (q->kind == MAIL_REPORT && (!range->text[0] || mail_is_narrow(a)))
		put_narrowing(a, out);
	put_links(q, out);
	if (a->c->scenario->program)
		mail_program(q, a, out);
	else if (q->kind == MAIL_REPORT && evidence_has_reproducer(a->c))
		put_reproducer(a->c, out);
	if (q->kind != MAIL_CANDIDATE)
		put_trailers(q, a, out);
}
