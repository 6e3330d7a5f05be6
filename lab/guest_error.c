// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/guest_error.h"

#include "base/cleanup.h"

#include <errno.h>
#include <string.h>

int guest_error(const struct report *r, struct err *e)
{
	const struct report_item *item = report_find(r, FRAME_ERROR);
	_cleanup_free_ char *text = item ? report_text(item) : NULL;

	if (!text)
		return err_unmeasured(e, EIO, "the guest failed and does not say why");
	for (char *p = text; *p; p++) {
		if (*p == '\n')
			*p = ';';
	}
	return err_unmeasured(e, EIO, "in the guest: %.400s", text);
}

int guest_check_release(const struct report *r, const char *release, struct err *e)
{
	const struct report_item *item = report_find(r, FRAME_UNAME);
	_cleanup_free_ char *text = item ? report_text(item) : NULL;

	if (!text)
		return err_unmeasured(e, EPROTO, "the guest does not name its kernel");
	text[strcspn(text, "\n")] = '\0';
	if (release && strcmp(text, release) != 0)
		return err_unmeasured(e, EPROTO, "the guest runs kernel '%.80s', not %s", text,
				      release);
	return 0;
}

/* In the words of the kernel's cpu_show_meltdown(). */
int guest_check_entries(const char *environment, const struct arch *arch, struct err *e)
{
	if (!arch->unmapping || !strstr(environment, "mitigation.meltdown=Mitigation: PTI\n"))
		return 0;
	return err_unmeasured(e, ENOTSUP,
			      "for this processor the kernel unmaps itself in user mode, and then "
			      "slowpath does not see how a kernel for %s is entered: take another "
			      "--cpu, or %s=0 on the command line",
			      arch->name, arch->unmapping);
}

static const char *find_last(const char *text, const char *what)
{
	const char *found = NULL;

	for (const char *at = text; (at = strstr(at, what)); at++)
		found = at;
	return found;
}

void guest_explain(const char *console, struct err *e)
{
	static const char *const marks[] = { "slowpath-guest: ", "Kernel panic - not syncing" };
	size_t len = strlen(e->text);

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const char *line = find_last(console, marks[i]);

		if (!line)
			continue;
		snprintf(e->text + len, sizeof(e->text) - len, "; console: %.*s",
			 (int)(strcspn(line, "\n") < 200 ? strcspn(line, "\n") : 200), line);
		return;
	}
}
