// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/store/configure.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/git/git.h"

#include <errno.h>
#include <string.h>

#define CONFIG_MAX (16U << 20)
#define SHOWN 12

static int append_log(const struct make *m, const char *text, struct err *e)
{
	_cleanup_fclose_ FILE *f = fopen(m->log, "ae");

	if (!f || fputs(text, f) < 0 || fflush(f) != 0)
		return err_errno(e, errno, "%s", m->log);
	return 0;
}

/* Whether the line of settings_differ() is of an option that Kconfig itself asks the tools for. */
static bool of_toolchain(const char *line)
{
	static const char *const begins[] = { "AS_", "CC_",  "CLANG_",	"GCC_",
					      "LD_", "LLD_", "PAHOLE_", "RUSTC_" };
	const char *name = line + strlen("CONFIG_");

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
		if (!strncmp(name, begins[i], strlen(begins[i])))
			return true;
	}
	return false;
}

/*
 * The first lines are for people to see, all for the log. What only says that the tools are others
 * than the config was made with is a sum: nobody chose it, and it would hide what somebody did.
 */
static int tell(const struct make *m, const struct build_config *c, const char *wish,
		const char *got, const struct notes *notes, struct err *e)
{
	_cleanup_buf_ struct buf changes = { 0 };
	int count = settings_differ(wish, got, &changes), r, shown = 0, tools = 0;
	char *save = NULL;

	if (count < 0)
		return err_oom(e);
	if (!count)
		return 0;
	note(notes, "%s changed %d option%s of the config:",
	     c->kind == CONFIG_MINIMAL ? "this version" : "make olddefconfig", count,
	     count == 1 ? "" : "s");
	r = append_log(m, changes.data, e);
	for (char *l = strtok_r(changes.data, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (of_toolchain(l))
			tools++;
		else if (shown++ < SHOWN)
			note(notes, "  %s", l);
	}
	if (shown > SHOWN)
		note(notes, "  and %d more (%s)", shown - SHOWN, m->log);
	if (tools)
		note(notes, "  %s%d of what compiler, binutils, pahole and rustc are and can (%s)",
		     shown ? "and " : "", tools, m->log);
	return r;
}

/* With a commit's id in its release, every image would be another. */
static const char plain_release[] = "# CONFIG_LOCALVERSION_AUTO is not set\n";
/* Of one version or another; what one does not know is no harm. */
static const char no_debug_info[] = "# CONFIG_DEBUG_INFO is not set\n"
				    "# CONFIG_DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT is not set\n"
				    "# CONFIG_DEBUG_INFO_DWARF4 is not set\n"
				    "# CONFIG_DEBUG_INFO_DWARF5 is not set\n"
				    "# CONFIG_DEBUG_INFO_BTF is not set\n";
static const char no_keys[] = "CONFIG_MODULE_SIG_KEY=\"\"\n"
			      "CONFIG_SYSTEM_TRUSTED_KEYS=\"\"\n"
			      "CONFIG_SYSTEM_REVOCATION_KEYS=\"\"\n";

/* Appends the lines of @lines that set otherwise than @base does, and their names to @names. */
static int add_lacking(const char *base, const char *lines, struct buf *over, struct buf *names)
{
	struct setting want, have;
	int r = 0;

	for (const char *l = lines; r == 0 && *l; l = strchr(l, '\n') + 1) {
		size_t len = strcspn(l, "\n") + 1;

		if (!setting_parse(l, &want) ||
		    (setting_find(base, &want, &have) && have.value_len == want.value_len &&
		     !memcmp(have.value, want.value, want.value_len)))
			continue;
		r = buf_add(over, l, len);
		if (r == 0)
			r = buf_printf(names, "%s%.*s", names->len ? ", " : "", (int)want.name_len,
				       want.name);
	}
	return r;
}

/* Appends to @over what a distribution's config has that only its own source can be built with. */
static int leave_out(const char *base, const char *lines, struct buf *over)
{
	struct setting s, have;
	int r = 0;

	for (const char *l = lines; r == 0 && *l; l = strchr(l, '\n') + 1) {
		if (setting_parse(l, &s) && setting_find(base, &s, &have))
			r = buf_add(over, l, strcspn(l, "\n") + 1);
	}
	return r;
}

/* A whole config with what it lacks, which is noted. */
static int complete(const struct build_config *c, const char *base, const struct notes *notes,
		    struct buf *out, struct err *e)
{
	_cleanup_buf_ struct buf needs = { 0 }, over = { 0 }, names = { 0 };
	int r = settings_needed(NEEDED, &needs);

	if (r == 0)
		r = settings_needed(WANTED, &needs);
	if (r == 0)
		r = add_lacking(base, buf_str(&needs), &over, &names);
	if (r == 0 && c->distribution)
		r = buf_puts(&over, "CONFIG_DEBUG_INFO_NONE=y\n");
	if (r == 0 && c->distribution)
		r = leave_out(base, no_debug_info, &over);
	if (r == 0 && c->distribution)
		r = leave_out(base, no_keys, &over);
	if (r == 0)
		r = buf_puts(&over, plain_release);
	if (r == 0)
		r = settings_override(base, buf_str(&over), out);
	if (r < 0)
		return err_oom(e);
	if (names.len)
		note(notes, "config %s lacks what slowpath needs or wants, which is added: %s",
		     c->name, names.data);
	if (c->distribution)
		note(notes, "config %s: built without its debug information and its keys", c->name);
	return 0;
}

/* Whether this version has the option at all. */
static bool knows(const struct make *m, const struct setting *s)
{
	_cleanup_free_ char *pattern =
		str_printf("^[[:space:]]*(menu)?config[[:space:]]+%.*s[[:space:]]*$",
			   (int)s->name_len - 7, s->name + 7);
	const char *ask[] = { "grep", "-q", "-E", "-e", pattern, "--", "*Kconfig*", NULL };

	return pattern && git_run_own(m->src, ask, false, NULL, NULL) == 0;
}

/* What an older version has without asking is no option of it. */
static int check_needed(const struct make *m, const struct build_config *c, const char *got,
			struct err *e)
{
	_cleanup_buf_ struct buf needs = { 0 }, dropped = { 0 };
	struct setting want, have;
	int r = settings_needed(NEEDED, &needs);

	for (const char *l = buf_str(&needs); r == 0 && *l; l = strchr(l, '\n') + 1) {
		if (!setting_parse(l, &want) ||
		    (setting_find(got, &want, &have) && *have.value == 'y') || !knows(m, &want))
			continue;
		r = buf_printf(&dropped, "%s%.*s", dropped.len ? ", " : "", (int)want.name_len,
			       want.name);
	}
	if (r < 0)
		return err_oom(e);
	if (!dropped.len)
		return 0;
	return err_unmeasured(
		e, EBADMSG,
		"%s dropped what slowpath needs of config %s: %s; what they depend on has to be on "
		"in it ('make menuconfig' tells; log: %s)",
		c->kind == CONFIG_MINIMAL ? "this version" : "make olddefconfig",
		c->name[0] ? c->name : "minimal", dropped.data, m->log);
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

/* Files that one configuration goes by. */
struct paths {
	char *wish, *made, *config;
};

static void paths_free(struct paths *p)
{
	free(p->wish);
	free(p->made);
	free(p->config);
}

/* Makes @p->made out of what is wished, which is left in @wish. As make_run(). */
static int make_minimal(const struct make *m, const struct build_config *c, const struct paths *p,
			struct buf *wish, struct err *e)
{
	_cleanup_free_ char *all = str_printf("KCONFIG_ALLCONFIG=%s", p->wish);
	int r = all && buf_puts(wish, buf_str(&c->text)) == 0 ? 0 : err_oom(e);

	if (r == 0)
		r = file_write(p->wish, buf_str(wish), wish->len, e);
	return r == 0 ? make_run(m, p->made, (const char *[]){ all, "allnoconfig", NULL }, e) : r;
}

static int make_whole(const struct make *m, const struct build_config *c, const struct paths *p,
		      const struct notes *notes, struct buf *wish, struct err *e)
{
	_cleanup_buf_ struct buf base = { 0 };
	int r = 0;

	if (c->kind == CONFIG_DEFCONFIG) {
		r = make_run(m, p->made, (const char *[]){ "defconfig", NULL }, e);
		if (r == 0)
			r = file_read(p->made, CONFIG_MAX, &base, e);
	} else if (buf_puts(&base, buf_str(&c->text)) < 0) {
		r = err_oom(e);
	}
	if (r == 0)
		r = complete(c, buf_str(&base), notes, wish, e);
	if (r == 0)
		r = file_write(p->made, buf_str(wish), wish->len, e);
	return r == 0 ? make_run(m, p->made, (const char *[]){ "olddefconfig", NULL }, e) : r;
}

int configure(const struct make *m, const struct build_config *c, const struct notes *notes,
	      struct err *e)
{
	_cleanup_(paths_free) struct paths p = { .wish = str_printf("%s/wish.config", m->obj),
						 .made = str_printf("%s/made.config", m->obj),
						 .config = str_printf("%s/.config", m->obj) };
	_cleanup_buf_ struct buf wish = { 0 }, got = { 0 };
	int r = p.wish && p.made && p.config ? 0 : err_oom(e);

	if (r == 0)
		r = c->kind == CONFIG_MINIMAL ? make_minimal(m, c, &p, &wish, e)
					      : make_whole(m, c, &p, notes, &wish, e);
	if (r == 0)
		r = file_read(p.made, CONFIG_MAX, &got, e);
	if (r == 0)
		r = tell(m, c, buf_str(&wish), buf_str(&got), notes, e);
	if (r == 0)
		r = check_needed(m, c, buf_str(&got), e);
	return r == 0 ? settle(p.made, p.config, &got, e) : r;
}
