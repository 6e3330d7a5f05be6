// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel can mount ext4, and cannot make it; mke2fs is a program of the host's, of whatever
 * version, and an image has one size. So this writes what an empty file system consists of: in each
 * group of 128 MiB two bitmaps and a table of inodes, and in the first a root folder, lost+found
 * and the journal. It has the features that mke2fs gives a file system, but for those that need a
 * layout of their own (64bit, flex_bg, resize_inode). Names and offsets are those of
 * Documentation/filesystems/ext4. All is little-endian, the journal big-endian.
 */
#include "guest/memory/ext4.h"

#include "guest/memory/crc32c.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 4096u
#define GROUP_BLOCKS 32768u
#define GROUP_INODES 2048u
#define INODE_BYTES 256u
#define TABLE_BLOCKS (GROUP_INODES * INODE_BYTES / BLOCK)
#define GROUPS_MAX (BLOCK / 32) /* descriptors in one block */
#define INODE_ROOT 2
#define INODE_JOURNAL 8
#define INODE_FIRST 11 /* lost+found */

struct super {
	uint32_t inodes, blocks, reserved, free_blocks, free_inodes, first_data_block;
	uint32_t log_block_size, log_cluster_size, blocks_per_group, clusters_per_group;
	uint32_t inodes_per_group, mount_time, write_time;
	uint16_t mounts, max_mounts, magic, state, errors, minor;
	uint32_t last_check, check_interval, creator, revision;
	uint16_t default_uid, default_gid;
	uint32_t first_inode;
	uint16_t inode_bytes, group;
	uint32_t compat, incompat, ro_compat;
	uint8_t uuid[16];
	char volume[16], mounted_at[64];
	uint32_t algorithm;
	uint8_t prealloc[2];
	uint16_t reserved_descriptors;
	uint8_t journal_uuid[16];
	uint32_t journal_inode, journal_device, last_orphan, hash_seed[4];
	uint8_t hash_version, journal_backup;
	uint16_t descriptor_bytes;
	uint32_t mount_options, first_meta_group, made, journal_blocks[17];
	uint32_t blocks_high, reserved_high, free_high;
	uint16_t inode_extra_min, inode_extra_wanted;
	uint32_t flags;
	uint16_t raid_stride, mmp_interval;
	uint64_t mmp_block;
	uint32_t raid_width;
	uint8_t log_flex, checksum_type, rest[1022 - 374 - 2];
	uint32_t checksum;
} __attribute__((packed));
_Static_assert(sizeof(struct super) == 1024, "as it is on the disk");

struct descriptor {
	uint32_t block_bitmap, inode_bitmap, table;
	uint16_t free_blocks, free_inodes, folders, flags;
	uint32_t exclude;
	uint16_t block_checksum, inode_checksum, unused_inodes, checksum;
} __attribute__((packed));

struct inode {
	uint16_t mode, uid;
	uint32_t size, atime, ctime, mtime, dtime;
	uint16_t gid, links;
	uint32_t sectors, flags, version;
	uint16_t extent_magic, extents, extents_max, depth;
	uint32_t extent_generation;
	uint32_t first; /* block of the file */
	uint16_t length, start_high;
	uint32_t start;
	uint8_t more_extents[36];
	uint32_t generation, acl, size_high, fragment;
	uint16_t osd2[4], checksum, reserved, extra, checksum_high;
	uint8_t rest[INODE_BYTES - 132];
} __attribute__((packed));
_Static_assert(sizeof(struct inode) == INODE_BYTES, "as it is on the disk");

struct entry {
	uint32_t inode;
	uint16_t length;
	uint8_t name_length, type;
	char name[12];
} __attribute__((packed));

struct making {
	int fd;
	uint32_t blocks, groups, journal_blocks, seed;
	uint32_t free_blocks;
	struct super super;
	struct descriptor descriptors[GROUPS_MAX];
};

static const uint8_t uuid[16] = "slowpath ext4 fs";

static int put(const struct making *m, uint32_t block, const void *data)
{
	ssize_t n = pwrite(m->fd, data, BLOCK, (off_t)block * BLOCK);

	return n == BLOCK ? 0 : n < 0 ? -errno : -EIO;
}

/* Groups 0, 1 and the powers of 3, 5 and 7 have a super block and descriptors. */
static int has_super(uint32_t group)
{
	for (uint32_t base = 3; base <= 7; base += 2) {
		uint32_t power = 1;

		while (power < group)
			power *= base;
		if (group <= 1 || power == group)
			return 1;
	}
	return 0;
}

static uint32_t blocks_of(const struct making *m, uint32_t group)
{
	return group + 1 < m->groups ? GROUP_BLOCKS : m->blocks - group * GROUP_BLOCKS;
}

