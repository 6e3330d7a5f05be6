// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/page/html.h"

#include "report/evidence/phrases.h"
#include "report/words/plain.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define ADDRESS_MAX 200

void html_cell(struct buf *out, const char *text)
{
	buf_puts(out, "<td>");
	plain_html(out, text ? text : "-");
}

int html_item(void *arg, const char *text)
{
	struct buf *out = arg;

	buf_puts(out, "<li>");
	plain_html(out, text);
	buf_puts(out, "</li>\n");
	return buf_error(out);
}

void html_table_begin(struct buf *out, const char *id, const char *const *heads)
{
	buf_puts(out, "<div class=box><table");
	if (id)
		buf_printf(out, " id=%s", id);
	buf_puts(out, "><thead><tr>");
	for (; *heads; heads++) {
		buf_puts(out, "<th>");
		plain_html(out, *heads);
	}
	buf_puts(out, "</thead><tbody>\n");
}

void html_table_end(struct buf *out)
{
	buf_puts(out, "</tbody></table></div>\n");
}

void html_fold(struct buf *out, bool open, const char *fmt, ...)
{
	_cleanup_buf_ struct buf text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	buf_printf(out, "<details%s><summary>", open ? " open" : "");
	plain_html(out, buf_str(&text));
	buf_puts(out, "</summary>\n");
	buf_keep(out, buf_error(&text));
}

void html_fold_end(struct buf *out)
{
	buf_puts(out, "</details>\n");
}

void html_verdict(struct buf *out, const struct evidence_case *c)
{
	buf_printf(out, "<span class=\"badge %s\">", verdict_name(c->verdict));
	phrase_verdict(c, out);
	buf_puts(out, "</span>");
}

/* An address of http or https, and nothing that could end a link or begin another. */
static bool is_address(const char *url)
{
	const char *host = !strncmp(url, "https://", 8)	 ? url + 8
			   : !strncmp(url, "http://", 7) ? url + 7
							 : NULL;

	if (!host || !*host || *host == '/' || strlen(url) > ADDRESS_MAX)
		return false;
	for (; *url; url++) {
		if (*url <= 0x20 || *url >= 0x7f || strchr("<>\"'`&\\", *url))
			return false;
	}
	return true;
}

int page_check(const struct page_request *q, struct err *e)
{
	const struct {
		const char *name, *url;
	} all[] = { { "--source-url", q->source_url },
		    { "--bundle-url", q->bundle_url },
		    { "--program-url", q->program_url } };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (all[i].url && !is_address(all[i].url))
			return err_set(e, EINVAL,
				       "%s is an address such as https://example.org/x, without "
				       "blanks",
				       all[i].name);
	}
	return 0;
}

/* "mm/mprotect.c": what leads out of the tree, or could be more than a path, is none. */
static bool is_path(const char *file)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_-./+,";

	return *file && *file != '/' && !strstr(file, "..") && strspn(file, good) == strlen(file);
}

/* "BASE/FILE", whether BASE ends in a slash or not. */
static void put_address(const char *base, const char *file, struct buf *out)
{
	buf_puts(out, base);
	if (base[strlen(base) - 1] != '/')
		buf_puts(out, "/");
	buf_puts(out, file);
}

void link_source(const struct page_request *q, const char *file, unsigned line, const char *text,
		 struct buf *out)
{
	if (!q->source_url || !is_path(file)) {
		plain_html(out, text);
		return;
	}
	buf_puts(out, "<a href=\"");
	put_address(q->source_url, file, out);
	if (line)
		buf_printf(out, "#L%u", line);
	buf_puts(out, "\">");
	plain_html(out, text);
	buf_puts(out, "</a>");
}

void link_bundle(const struct page_request *q, const char *file, const char *text, struct buf *out)
{
	if (!q->bundle_url || !is_path(file)) {
		plain_html(out, text);
		return;
	}
	buf_puts(out, "<a href=\"");
	put_address(q->bundle_url, file, out);
	buf_puts(out, "\">");
	plain_html(out, text);
	buf_puts(out, "</a>");
}
