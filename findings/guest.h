/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guests of findings share: the first process of a kernel, which tells and ends. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL

/* A line for the host, such as tell("pages", "%d", n): "@ " tells it from the kernel's. */
__attribute__((format(printf, 2, 3))) static void tell(const char *name, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	printf("@ %s: ", name);
	vprintf(format, ap);
	printf("\n");
	va_end(ap);
	fflush(stdout);
}

static void start(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
}

static void end(void)
{
	fflush(stdout);
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

__attribute__((unused)) static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int r = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -errno;

	if (fd >= 0)
		close(fd);
	return r;
}

/* A device takes the kernel a moment. */
__attribute__((unused)) static void wait_for(const char *path)
{
	for (int i = 0; i < 300 && access(path, F_OK); i++)
		usleep(100000);
}

/* "ok", or the name of the error of a call that returned this. */
__attribute__((unused)) static const char *result(long r)
{
	return r == -1 ? strerrorname_np(errno) : "ok";
}

__attribute__((unused)) static char *map_anon(size_t size)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/*
 * 2 MiB of memory, aligned to that, with nothing beside it that it could merge with. It has huge
 * pages only if these are asked for.
 */
__attribute__((unused)) static char *map_2m(int huge)
{
	char *p = mmap(NULL, 6 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	p = (char *)(((uintptr_t)p + (4UL << 20) - 1) & ~((2UL << 20) - 1));
	mprotect(p, 2 << 20, PROT_READ | PROT_WRITE);
	madvise(p, 2 << 20, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	return p;
}

__attribute__((unused)) static uint64_t pagemap(const void *p)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry = 0;

	pread(fd, &entry, 8, (uintptr_t)p / PAGE * 8);
	close(fd);
	return entry;
}

/* A number of smaps, in kB, of the mapping that holds this address; -1 if there is none. */
__attribute__((unused)) static long smaps(const void *p, const char *key)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long from, to;
	long value = -1;
	int inside = 0;
	char line[512];

	while (value < 0 && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (uintptr_t)p >= from && (uintptr_t)p < to;
		else if (inside && !strncmp(line, key, strlen(key)) && line[strlen(key)] == ':')
			value = strtol(line + strlen(key) + 1, NULL, 10);
	}
	fclose(f);
	return value;
}

/* The number behind this word of a file such as /proc/meminfo or /proc/vmstat; -1 if none. */
__attribute__((unused)) static long number(const char *path, const char *key)
{
	FILE *f = fopen(path, "r");
	size_t length = strlen(key);
	long value = -1;
	char line[512];

	while (f && value < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, length) && strchr(": \t", line[length]))
			value = strtol(line + length + 1, NULL, 10);
	if (f)
		fclose(f);
	return value;
}

/* A number of /proc/vmstat, once CPUs have given up what they hold back of it. */
__attribute__((unused)) static long vmstat(const char *key)
{
	put("/proc/sys/vm/stat_refresh", "1");
	return number("/proc/vmstat", key);
}

/* The flags that smaps has of the mapping that holds this address, such as "rd wr nh". */
__attribute__((unused)) static const char *vm_flags(const void *p)
{
	static char line[512];
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long from, to;
	int inside = 0;

	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (uintptr_t)p >= from && (uintptr_t)p < to;
		else if (inside && !strncmp(line, "VmFlags:", 8))
			break;
	}
	fclose(f);
	line[strcspn(line, "\n")] = ' ';
	return line + 8;
}

/* A file of this size in pages, all of it on the disk and none of it in memory. */
__attribute__((unused)) static int file_of(const char *path, size_t pages)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char page[PAGE];

	memset(page, 'f', sizeof(page));
	while (pages--)
		write(fd, page, sizeof(page));
	fsync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	return fd;
}

/* Pages of a file that are in memory, and how many of these are dirty, by cachestat(). */
struct cached {
	uint64_t pages, dirty, writeback, evicted, recently;
};

__attribute__((unused)) static struct cached cached(int fd)
{
	struct cached cached = { 0 };
	uint64_t whole[2] = { 0, 0 };

	syscall(451, fd, whole, &cached, 0);
	return cached;
}

__attribute__((unused)) static void read_all(int fd, size_t pages)
{
	char page[PAGE];

	for (size_t i = 0; i < pages; i++)
		pread(fd, page, PAGE, i * PAGE);
}

/* The text of kallsyms, which is read once: it takes the kernel a second or two. */
__attribute__((unused)) static const char *symbols(void)
{
	static char *text;
	size_t size = 0;
	ssize_t n;
	int fd;

	if (text)
		return text;
	fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	text = calloc(1, 32 << 20);
	while ((n = read(fd, text + size, 1 << 20)) > 0)
		size += n;
	close(fd);
	return text;
}

/* The line of kallsyms of a symbol, "ADDRESS TYPE NAME"; "" if there is none. */
__attribute__((unused)) static const char *symbol(const char *name)
{
	size_t length = strlen(name);

	for (const char *at = symbols(); (at = strstr(at, name)); at++)
		if (at - symbols() >= 19 && at[-1] == ' ' && at[length] == '\n')
			return at - 19;
	return "";
}

/* The kernel's code as it stands in memory, by way of /proc/kcore. */
__attribute__((unused)) static unsigned char *kernel_text(size_t *size)
{
	uint64_t from = strtoull(symbol("_stext"), NULL, 16);
	uint64_t to = strtoull(symbol("_etext"), NULL, 16);
	int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	unsigned char *text = malloc(to - from);
	Elf64_Phdr part;
	Elf64_Ehdr head;

	*size = 0;
	pread(fd, &head, sizeof(head), 0);
	for (int i = 0; i < head.e_phnum; i++) {
		pread(fd, &part, sizeof(part), head.e_phoff + i * sizeof(part));
		if (part.p_type != PT_LOAD || from < part.p_vaddr ||
		    to > part.p_vaddr + part.p_memsz)
			continue;
		while (*size < to - from) {
			ssize_t n = pread(fd, text + *size, to - from - *size,
					  part.p_offset + from - part.p_vaddr + *size);

			if (n <= 0)
				break;
			*size += n;
		}
		break;
	}
	close(fd);
	return text;
}

/* How often these bytes stand in the text. */
__attribute__((unused)) static long occurrences(const unsigned char *text, size_t size,
						const char *bytes, size_t n)
{
	const unsigned char *end = text + size, *p = text;
	long found = 0;

	while ((p = memmem(p, end - p, bytes, n))) {
		found++;
		p += n;
	}
	return found;
}