/* In a group: [super, descriptors,] block bitmap, inode bitmap, table; then folders and journal. */
static uint32_t first_bitmap(uint32_t group)
{
	return has_super(group) ? 2 : 0;
}

static uint32_t used_blocks(const struct making *m, uint32_t group)
{
	return first_bitmap(group) + 2 + TABLE_BLOCKS + (group ? 0 : 2 + m->journal_blocks);
}

static void set_bits(uint8_t *bitmap, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		bitmap[i / 8] |= (uint8_t)(1u << i % 8);
}

static int put_group(struct making *m, uint32_t group)
{
	struct descriptor *d = &m->descriptors[group];
	uint32_t start = group * GROUP_BLOCKS, used = used_blocks(m, group);
	uint32_t inodes = group ? 0 : INODE_FIRST, le_group = group;
	static uint8_t bitmap[BLOCK];
	int r;

	*d = (struct descriptor){ .block_bitmap = start + first_bitmap(group),
				  .inode_bitmap = start + first_bitmap(group) + 1,
				  .table = start + first_bitmap(group) + 2,
				  .free_blocks = (uint16_t)(blocks_of(m, group) - used),
				  .free_inodes = (uint16_t)(GROUP_INODES - inodes),
				  .folders = group ? 0 : 2,
				  .flags = 4, /* the table is zero */
				  .unused_inodes = (uint16_t)(GROUP_INODES - inodes) };
	m->free_blocks += d->free_blocks;
	memset(bitmap, 0, BLOCK);
	set_bits(bitmap, 0, used);
	set_bits(bitmap, blocks_of(m, group), GROUP_BLOCKS);
	d->block_checksum = (uint16_t)crc32c(m->seed, bitmap, BLOCK);
	r = put(m, d->block_bitmap, bitmap);
	memset(bitmap, 0, BLOCK);
	set_bits(bitmap, 0, inodes);
	set_bits(bitmap, GROUP_INODES, BLOCK * 8);
	d->inode_checksum = (uint16_t)crc32c(m->seed, bitmap, GROUP_INODES / 8);
	if (r == 0)
		r = put(m, d->inode_bitmap, bitmap);
	d->checksum = (uint16_t)crc32c(crc32c(m->seed, &le_group, 4), d, sizeof(*d));
	return r;
}

static uint32_t inode_seed(const struct making *m, uint32_t number)
{
	const uint32_t of[2] = { number, 0 }; /* and its generation */

	return crc32c(m->seed, of, sizeof(of));
}

static void fill_inode(const struct making *m, uint32_t number, uint16_t mode, uint16_t links,
		       uint32_t start, uint32_t count, struct inode *table)
{
	struct inode *i = &table[number - 1];
	uint32_t sum;

	*i = (struct inode){ .mode = mode,
			     .size = count * BLOCK,
			     .links = links,
			     .sectors = count * (BLOCK / 512),
			     .flags = 0x80000, /* extents */
			     .extent_magic = 0xf30a,
			     .extents = 1,
			     .extents_max = 4,
			     .length = (uint16_t)count,
			     .start = start,
			     .extra = 32 };
	sum = crc32c(inode_seed(m, number), i, sizeof(*i));
	i->checksum = (uint16_t)sum;
	i->checksum_high = (uint16_t)(sum >> 16);
}

/* ".", "..", @name if it is not NULL; and the tail that has the checksum. */
static int put_folder(const struct making *m, uint32_t block, uint32_t number, const char *name)
{
	const struct entry own = { number, 12, 1, 2, "." };
	const struct entry up = { INODE_ROOT, (uint16_t)(name ? 12 : BLOCK - 24), 2, 2, ".." };
	struct entry child = { INODE_FIRST, BLOCK - 36, 0, 2, "" };
	const struct entry tail = { 0, 12, 0, 0xde, "" };
	static uint8_t page[BLOCK];
	uint32_t sum;

	memset(page, 0, BLOCK);
	memcpy(page, &own, 12);
	memcpy(page + 12, &up, 12);
	if (name) {
		child.name_length = (uint8_t)strlen(name);
		memcpy(child.name, name, strlen(name));
		memcpy(page + 24, &child, sizeof(child));
	}
	memcpy(page + BLOCK - 12, &tail, 8);
	sum = crc32c(inode_seed(m, number), page, BLOCK - 12);
	memcpy(page + BLOCK - 4, &sum, 4);
	return put(m, block, page);
}

