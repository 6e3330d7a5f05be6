// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/git_repository.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/proc.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static const char prelude[] = "set -e\n"
			      "export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null\n"
			      "export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org\n"
			      "export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org\n"
			      "git init -q -b main\n"
			      "c() {\n"
			      "	mkdir -p \"$(dirname \"${2:-$1}\")\"\n"
			      "	echo \"$1\" >> \"${2:-$1}\"\n"
			      "	git add -A && git commit -q -m \"$1\" && git tag \"$1\"\n"
			      "}\n"
			      "m() {\n"
			      "	git merge -q --no-ff -m \"$1\" $2 && git tag \"$1\"\n"
			      "}\n";

char *git_repository(const char *script)
{
	_cleanup_free_ char *whole = str_printf("%s%s", prelude, script);
	const char *const argv[] = { "sh", "-c", whole, NULL };
	struct proc_opts o = { .argv = argv };
	_cleanup_buf_ struct buf complaints = { 0 };
	char *dir = NULL;

	assert_int_equal(dir_temp("/tmp", "slowpath-git-", &dir, NULL), 0);
	o.cwd = dir;
	if (proc_capture(&o, 1 << 20, NULL, &complaints, NULL) != 0)
		fail_msg("%s", buf_str(&complaints));
	return dir;
}

void git_repository_remove(char *dir)
{
	dir_remove(dir, NULL);
	free(dir);
}

char *git_repository_id(const struct git_tree *t, const char *rev)
{
	_cleanup_git_commit_ struct git_commit c = { 0 };
	struct err e = { 0 };

	if (git_find_commit(t, rev, &c, &e) < 0)
		fail_msg("%s", e.text);
	return steal(&c.id);
}

char *git_repository_name(const struct git_tree *t, const char *id)
{
	_cleanup_git_commit_ struct git_commit c = { 0 };

	assert_int_equal(git_find_commit(t, id, &c, NULL), 0);
	return steal(&c.subject);
}
