// SPDX-License-Identifier: GPL-2.0-or-later
/* On what it was measured, and where the files are. */
#include "report/evidence/tables.h"
#include "report/page/html.h"
#include "report/page/table_html.h"
#include "report/words/plain.h"

#include <string.h>

static void put_kernels(const struct evidence *x, const struct page_request *q, struct buf *out)
{
	_cleanup_table_ struct table t = { 0 };

	buf_keep(out, tables_kernels(x, &t));
	table_html(&t, q, out);
}

static void put_json(struct buf *out, const char *title, const json_t *value)
{
	_cleanup_free_ char *text =
		value ? json_dumps(value, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY)
		      : NULL;

	html_fold(out, false, "%s", title);
	buf_puts(out, "<pre>");
	plain_html(out, text ? text : "none");
	buf_puts(out, "</pre>\n");
	html_fold_end(out);
}

static void put_files(const struct evidence *x, const struct page_request *q, struct buf *out)
{
	static const char *const all[] = { "README.md", "manifest.json", "experiment.json",
					   "rows.csv",	"raw/runs.csv",	 "kernels.json" };

	if (!q->bundle_url) {
		buf_puts(out, "<p>All that this page says can be checked in a bundle: "
			      "<code>slowpath bundle ");
		plain_html(out, x->record->id);
		buf_puts(out, " -o DIR; slowpath verify DIR</code>.</p>\n");
		return;
	}
	buf_puts(out, "<p>The bundle: ");
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		buf_puts(out, i ? ", " : "");
		link_bundle(q, all[i], all[i], out);
	}
	buf_puts(out, "; <code>slowpath verify</code> checks it.</p>\n");
}

void surroundings_put(const struct evidence *x, const struct page_request *q, struct buf *out)
{
	const struct record *record = x->record;
	const char *profile = json_string_value(json_object_get(record->command, "profile"));

	buf_puts(out, "<h2>Environment</h2>\n");
	put_kernels(x, q, out);
	buf_puts(out, "<p>Experiment ");
	plain_html(out, record->id);
	buf_puts(out, " (");
	plain_html(out, record->name);
	buf_puts(out, ")");
	if (record_other_arch(record))
		buf_printf(out, ", of kernels for %s", record_other_arch(record));
	buf_puts(out, ", slowpath ");
	plain_html(out, record->slowpath_version);
	buf_puts(out, ", from ");
	plain_html(out, record->started);
	buf_puts(out, " to ");
	plain_html(out, record->finished ? record->finished : "(unfinished)");
	buf_puts(out, ".</p>\n");
	if (profile) {
		html_fold(out, false, "profile.yaml");
		buf_puts(out, "<pre>");
		plain_html(out, profile);
		buf_puts(out, "</pre>\n");
		html_fold_end(out);
	}
	put_files(x, q, out);
	put_json(out, "All of it", record->environment);
	put_json(out, "Order that was drawn", record->effect);
}
