// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/memory/state.h"

#include "guest/memory/cached.h"
#include "guest/memory/folios.h"
#include "guest/host/report.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PAGE_BYTES 4096u
#define PAGEMAP_PRESENT (1ull << 63)
#define PAGEMAP_SWAPPED (1ull << 62)
#define PAGEMAP_PFN ((1ull << 55) - 1)

static int overlaps(const struct maps *maps, uint64_t start, uint64_t end)
{
	for (unsigned i = 0; i < maps->count; i++) {
		uint64_t from = (uint64_t)maps->at[i].start;

		if (start < from + maps->at[i].bytes && from < end)
			return 1;
	}
	return 0;
}

static uint64_t kilobytes(const char *line, const char *key)
{
	size_t len = strlen(key);

	return strncmp(line, key, len) == 0 ? strtoull(line + len, NULL, 10) : 0;
}

/* smaps: a header line per VMA, then "Key:   value kB" lines that belong to it. */
static void read_smaps(const struct maps *maps, struct report_state *out)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	uint64_t vmas = 0, dirty_kb = 0, pmd_kb = 0;
	char line[512];
	int ours = 0;

	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		unsigned long long start, end;

		if (sscanf(line, "%llx-%llx ", &start, &end) == 2) {
			ours = overlaps(maps, start, end);
			vmas += (uint64_t)ours;
			continue;
		}
		if (!ours)
			continue;
		dirty_kb += kilobytes(line, "Private_Dirty:") + kilobytes(line, "Shared_Dirty:");
		pmd_kb += kilobytes(line, "AnonHugePages:") + kilobytes(line, "ShmemPmdMapped:") +
			  kilobytes(line, "FilePmdMapped:");
	}
	fclose(f);
	out->vmas = vmas;
	out->dirty_pages = dirty_kb / 4;
	out->pmd_mapped_pages = pmd_kb / 4;
}

uint64_t state_vmas(const struct maps *maps)
{
	struct report_state state = { .vmas = REPORT_UNKNOWN };

	read_smaps(maps, &state);
	return state.vmas;
}

static int count_pagemap(int fd, const struct map *m, struct folios *folios,
			 struct report_state *out)
{
	uint64_t entries[512], pages = m->bytes / PAGE_BYTES;
	uint64_t first = (uint64_t)m->start / PAGE_BYTES;

	for (uint64_t done = 0; done < pages;) {
		uint64_t want = pages - done < 512 ? pages - done : 512;
		ssize_t n = pread(fd, entries, want * 8, (off_t)((first + done) * 8));

		if (n <= 0 || n % 8)
			return -1;
		for (ssize_t i = 0; i < n / 8; i++) {
			out->present_pages += (entries[i] & PAGEMAP_PRESENT) != 0;
			out->swapped_pages += (entries[i] & PAGEMAP_SWAPPED) != 0;
			/* Those of files are told by cached_read(): the kernel chooses them. */
			if (entries[i] & PAGEMAP_PRESENT && !m->is_file)
				folios_count(folios, entries[i] & PAGEMAP_PFN);
		}
		done += (uint64_t)n / 8;
	}
	return 0;
}

static void read_pagemap(const struct maps *maps, struct report_state *out)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	static struct folios folios; /* too large for a small stack */
	struct report_state seen = { 0 };
	int r = fd < 0 ? -1 : 0;

	folios_open(&folios);
	for (unsigned i = 0; r == 0 && i < maps->count; i++)
		r = count_pagemap(fd, &maps->at[i], &folios, &seen);
	if (r == 0) {
		out->present_pages = seen.present_pages;
		out->swapped_pages = seen.swapped_pages;
		folios_close(&folios, out->folio_pages);
	} else {
		folios_close(&folios, seen.folio_pages);
	}
	if (fd >= 0)
		close(fd);
}

/* "7f... default anon=512 dirty=512 N0=512 kernelpagesize_kB=4": a line per VMA. */
static void read_numa_maps(const struct maps *maps, struct report_state *out)
{
	FILE *f = fopen("/proc/self/numa_maps", "re");
	uint64_t nodes[REPORT_NODES] = { 0 };
	char line[512];

	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		const char *kb = strstr(line, "kernelpagesize_kB=");
		uint64_t start = strtoull(line, NULL, 16), unit;

		if (!overlaps(maps, start, start + 1))
			continue;
		unit = kb ? strtoull(kb + 18, NULL, 10) / 4 : 1;
		for (unsigned i = 0; i < REPORT_NODES; i++) {
			char key[8];
			const char *at;

			snprintf(key, sizeof(key), " N%u=", i);
			at = strstr(line, key);
			nodes[i] += at ? unit * strtoull(at + strlen(key), NULL, 10) : 0;
		}
	}
	fclose(f);
	memcpy(out->node_pages, nodes, sizeof(nodes));
}

void state_read(const struct maps *maps, struct report_state *out)
{
	memset(out, 0xff, sizeof(*out)); /* REPORT_UNKNOWN everywhere */
	if (maps->online_cpus)
		out->online_cpus = maps->online_cpus;
	read_smaps(maps, out);
	read_pagemap(maps, out);
	read_numa_maps(maps, out);
	cached_read(maps, &out->cached_pages, &out->cached_large_pages);
}

static void add_line(char *text, size_t max, const char *name, const char *path)
{
	size_t len = strlen(text);
	char value[2048];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return;
	n = read(fd, value, sizeof(value) - 1);
	close(fd);
	if (n < 0)
		return;
	value[n] = '\0';
	value[strcspn(value, "\n")] = '\0';
	snprintf(text + len, max - len, "%s=%s\n", name, value);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_mitigations(char *text, size_t max)
{
	static const char folder[] = "/sys/devices/system/cpu/vulnerabilities";
	char *names[64];
	unsigned count = 0;
	struct dirent *d;
	DIR *dir = opendir(folder);

	if (!dir)
		return;
	while (count < 64 && (d = readdir(dir))) {
		if (d->d_name[0] != '.')
			names[count++] = strdup(d->d_name);
	}
	closedir(dir);
	qsort(names, count, sizeof(names[0]), by_name);
	for (unsigned i = 0; i < count; i++) {
		char name[300], path[300];

		snprintf(name, sizeof(name), "mitigation.%s", names[i]);
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		add_line(text, max, name, path);
		free(names[i]);
	}
}

void state_machine(void)
{
	char text[16384] = "";
	struct utsname u;

	if (uname(&u) == 0) {
		snprintf(text, sizeof(text), "%s\n%s", u.release, u.version);
		report_add(FRAME_UNAME, text, strlen(text));
	}
	text[0] = '\0';
	add_line(text, sizeof(text), "cmdline", "/proc/cmdline");
	add_line(text, sizeof(text), "clocksource",
		 "/sys/devices/system/clocksource/clocksource0/current_clocksource");
	add_line(text, sizeof(text), "thp", "/sys/kernel/mm/transparent_hugepage/enabled");
	add_line(text, sizeof(text), "thp_shmem",
		 "/sys/kernel/mm/transparent_hugepage/shmem_enabled");
	add_mitigations(text, sizeof(text));
	report_add(FRAME_CPUINFO, text, strlen(text));
}
