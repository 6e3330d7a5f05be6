// SPDX-License-Identifier: GPL-2.0-or-later
/* On what it was measured, and where the files are. */
#include "report/page/html.h"
#include "report/words/kernels.h"
#include "report/words/plain.h"

#include <string.h>

static int put_kernels(const struct evidence *x, struct buf *out)
{
	static const char *const heads[] = { "kernel",	 "title",	    "spec", "release",
					     "compiler", "vmlinux SHA-256", NULL };
	_cleanup_kernel_runs_ struct kernel_runs kernels = { 0 };
	int r = kernel_runs_make(x->record, x->study.kind != NULL, &kernels) |
		html_table_begin(out, NULL, heads);

	for (size_t i = 0; i < kernels.count; i++) {
		const struct record_run *run = kernels.items[i];

		r |= buf_puts(out, "<tr>") | html_cell(out, evidence_kernel_name(x, run)) |
		     html_cell(out, evidence_title(run).text) | html_cell(out, run->kernel_spec) |
		     html_cell(out, run->kernel_release) | html_cell(out, run->compiler) |
		     buf_puts(out, "<td class=hash>") | plain_html(out, run->vmlinux_sha256) |
		     buf_puts(out, "\n");
	}
	return r | html_table_end(out);
}

static int put_json(struct buf *out, const char *title, const json_t *value)
{
	_cleanup_free_ char *text =
		value ? json_dumps(value, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY)
		      : NULL;

	return html_fold(out, false, "%s", title) | buf_puts(out, "<pre>") |
	       plain_html(out, text ? text : "none") | buf_puts(out, "</pre>\n") |
	       html_fold_end(out);
}

static int put_files(const struct evidence *x, const struct page_request *q, struct buf *out)
{
	static const char *const all[] = { "README.md", "manifest.json", "experiment.json",
					   "rows.csv",	"raw/runs.csv",	 "kernels.json" };
	int r;

	if (!q->bundle_url)
		return buf_puts(out, "<p>All that this page says can be checked in a bundle: "
				     "<code>slowpath bundle ") |
		       plain_html(out, x->record->id) |
		       buf_puts(out, " -o DIR; slowpath verify DIR</code>.</p>\n");
	r = buf_puts(out, "<p>The bundle: ");
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		r |= buf_puts(out, i ? ", " : "") | link_bundle(q, all[i], all[i], out);
	return r | buf_puts(out, "; <code>slowpath verify</code> checks it.</p>\n");
}

int surroundings_put(const struct evidence *x, const struct page_request *q, struct buf *out)
{
	const struct record *record = x->record;
	int r = buf_puts(out, "<h2>Environment</h2>\n") | put_kernels(x, out);

	r |= buf_puts(out, "<p>Experiment ") | plain_html(out, record->id) | buf_puts(out, " (") |
	     plain_html(out, record->name) | buf_puts(out, "), slowpath ") |
	     plain_html(out, record->slowpath_version) | buf_puts(out, ", from ") |
	     plain_html(out, record->started) | buf_puts(out, " to ") |
	     plain_html(out, record->finished ? record->finished : "(unfinished)") |
	     buf_puts(out, ".</p>\n");
	return r | put_files(x, q, out) | put_json(out, "All of it", record->environment) |
	       put_json(out, "Order that was drawn", record->effect);
}