/* Its super block alone: a journal without a start is empty. */
static int put_journal(const struct making *m, uint32_t block)
{
	const uint32_t words[] = { 0xc03b3998, 4, 0, BLOCK, m->journal_blocks, 1, 1, 0 };
	const uint32_t users = __builtin_bswap32(1);
	static uint8_t page[BLOCK];

	memset(page, 0, BLOCK);
	for (unsigned i = 0; i < sizeof(words) / 4; i++) {
		uint32_t big = __builtin_bswap32(words[i]);

		memcpy(page + 4 * i, &big, 4);
	}
	memcpy(page + 48, uuid, sizeof(uuid));
	memcpy(page + 64, &users, 4);
	return put(m, block, page);
}

static int put_files(const struct making *m)
{
	static struct inode table[BLOCK / INODE_BYTES];
	uint32_t root = m->descriptors[0].table + TABLE_BLOCKS, lost = root + 1;
	int r;

	memset(table, 0, sizeof(table));
	fill_inode(m, INODE_ROOT, 040755, 3, root, 1, table);
	fill_inode(m, INODE_JOURNAL, 0100600, 1, lost + 1, m->journal_blocks, table);
	fill_inode(m, INODE_FIRST, 040700, 2, lost, 1, table);
	r = put(m, m->descriptors[0].table, table);
	if (r == 0)
		r = put_folder(m, root, INODE_ROOT, "lost+found");
	if (r == 0)
		r = put_folder(m, lost, INODE_FIRST, NULL);
	return r < 0 ? r : put_journal(m, lost + 1);
}

static void fill_super(struct making *m)
{
	m->super = (struct super){
		.inodes = m->groups * GROUP_INODES,
		.blocks = m->blocks,
		.free_blocks = m->free_blocks,
		.free_inodes = m->groups * GROUP_INODES - INODE_FIRST,
		.log_block_size = 2,
		.log_cluster_size = 2,
		.blocks_per_group = GROUP_BLOCKS,
		.clusters_per_group = GROUP_BLOCKS,
		.inodes_per_group = GROUP_INODES,
		.max_mounts = 0xffff,
		.magic = 0xef53,
		.state = 1,  /* clean */
		.errors = 2, /* read-only from then on: an error is not to pass for a result */
		.revision = 1,
		.first_inode = INODE_FIRST,
		.inode_bytes = INODE_BYTES,
		.compat = 0x4 | 0x8 | 0x20, /* journal, attributes, indexed folders */
		.incompat = 0x2 | 0x40,	    /* types in folders, extents */
		/* Few super blocks, large and huge files, many links, large inodes, checksums. */
		.ro_compat = 0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x400,
		.journal_inode = INODE_JOURNAL,
		.hash_seed = { 0x776f6c73, 0x68746170, 0x34747865, 0x64656573 },
		.hash_version = 1,
		.descriptor_bytes = 0,
		.inode_extra_min = 32,
		.inode_extra_wanted = 32,
		.flags = 2, /* hashes are of unsigned characters */
		.checksum_type = 1,
	};
	memcpy(m->super.uuid, uuid, sizeof(uuid));
}

/* At the start of a group; in the first, behind 1024 bytes for who boots. */
static int put_super(struct making *m, uint32_t group)
{
	static uint8_t page[BLOCK];
	int r;

	m->super.group = (uint16_t)group;
	m->super.checksum = crc32c(UINT32_MAX, &m->super, sizeof(m->super) - 4);
	memset(page, 0, BLOCK);
	memcpy(page + (group ? 0 : 1024), &m->super, sizeof(m->super));
	r = put(m, group * GROUP_BLOCKS, page);
	memset(page, 0, BLOCK);
	memcpy(page, m->descriptors, m->groups * sizeof(m->descriptors[0]));
	return r < 0 ? r : put(m, group * GROUP_BLOCKS + 1, page);
}

int ext4_make(int fd, uint64_t bytes)
{
	static struct making m;
	int r = 0;

	m = (struct making){ .fd = fd,
			     .blocks = (uint32_t)(bytes / BLOCK),
			     .seed = crc32c(UINT32_MAX, uuid, sizeof(uuid)) };
	m.groups = (m.blocks + GROUP_BLOCKS - 1) / GROUP_BLOCKS;
	if (!m.groups || m.groups > GROUPS_MAX || bytes % (1u << 20))
		return -EINVAL;
	/* As mke2fs has them for these sizes. */
	m.journal_blocks = m.blocks < GROUP_BLOCKS ? 1024 : 4096;
	if (used_blocks(&m, 0) >= blocks_of(&m, 0))
		return -ENOSPC;
	for (uint32_t g = 0; r == 0 && g < m.groups; g++)
		r = put_group(&m, g);
	if (r == 0)
		r = put_files(&m);
	fill_super(&m);
	for (uint32_t g = 0; r == 0 && g < m.groups; g++)
		r = has_super(g) ? put_super(&m, g) : 0;
	return r < 0 || fsync(fd) == 0 ? r : -errno;
}
