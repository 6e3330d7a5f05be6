// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Plays a script of progress (cmd/terminal/progress.h) on its stderr, by a clock that the script
 * sets:
 *
 *   clock MS | begin WHAT | begin-ticking WHAT | step AT OF LEFT_S SCENARIO [WHAT] |
 *   side N TEXT | watch objects|bytes ABOUT PATH | unwatch | tick | note TEXT | row TEXT |
 *   sleep MS | end
 *
 * one a line, on stdin. LEFT_S is "-" if it is not known. "sleep" takes real time.
 */
#include "cmd/terminal/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t script_ns(void *arg)
{
	return *(const uint64_t *)arg;
}

static void play_step(struct progress *p, const char *rest)
{
	char scenario[100] = "", what[100] = "", left[20];
	unsigned at, of;

	if (sscanf(rest, "%u %u %19s %99s %99[^\n]", &at, &of, left, scenario, what) >= 3)
		progress_step(p, at, of, scenario, what, left[0] == '-' ? NAN : strtod(left, NULL));
}

static void play_watch(struct progress *p, const char *rest)
{
	char kind[20], path[200];
	struct kernel_watch w = { .what = "building 0123456789ab", .path = path };
	unsigned about;

	if (sscanf(rest, "%19s %u %199s", kind, &about, path) != 3)
		return;
	w.about = about;
	if (!strcmp(kind, "bytes")) {
		w.kind = KERNEL_WATCH_BYTES;
		w.what = "downloading linux-image";
	}
	progress_watch(p, &w);
}

static void play(struct progress *p, uint64_t *clock, const char *word, const char *rest)
{
	char line[500];

	snprintf(line, sizeof(line), "%s\n", rest);
	if (!strcmp(word, "clock"))
		*clock = strtoull(rest, NULL, 10) * 1000000;
	else if (!strcmp(word, "begin") || !strcmp(word, "begin-ticking"))
		progress_begin(p, rest, word[5] == '-');
	else if (!strcmp(word, "step"))
		play_step(p, rest);
	else if (!strcmp(word, "side"))
		progress_side(p, (unsigned)strtoul(rest, NULL, 10), rest + 2);
	else if (!strcmp(word, "watch"))
		play_watch(p, rest);
	else if (!strcmp(word, "unwatch"))
		progress_watch(p, NULL);
	else if (!strcmp(word, "tick"))
		progress_tick(p);
	else if (!strcmp(word, "note"))
		progress_print(p, stderr, line);
	else if (!strcmp(word, "row"))
		progress_print(p, stdout, line);
	else if (!strcmp(word, "sleep"))
		usleep((useconds_t)strtoul(rest, NULL, 10) * 1000);
	else if (!strcmp(word, "end"))
		progress_end(p);
}

int main(void)
{
	uint64_t clock = 0;
	struct progress p;
	char line[400];

	progress_init(&p, stderr, script_ns, &clock);
	while (fgets(line, sizeof(line), stdin)) {
		char *rest = strchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		if (rest)
			*rest++ = '\0';
		play(&p, &clock, line, rest ? rest : "");
	}
	progress_end(&p);
	return 0;
}
