// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/store/configure.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/store/minimal.h"
#include "kernel/minimal_config.h"

#include <errno.h>
#include <string.h>

#define CONFIG_MAX (16U << 20)
#define SHOWN 12
/* With a commit's id in its release, every image would be another. */
#define PLAIN_RELEASE "\n# CONFIG_LOCALVERSION_AUTO is not set\n"

const char *kernel_minimal_config(void)
{
	return minimal_config;
}

int build_config_read(const char *path, struct build_config *out, struct err *e)
{
	struct setting s;
	bool any = false;
	int r;

	*out = (struct build_config){ .given = path != NULL };
	r = path ? file_read(path, CONFIG_MAX, &out->text, e) : 0;
	if (r == 0 && buf_puts(&out->text, path ? PLAIN_RELEASE : minimal_config) < 0)
		r = err_oom(e);
	if (r < 0) {
		build_config_free(out);
		return r;
	}
	for (const char *l = buf_str(&out->text); l && !any; l = strchr(l, '\n'), l += l != NULL)
		any = !strncmp(l, "CONFIG_", 7) && setting_parse(l, &s);
	if (!any || strlen(out->text.data) != out->text.len) {
		build_config_free(out);
		return err_set(e, EINVAL, "%s: not a kernel's .config", path);
	}
	out->sha = hash_bytes(out->text.data, out->text.len);
	return 0;
}

void build_config_free(struct build_config *c)
{
	buf_free(&c->text);
	*c = (struct build_config){ 0 };
}

static int append_log(const struct make *m, const char *text, struct err *e)
{
	_cleanup_fclose_ FILE *f = fopen(m->log, "ae");

	if (!f || fputs(text, f) < 0 || fflush(f) != 0)
		return err_errno(e, errno, "%s", m->log);
	return 0;
}

/* The first lines are for people to see, all for the log. */
static int tell(const struct make *m, const struct build_config *c, const char *got,
		const struct notes *notes, struct err *e)
{
	_cleanup_buf_ struct buf changes = { 0 };
	int count = settings_differ(buf_str(&c->text), got, &changes), r, shown = 0;
	char *save = NULL;

	if (count < 0)
		return err_oom(e);
	if (!count)
		return 0;
	note(notes, "%s changed %d option%s of the config:",
	     c->given ? "make olddefconfig" : "this version", count, count == 1 ? "" : "s");
	r = append_log(m, changes.data, e);
	for (char *l = strtok_r(changes.data, "\n", &save); l && shown < SHOWN;
	     l = strtok_r(NULL, "\n", &save), shown++)
		note(notes, "  %s", l);
	if (count > shown)
		note(notes, "  and %d more (%s)", count - shown, m->log);
	return r;
}

/* Puts the finished config in place, unless the same is there. */
static int settle(const char *made, const char *config, const struct buf *got, struct err *e)
{
	_cleanup_buf_ struct buf before = { 0 };

	if (file_exists(config) && file_read(config, CONFIG_MAX, &before, NULL) == 0 &&
	    before.len == got->len && !memcmp(buf_str(&before), buf_str(got), got->len))
		return 0;
	return rename(made, config) < 0 ? err_errno(e, errno, "%s", config) : 0;
}

int configure(const struct make *m, const struct build_config *c, const struct notes *notes,
	      struct err *e)
{
	_cleanup_free_ char *wish = str_printf("%s/wish.config", m->obj);
	_cleanup_free_ char *made = str_printf("%s/made.config", m->obj);
	_cleanup_free_ char *config = str_printf("%s/.config", m->obj);
	_cleanup_free_ char *all = str_printf("KCONFIG_ALLCONFIG=%s", wish);
	const char *minimal[] = { all, "allnoconfig", NULL }, *given[] = { "olddefconfig", NULL };
	_cleanup_buf_ struct buf got = { 0 };
	int r;

	if (!wish || !made || !config || !all)
		return err_oom(e);
	r = file_write(c->given ? made : wish, buf_str(&c->text), c->text.len, e);
	if (r == 0)
		r = make_run(m, made, c->given ? given : minimal, e);
	if (r == 0)
		r = file_read(made, CONFIG_MAX, &got, e);
	if (r == 0)
		r = tell(m, c, buf_str(&got), notes, e);
	return r == 0 ? settle(made, config, &got, e) : r;
}
