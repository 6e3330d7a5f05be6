-- SPDX-License-Identifier: GPL-2.0-or-later
-- A database of schema 6, as the last slowpath that had it made and filled it (its runs are made up).
PRAGMA user_version = 6;
BEGIN TRANSACTION;
CREATE TABLE experiment (
  id               TEXT PRIMARY KEY,
  name             TEXT NOT NULL,
  command          TEXT NOT NULL,  -- JSON: what was asked for
  mode             TEXT NOT NULL,  -- exact, timed, native
  purpose          TEXT NOT NULL,  -- performance, coverage, attribution, state
  started          TEXT NOT NULL,  -- UTC
  finished         TEXT,           -- NULL until then
  slowpath_version TEXT NOT NULL,
  environment      TEXT NOT NULL,  -- JSON: the host, slowpath's commit; no host name
  effect           TEXT            -- JSON: the order that came of the one asked for; NULL until then
);
INSERT INTO "experiment" VALUES('20260513-100000-aaaaaa','formal','{"command": "run", "file": "/somewhere/profiles/p.yaml", "profile": "name: \"formal\"\nlabel: \"lab-a\"\nmode: exact\nkernels:\n  - {name: old, spec: \"debian:6.16.12+deb13-cloud-amd64\"}\n  - {name: new, spec: \"debian:6.17.13+deb13-cloud-amd64\"}\nbaseline: old\nscenarios:\n  - {name: mprotect/shared-dirty-toggle}\nrepetitions: 2\nseed: 1\n", "profile_sha256": "c1665fda65d06f051d7932d2be9483f8e9b3838b9350b83ded7b0b9cb17b8fe4", "baseline": "old", "accelerator": "tcg-icount", "kernels": [{"name": "old", "spec": "debian:6.16.12+deb13-cloud-amd64", "release": "6.16.12-made", "vmlinux_sha256": "cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4"}, {"name": "new", "spec": "debian:6.17.13+deb13-cloud-amd64", "release": "6.17.13-made", "vmlinux_sha256": "11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437"}], "experiment": {"name": "formal", "label": "lab-a", "mode": "exact", "kernels": [{"name": "old", "spec": "debian:6.16.12+deb13-cloud-amd64", "cmdline": ""}, {"name": "new", "spec": "debian:6.17.13+deb13-cloud-amd64", "cmdline": ""}], "baseline": "old", "scenarios": [{"name": "mprotect/shared-dirty-toggle", "primary": "iteration", "set": {}}], "cpus": [1], "memory": "512M", "repetitions": 2, "order": "balanced", "seed": 1, "tolerance": 0.05, "max_cv": 0.1, "aa": false, "retries": 0, "cpuset": "", "config": "", "compiler": "", "purpose": "performance"}}','exact','performance','2026-05-13T10:00:00.000000Z','2026-05-13T11:00:00.000000Z','0.1.0','{"label": "lab-a", "host": {"kernel": {"release": "6.1.0-host", "version": "#1 SMP"}, "machine": "x86_64", "cpu": {"model": "Made Up 3000"}, "mitigations": {"meltdown": "Not affected"}}, "slowpath": {"version": "0.1.0", "commit": "0123456789ab"}, "qemu": "7.2.0", "guest_sha256": "84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec", "plugin_sha256": "5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160", "accelerator": "tcg-icount"}','{"requested": "balanced", "seed": 1, "effective": "balanced", "groups": []}');
INSERT INTO "experiment" VALUES('20260513-100000-bbbbbb','formal','{"command": "run", "file": "/somewhere/profiles/p.yaml", "profile": "name: \"formal\"\nlabel: \"lab-a\"\nmode: timed\nkernels:\n  - {name: old, spec: \"debian:6.16.12+deb13-cloud-amd64\"}\n  - {name: new, spec: \"debian:6.17.13+deb13-cloud-amd64\"}\nbaseline: old\nscenarios:\n  - {name: mprotect/shared-dirty-toggle}\nrepetitions: 3\nseed: 1\n", "profile_sha256": "a385a2246c937d796b647796307d5b1c819b8ebbace6a8f6657595a1017ee3b6", "baseline": "old", "accelerator": "tcg", "kernels": [{"name": "old", "spec": "debian:6.16.12+deb13-cloud-amd64", "release": "6.16.12-made", "vmlinux_sha256": "cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4"}, {"name": "new", "spec": "debian:6.17.13+deb13-cloud-amd64", "release": "6.17.13-made", "vmlinux_sha256": "11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437"}], "experiment": {"name": "formal", "label": "lab-a", "mode": "timed", "kernels": [{"name": "old", "spec": "debian:6.16.12+deb13-cloud-amd64", "cmdline": ""}, {"name": "new", "spec": "debian:6.17.13+deb13-cloud-amd64", "cmdline": ""}], "baseline": "old", "scenarios": [{"name": "mprotect/shared-dirty-toggle", "primary": "iteration", "set": {}}], "cpus": [1], "memory": "512M", "repetitions": 3, "order": "balanced", "seed": 1, "tolerance": 0.05, "max_cv": 0.1, "aa": false, "retries": 0, "cpuset": "", "config": "", "compiler": "", "purpose": "performance"}}','timed','performance','2026-05-13T10:00:00.000000Z','2026-05-13T11:00:00.000000Z','0.1.0','{"label": "lab-a", "host": {"kernel": {"release": "6.1.0-host", "version": "#1 SMP"}, "machine": "x86_64", "cpu": {"model": "Made Up 3000"}, "mitigations": {"meltdown": "Not affected"}}, "slowpath": {"version": "0.1.0", "commit": "0123456789ab"}, "qemu": "7.2.0", "guest_sha256": "84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec", "plugin_sha256": "5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160", "accelerator": "tcg-icount"}','{"requested": "balanced", "seed": 1, "effective": "balanced", "groups": []}');
CREATE TABLE experiment_file (
  experiment TEXT NOT NULL REFERENCES experiment(id),
  name       TEXT NOT NULL,        -- mprotect.yaml
  text       TEXT NOT NULL,
  PRIMARY KEY (experiment, name)
);
INSERT INTO "experiment_file" VALUES('20260513-100000-aaaaaa','mprotect.yaml','# SPDX-License-Identifier: GPL-2.0-or-later
# mm/mprotect.c
shared-dirty-toggle:
  help: mprotect() a shared, dirty 64 MiB mapping to read-only and back, then write every page
  source: [do_mprotect_pkey, mprotect_fixup, change_protection]
  probe: ["prot_commit_flush_ptes:6", "modify_prot_commit_ptes:6"]
  needs: [CONFIG_SHMEM]
  item: page
  maps:
    area: {kind: anon-shared, size: 64M}
  prepare:
    - touch: {map: area, access: write}
  segments:
    protect:
      - mprotect: {map: area, to: r}
    restore:
      - mprotect: {map: area, to: rw}
    touch:
      - touch: {map: area, access: write}
  expect: {vmas: 1, present: all, dirty: all, pmd-mapped: 0, swapped: 0, folios: 4K}
  outcomes: {vmas: {protect: 1, restore: 1}}

shared-dirty-toggle-fresh:
  help: shared-dirty-toggle in a mapping that is new each time (shared_dirty_full_toggle_64m)
  source: [do_mprotect_pkey, mprotect_fixup, change_protection]
  probe: ["prot_commit_flush_ptes:6", "modify_prot_commit_ptes:6"]
  needs: [CONFIG_SHMEM]
  item: page
  maps:
    area: {kind: anon-shared, size: 64M, mapped: no}
  segments:
    protect:
      before:
        - mmap: {map: area}
        - touch: {map: area, access: write}
      do:
        - mprotect: {map: area, to: r}
    restore:
      - mprotect: {map: area, to: rw}
    touch:
      do:
        - touch: {map: area, access: write}
      after:
        - munmap: {map: area}
  warmup: 0
  iterations: 1
  expect: {vmas: 1, present: all, dirty: all, pmd-mapped: 0, swapped: 0, folios: 4K}
  outcomes: {vmas: {protect: 1, restore: 1}}

anon-toggle:
  help: shared-dirty-toggle over private anonymous memory in small pages
  source: [do_mprotect_pkey, mprotect_fixup, change_protection]
  probe: ["prot_commit_flush_ptes:6", "modify_prot_commit_ptes:6"]
  item: page
  maps:
    area: {kind: anon-private, size: 64M, advice: nohugepage}
  prepare:
    - touch: {map: area, access: write}
  segments:
    protect:
      - mprotect: {map: area, to: r}
    restore:
      - mprotect: {map: area, to: rw}
    touch:
      - touch: {map: area, access: write}
  expect: {vmas: 1, present: all, dirty: all, pmd-mapped: 0, swapped: 0, folios: 4K}
  outcomes: {vmas: {protect: 1, restore: 1}}

anon-split-restore:
  help: protect the middle of a mapping, which makes three VMAs of it, and unite them again
  source: [do_mprotect_pkey, mprotect_fixup, __split_vma]
  item: call
  maps:
    area: {kind: anon-private, size: 1M, advice: nohugepage}
  prepare:
    - touch: {map: area, access: write}
  segments:
    split:
      - mprotect: {map: area, offset: 256K, size: 512K, to: r}
    restore:
      - mprotect: {map: area, offset: 256K, size: 512K, to: rw}
  warmup: 16
  iterations: 500
  expect: {vmas: 1, present: all, dirty: all, pmd-mapped: 0, swapped: 0, folios: 4K}
  outcomes: {vmas: {split: 3, restore: 1}}

single-protect:
  help: mprotect() one page that is a mapping of its own, and write it; what a call costs
  source: [do_mprotect_pkey, mprotect_fixup, change_protection]
  probe: ["prot_commit_flush_ptes:6", "modify_prot_commit_ptes:6"]
  item: call
  maps:
    area: {kind: anon-private, size: 4K}
  prepare:
    - touch: {map: area, access: write}
  segments:
    protect:
      - mprotect: {map: area, to: r}
    restore:
      - mprotect: {map: area, to: rw}
    touch:
      - touch: {map: area, access: write}
  warmup: 16
  iterations: 64
  expect: {vmas: 1, present: 1, dirty: 1, pmd-mapped: 0, swapped: 0, folios: 4K}

thp-toggle:
  help: shared-dirty-toggle over private anonymous memory in 2 MiB pages
  source: [do_mprotect_pkey, mprotect_fixup, change_huge_pmd]
  needs: [CONFIG_TRANSPARENT_HUGEPAGE]
  item: page
  memory: 1G
  maps:
    area: {kind: anon-private, size: 64M, advice: hugepage}
  prepare:
    - touch: {map: area, access: write}
  segments:
    protect:
      - mprotect: {map: area, to: r}
    restore:
      - mprotect: {map: area, to: rw}
    touch:
      - touch: {map: area, access: write}
  iterations: 16
  expect: {vmas: 1, present: all, dirty: all, pmd-mapped: all, swapped: 0, folios: 2M}
  outcomes: {vmas: {protect: 1, restore: 1}}

large-folio-toggle:
  help: anon-toggle over folios of 64 KiB, which ptes map
  source: [do_mprotect_pkey, mprotect_fixup, change_protection]
  probe: ["prot_commit_flush_ptes:6", "modify_prot_commit_ptes:6"]
  needs: [CONFIG_TRANSPARENT_HUGEPAGE]
  item: page
  memory: 1G
  sysfs:
    transparent_hugepage/enabled: never
    transparent_hugepage/hugepages-64kB/enabled: always
  maps:
    area: {kind: anon-private, size: 64M}
  prepare:
    - touch: {map: area, access: write}
  segments:
    protect:
      - mprotect: {map: area, to: r}
    restore:
      - mprotect: {map: area, to: rw}
    touch:
      - touch: {map: area, access: write}
  expect: {vmas: 1, present: all, dirty: all, pmd-mapped: 0, swapped: 0, folios: 64K}
  outcomes: {vmas: {protect: 1, restore: 1}}
');
INSERT INTO "experiment_file" VALUES('20260513-100000-bbbbbb','mprotect.yaml','# SPDX-License-Identifier: GPL-2.0-or-later
# mm/mprotect.c
shared-dirty-toggle:
  help: mprotect() a shared, dirty 64 MiB mapping to read-only and back, then write every page
  source: [do_mprotect_pkey, mprotect_fixup, change_protection]
  probe: ["prot_commit_flush_ptes:6", "modify_prot_commit_ptes:6"]
  needs: [CONFIG_SHMEM]
  item: page
  maps:
    area: {kind: anon-shared, size: 64M}
  prepare:
    - touch: {map: area, access: write}
  segments:
    protect:
      - mprotect: {map: area, to: r}
    restore:
      - mprotect: {map: area, to: rw}
    touch:
      - touch: {map: area, access: write}
  expect: {vmas: 1, present: all, dirty: all, pmd-mapped: 0, swapped: 0, folios: 4K}
  outcomes: {vmas: {protect: 1, restore: 1}}

shared-dirty-toggle-fresh:
  help: shared-dirty-toggle in a mapping that is new each time (shared_dirty_full_toggle_64m)
  source: [do_mprotect_pkey, mprotect_fixup, change_protection]
  probe: ["prot_commit_flush_ptes:6", "modify_prot_commit_ptes:6"]
  needs: [CONFIG_SHMEM]
  item: page
  maps:
    area: {kind: anon-shared, size: 64M, mapped: no}
  segments:
    protect:
      before:
        - mmap: {map: area}
        - touch: {map: area, access: write}
      do:
        - mprotect: {map: area, to: r}
    restore:
      - mprotect: {map: area, to: rw}
    touch:
      do:
        - touch: {map: area, access: write}
      after:
        - munmap: {map: area}
  warmup: 0
  iterations: 1
  expect: {vmas: 1, present: all, dirty: all, pmd-mapped: 0, swapped: 0, folios: 4K}
  outcomes: {vmas: {protect: 1, restore: 1}}

anon-toggle:
  help: shared-dirty-toggle over private anonymous memory in small pages
  source: [do_mprotect_pkey, mprotect_fixup, change_protection]
  probe: ["prot_commit_flush_ptes:6", "modify_prot_commit_ptes:6"]
  item: page
  maps:
    area: {kind: anon-private, size: 64M, advice: nohugepage}
  prepare:
    - touch: {map: area, access: write}
  segments:
    protect:
      - mprotect: {map: area, to: r}
    restore:
      - mprotect: {map: area, to: rw}
    touch:
      - touch: {map: area, access: write}
  expect: {vmas: 1, present: all, dirty: all, pmd-mapped: 0, swapped: 0, folios: 4K}
  outcomes: {vmas: {protect: 1, restore: 1}}

anon-split-restore:
  help: protect the middle of a mapping, which makes three VMAs of it, and unite them again
  source: [do_mprotect_pkey, mprotect_fixup, __split_vma]
  item: call
  maps:
    area: {kind: anon-private, size: 1M, advice: nohugepage}
  prepare:
    - touch: {map: area, access: write}
  segments:
    split:
      - mprotect: {map: area, offset: 256K, size: 512K, to: r}
    restore:
      - mprotect: {map: area, offset: 256K, size: 512K, to: rw}
  warmup: 16
  iterations: 500
  expect: {vmas: 1, present: all, dirty: all, pmd-mapped: 0, swapped: 0, folios: 4K}
  outcomes: {vmas: {split: 3, restore: 1}}

single-protect:
  help: mprotect() one page that is a mapping of its own, and write it; what a call costs
  source: [do_mprotect_pkey, mprotect_fixup, change_protection]
  probe: ["prot_commit_flush_ptes:6", "modify_prot_commit_ptes:6"]
  item: call
  maps:
    area: {kind: anon-private, size: 4K}
  prepare:
    - touch: {map: area, access: write}
  segments:
    protect:
      - mprotect: {map: area, to: r}
    restore:
      - mprotect: {map: area, to: rw}
    touch:
      - touch: {map: area, access: write}
  warmup: 16
  iterations: 64
  expect: {vmas: 1, present: 1, dirty: 1, pmd-mapped: 0, swapped: 0, folios: 4K}

thp-toggle:
  help: shared-dirty-toggle over private anonymous memory in 2 MiB pages
  source: [do_mprotect_pkey, mprotect_fixup, change_huge_pmd]
  needs: [CONFIG_TRANSPARENT_HUGEPAGE]
  item: page
  memory: 1G
  maps:
    area: {kind: anon-private, size: 64M, advice: hugepage}
  prepare:
    - touch: {map: area, access: write}
  segments:
    protect:
      - mprotect: {map: area, to: r}
    restore:
      - mprotect: {map: area, to: rw}
    touch:
      - touch: {map: area, access: write}
  iterations: 16
  expect: {vmas: 1, present: all, dirty: all, pmd-mapped: all, swapped: 0, folios: 2M}
  outcomes: {vmas: {protect: 1, restore: 1}}

large-folio-toggle:
  help: anon-toggle over folios of 64 KiB, which ptes map
  source: [do_mprotect_pkey, mprotect_fixup, change_protection]
  probe: ["prot_commit_flush_ptes:6", "modify_prot_commit_ptes:6"]
  needs: [CONFIG_TRANSPARENT_HUGEPAGE]
  item: page
  memory: 1G
  sysfs:
    transparent_hugepage/enabled: never
    transparent_hugepage/hugepages-64kB/enabled: always
  maps:
    area: {kind: anon-private, size: 64M}
  prepare:
    - touch: {map: area, access: write}
  segments:
    protect:
      - mprotect: {map: area, to: r}
    restore:
      - mprotect: {map: area, to: rw}
    touch:
      - touch: {map: area, access: write}
  expect: {vmas: 1, present: all, dirty: all, pmd-mapped: 0, swapped: 0, folios: 64K}
  outcomes: {vmas: {protect: 1, restore: 1}}
');
CREATE TABLE function_cost (
  run            INTEGER NOT NULL REFERENCES run(id),
  phase          INTEGER NOT NULL,
  segment        INTEGER NOT NULL,
  name           TEXT NOT NULL,
  loads          INTEGER NOT NULL,
  stores         INTEGER NOT NULL,
  atomics        INTEGER NOT NULL,
  branches       INTEGER NOT NULL,
  calls          INTEGER NOT NULL, -- that it makes; function_count has those of it
  tlb_flushes    INTEGER NOT NULL,
  rep_iterations INTEGER NOT NULL,
  PRIMARY KEY (run, phase, segment, name)
) WITHOUT ROWID;
INSERT INTO "function_cost" VALUES(1,0,0,'f',1,2,3,4,5,6,7);
CREATE TABLE function_count (
  run     INTEGER NOT NULL REFERENCES run(id),
  phase   INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  name    TEXT NOT NULL,
  insns   INTEGER NOT NULL,
  calls   INTEGER NOT NULL,
  PRIMARY KEY (run, phase, segment, name)
) WITHOUT ROWID;
INSERT INTO "function_count" VALUES(1,0,0,'change_protection',327680,2);
INSERT INTO "function_count" VALUES(1,0,0,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(1,0,0,'prot_commit_flush_ptes',5373952,2);
INSERT INTO "function_count" VALUES(1,0,1,'change_protection',327680,2);
INSERT INTO "function_count" VALUES(1,0,1,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(1,0,1,'prot_commit_flush_ptes',5373952,2);
INSERT INTO "function_count" VALUES(1,0,2,'[user]',131072,2);
INSERT INTO "function_count" VALUES(1,1,0,'change_protection',655360,4);
INSERT INTO "function_count" VALUES(1,1,0,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(1,1,0,'prot_commit_flush_ptes',10747904,4);
INSERT INTO "function_count" VALUES(1,1,1,'change_protection',655360,4);
INSERT INTO "function_count" VALUES(1,1,1,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(1,1,1,'prot_commit_flush_ptes',10747904,4);
INSERT INTO "function_count" VALUES(1,1,2,'[user]',262144,4);
INSERT INTO "function_count" VALUES(1,2,0,'change_protection',327680,2);
INSERT INTO "function_count" VALUES(1,2,0,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(1,2,0,'prot_commit_flush_ptes',5373952,2);
INSERT INTO "function_count" VALUES(1,2,1,'change_protection',327680,2);
INSERT INTO "function_count" VALUES(1,2,1,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(1,2,1,'prot_commit_flush_ptes',5373952,2);
INSERT INTO "function_count" VALUES(1,2,2,'[user]',131072,2);
INSERT INTO "function_count" VALUES(1,3,0,'change_protection',655360,4);
INSERT INTO "function_count" VALUES(1,3,0,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(1,3,0,'prot_commit_flush_ptes',10747904,4);
INSERT INTO "function_count" VALUES(1,3,1,'change_protection',655360,4);
INSERT INTO "function_count" VALUES(1,3,1,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(1,3,1,'prot_commit_flush_ptes',10747904,4);
INSERT INTO "function_count" VALUES(1,3,2,'[user]',262144,4);
INSERT INTO "function_count" VALUES(2,0,0,'change_protection',4259840,2);
INSERT INTO "function_count" VALUES(2,0,0,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(2,0,1,'change_protection',4259840,2);
INSERT INTO "function_count" VALUES(2,0,1,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(2,0,2,'[user]',131072,2);
INSERT INTO "function_count" VALUES(2,1,0,'change_protection',8519680,4);
INSERT INTO "function_count" VALUES(2,1,0,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(2,1,1,'change_protection',8519680,4);
INSERT INTO "function_count" VALUES(2,1,1,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(2,1,2,'[user]',262144,4);
INSERT INTO "function_count" VALUES(2,2,0,'change_protection',4259840,2);
INSERT INTO "function_count" VALUES(2,2,0,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(2,2,1,'change_protection',4259840,2);
INSERT INTO "function_count" VALUES(2,2,1,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(2,2,2,'[user]',131072,2);
INSERT INTO "function_count" VALUES(2,3,0,'change_protection',8519680,4);
INSERT INTO "function_count" VALUES(2,3,0,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(2,3,1,'change_protection',8519680,4);
INSERT INTO "function_count" VALUES(2,3,1,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(2,3,2,'[user]',262144,4);
INSERT INTO "function_count" VALUES(3,0,0,'change_protection',4259840,2);
INSERT INTO "function_count" VALUES(3,0,0,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(3,0,1,'change_protection',4259840,2);
INSERT INTO "function_count" VALUES(3,0,1,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(3,0,2,'[user]',131072,2);
INSERT INTO "function_count" VALUES(3,1,0,'change_protection',8519680,4);
INSERT INTO "function_count" VALUES(3,1,0,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(3,1,1,'change_protection',8519680,4);
INSERT INTO "function_count" VALUES(3,1,1,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(3,1,2,'[user]',262144,4);
INSERT INTO "function_count" VALUES(3,2,0,'change_protection',4259840,2);
INSERT INTO "function_count" VALUES(3,2,0,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(3,2,1,'change_protection',4259840,2);
INSERT INTO "function_count" VALUES(3,2,1,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(3,2,2,'[user]',131072,2);
INSERT INTO "function_count" VALUES(3,3,0,'change_protection',8519680,4);
INSERT INTO "function_count" VALUES(3,3,0,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(3,3,1,'change_protection',8519680,4);
INSERT INTO "function_count" VALUES(3,3,1,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(3,3,2,'[user]',262144,4);
INSERT INTO "function_count" VALUES(4,0,0,'change_protection',327680,2);
INSERT INTO "function_count" VALUES(4,0,0,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(4,0,0,'prot_commit_flush_ptes',5373952,2);
INSERT INTO "function_count" VALUES(4,0,1,'change_protection',327680,2);
INSERT INTO "function_count" VALUES(4,0,1,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(4,0,1,'prot_commit_flush_ptes',5373952,2);
INSERT INTO "function_count" VALUES(4,0,2,'[user]',131072,2);
INSERT INTO "function_count" VALUES(4,1,0,'change_protection',655360,4);
INSERT INTO "function_count" VALUES(4,1,0,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(4,1,0,'prot_commit_flush_ptes',10747904,4);
INSERT INTO "function_count" VALUES(4,1,1,'change_protection',655360,4);
INSERT INTO "function_count" VALUES(4,1,1,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(4,1,1,'prot_commit_flush_ptes',10747904,4);
INSERT INTO "function_count" VALUES(4,1,2,'[user]',262144,4);
INSERT INTO "function_count" VALUES(4,2,0,'change_protection',327680,2);
INSERT INTO "function_count" VALUES(4,2,0,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(4,2,0,'prot_commit_flush_ptes',5373952,2);
INSERT INTO "function_count" VALUES(4,2,1,'change_protection',327680,2);
INSERT INTO "function_count" VALUES(4,2,1,'do_mprotect_pkey',32768,2);
INSERT INTO "function_count" VALUES(4,2,1,'prot_commit_flush_ptes',5373952,2);
INSERT INTO "function_count" VALUES(4,2,2,'[user]',131072,2);
INSERT INTO "function_count" VALUES(4,3,0,'change_protection',655360,4);
INSERT INTO "function_count" VALUES(4,3,0,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(4,3,0,'prot_commit_flush_ptes',10747904,4);
INSERT INTO "function_count" VALUES(4,3,1,'change_protection',655360,4);
INSERT INTO "function_count" VALUES(4,3,1,'do_mprotect_pkey',65536,4);
INSERT INTO "function_count" VALUES(4,3,1,'prot_commit_flush_ptes',10747904,4);
INSERT INTO "function_count" VALUES(4,3,2,'[user]',262144,4);
CREATE TABLE page_state (
  run    INTEGER NOT NULL REFERENCES run(id),
  moment TEXT NOT NULL,            -- expected, before, after; after SEGMENT: of one iteration
  name   TEXT NOT NULL,
  value  INTEGER,                  -- NULL: could not be read
  PRIMARY KEY (run, moment, name)
) WITHOUT ROWID;
INSERT INTO "page_state" VALUES(1,'after','dirty_pages',16384);
INSERT INTO "page_state" VALUES(1,'after','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(1,'after','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(1,'after','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(1,'after','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(1,'after','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(1,'after','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(1,'after','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(1,'after','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(1,'after','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(1,'after','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(1,'after','node_pages_0',16384);
INSERT INTO "page_state" VALUES(1,'after','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(1,'after','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(1,'after','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(1,'after','online_cpus',1);
INSERT INTO "page_state" VALUES(1,'after','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(1,'after','present_pages',16384);
INSERT INTO "page_state" VALUES(1,'after','swapped_pages',0);
INSERT INTO "page_state" VALUES(1,'after','vmas',1);
INSERT INTO "page_state" VALUES(1,'after protect','major_faults',0);
INSERT INTO "page_state" VALUES(1,'after protect','minor_faults',0);
INSERT INTO "page_state" VALUES(1,'after protect','result',0);
INSERT INTO "page_state" VALUES(1,'after protect','vmas',1);
INSERT INTO "page_state" VALUES(1,'after restore','major_faults',0);
INSERT INTO "page_state" VALUES(1,'after restore','minor_faults',0);
INSERT INTO "page_state" VALUES(1,'after restore','result',0);
INSERT INTO "page_state" VALUES(1,'after restore','vmas',1);
INSERT INTO "page_state" VALUES(1,'after touch','major_faults',0);
INSERT INTO "page_state" VALUES(1,'after touch','minor_faults',0);
INSERT INTO "page_state" VALUES(1,'after touch','result',0);
INSERT INTO "page_state" VALUES(1,'after touch','vmas',1);
INSERT INTO "page_state" VALUES(1,'before','dirty_pages',16384);
INSERT INTO "page_state" VALUES(1,'before','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(1,'before','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(1,'before','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(1,'before','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(1,'before','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(1,'before','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(1,'before','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(1,'before','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(1,'before','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(1,'before','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(1,'before','node_pages_0',16384);
INSERT INTO "page_state" VALUES(1,'before','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(1,'before','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(1,'before','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(1,'before','online_cpus',1);
INSERT INTO "page_state" VALUES(1,'before','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(1,'before','present_pages',16384);
INSERT INTO "page_state" VALUES(1,'before','swapped_pages',0);
INSERT INTO "page_state" VALUES(1,'before','vmas',1);
INSERT INTO "page_state" VALUES(2,'after','dirty_pages',16384);
INSERT INTO "page_state" VALUES(2,'after','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(2,'after','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(2,'after','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(2,'after','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(2,'after','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(2,'after','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(2,'after','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(2,'after','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(2,'after','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(2,'after','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(2,'after','node_pages_0',16384);
INSERT INTO "page_state" VALUES(2,'after','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(2,'after','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(2,'after','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(2,'after','online_cpus',1);
INSERT INTO "page_state" VALUES(2,'after','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(2,'after','present_pages',16384);
INSERT INTO "page_state" VALUES(2,'after','swapped_pages',0);
INSERT INTO "page_state" VALUES(2,'after','vmas',1);
INSERT INTO "page_state" VALUES(2,'after protect','major_faults',0);
INSERT INTO "page_state" VALUES(2,'after protect','minor_faults',0);
INSERT INTO "page_state" VALUES(2,'after protect','result',0);
INSERT INTO "page_state" VALUES(2,'after protect','vmas',1);
INSERT INTO "page_state" VALUES(2,'after restore','major_faults',0);
INSERT INTO "page_state" VALUES(2,'after restore','minor_faults',0);
INSERT INTO "page_state" VALUES(2,'after restore','result',0);
INSERT INTO "page_state" VALUES(2,'after restore','vmas',1);
INSERT INTO "page_state" VALUES(2,'after touch','major_faults',0);
INSERT INTO "page_state" VALUES(2,'after touch','minor_faults',0);
INSERT INTO "page_state" VALUES(2,'after touch','result',0);
INSERT INTO "page_state" VALUES(2,'after touch','vmas',1);
INSERT INTO "page_state" VALUES(2,'before','dirty_pages',16384);
INSERT INTO "page_state" VALUES(2,'before','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(2,'before','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(2,'before','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(2,'before','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(2,'before','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(2,'before','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(2,'before','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(2,'before','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(2,'before','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(2,'before','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(2,'before','node_pages_0',16384);
INSERT INTO "page_state" VALUES(2,'before','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(2,'before','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(2,'before','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(2,'before','online_cpus',1);
INSERT INTO "page_state" VALUES(2,'before','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(2,'before','present_pages',16384);
INSERT INTO "page_state" VALUES(2,'before','swapped_pages',0);
INSERT INTO "page_state" VALUES(2,'before','vmas',1);
INSERT INTO "page_state" VALUES(3,'after','dirty_pages',16384);
INSERT INTO "page_state" VALUES(3,'after','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(3,'after','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(3,'after','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(3,'after','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(3,'after','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(3,'after','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(3,'after','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(3,'after','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(3,'after','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(3,'after','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(3,'after','node_pages_0',16384);
INSERT INTO "page_state" VALUES(3,'after','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(3,'after','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(3,'after','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(3,'after','online_cpus',1);
INSERT INTO "page_state" VALUES(3,'after','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(3,'after','present_pages',16384);
INSERT INTO "page_state" VALUES(3,'after','swapped_pages',0);
INSERT INTO "page_state" VALUES(3,'after','vmas',1);
INSERT INTO "page_state" VALUES(3,'after protect','major_faults',0);
INSERT INTO "page_state" VALUES(3,'after protect','minor_faults',0);
INSERT INTO "page_state" VALUES(3,'after protect','result',0);
INSERT INTO "page_state" VALUES(3,'after protect','vmas',1);
INSERT INTO "page_state" VALUES(3,'after restore','major_faults',0);
INSERT INTO "page_state" VALUES(3,'after restore','minor_faults',0);
INSERT INTO "page_state" VALUES(3,'after restore','result',0);
INSERT INTO "page_state" VALUES(3,'after restore','vmas',1);
INSERT INTO "page_state" VALUES(3,'after touch','major_faults',0);
INSERT INTO "page_state" VALUES(3,'after touch','minor_faults',0);
INSERT INTO "page_state" VALUES(3,'after touch','result',0);
INSERT INTO "page_state" VALUES(3,'after touch','vmas',1);
INSERT INTO "page_state" VALUES(3,'before','dirty_pages',16384);
INSERT INTO "page_state" VALUES(3,'before','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(3,'before','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(3,'before','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(3,'before','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(3,'before','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(3,'before','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(3,'before','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(3,'before','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(3,'before','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(3,'before','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(3,'before','node_pages_0',16384);
INSERT INTO "page_state" VALUES(3,'before','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(3,'before','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(3,'before','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(3,'before','online_cpus',1);
INSERT INTO "page_state" VALUES(3,'before','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(3,'before','present_pages',16384);
INSERT INTO "page_state" VALUES(3,'before','swapped_pages',0);
INSERT INTO "page_state" VALUES(3,'before','vmas',1);
INSERT INTO "page_state" VALUES(4,'after','dirty_pages',16384);
INSERT INTO "page_state" VALUES(4,'after','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(4,'after','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(4,'after','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(4,'after','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(4,'after','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(4,'after','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(4,'after','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(4,'after','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(4,'after','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(4,'after','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(4,'after','node_pages_0',16384);
INSERT INTO "page_state" VALUES(4,'after','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(4,'after','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(4,'after','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(4,'after','online_cpus',1);
INSERT INTO "page_state" VALUES(4,'after','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(4,'after','present_pages',16384);
INSERT INTO "page_state" VALUES(4,'after','swapped_pages',0);
INSERT INTO "page_state" VALUES(4,'after','vmas',1);
INSERT INTO "page_state" VALUES(4,'after protect','major_faults',0);
INSERT INTO "page_state" VALUES(4,'after protect','minor_faults',0);
INSERT INTO "page_state" VALUES(4,'after protect','result',0);
INSERT INTO "page_state" VALUES(4,'after protect','vmas',1);
INSERT INTO "page_state" VALUES(4,'after restore','major_faults',0);
INSERT INTO "page_state" VALUES(4,'after restore','minor_faults',0);
INSERT INTO "page_state" VALUES(4,'after restore','result',0);
INSERT INTO "page_state" VALUES(4,'after restore','vmas',1);
INSERT INTO "page_state" VALUES(4,'after touch','major_faults',0);
INSERT INTO "page_state" VALUES(4,'after touch','minor_faults',0);
INSERT INTO "page_state" VALUES(4,'after touch','result',0);
INSERT INTO "page_state" VALUES(4,'after touch','vmas',1);
INSERT INTO "page_state" VALUES(4,'before','dirty_pages',16384);
INSERT INTO "page_state" VALUES(4,'before','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(4,'before','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(4,'before','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(4,'before','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(4,'before','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(4,'before','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(4,'before','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(4,'before','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(4,'before','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(4,'before','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(4,'before','node_pages_0',16384);
INSERT INTO "page_state" VALUES(4,'before','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(4,'before','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(4,'before','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(4,'before','online_cpus',1);
INSERT INTO "page_state" VALUES(4,'before','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(4,'before','present_pages',16384);
INSERT INTO "page_state" VALUES(4,'before','swapped_pages',0);
INSERT INTO "page_state" VALUES(4,'before','vmas',1);
INSERT INTO "page_state" VALUES(6,'after','dirty_pages',16384);
INSERT INTO "page_state" VALUES(6,'after','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(6,'after','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(6,'after','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(6,'after','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(6,'after','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(6,'after','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(6,'after','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(6,'after','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(6,'after','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(6,'after','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(6,'after','node_pages_0',16384);
INSERT INTO "page_state" VALUES(6,'after','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(6,'after','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(6,'after','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(6,'after','online_cpus',1);
INSERT INTO "page_state" VALUES(6,'after','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(6,'after','present_pages',16384);
INSERT INTO "page_state" VALUES(6,'after','swapped_pages',0);
INSERT INTO "page_state" VALUES(6,'after','vmas',1);
INSERT INTO "page_state" VALUES(6,'after protect','major_faults',0);
INSERT INTO "page_state" VALUES(6,'after protect','minor_faults',0);
INSERT INTO "page_state" VALUES(6,'after protect','result',0);
INSERT INTO "page_state" VALUES(6,'after protect','vmas',1);
INSERT INTO "page_state" VALUES(6,'after restore','major_faults',0);
INSERT INTO "page_state" VALUES(6,'after restore','minor_faults',0);
INSERT INTO "page_state" VALUES(6,'after restore','result',0);
INSERT INTO "page_state" VALUES(6,'after restore','vmas',1);
INSERT INTO "page_state" VALUES(6,'after touch','major_faults',0);
INSERT INTO "page_state" VALUES(6,'after touch','minor_faults',0);
INSERT INTO "page_state" VALUES(6,'after touch','result',0);
INSERT INTO "page_state" VALUES(6,'after touch','vmas',1);
INSERT INTO "page_state" VALUES(6,'before','dirty_pages',16384);
INSERT INTO "page_state" VALUES(6,'before','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(6,'before','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(6,'before','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(6,'before','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(6,'before','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(6,'before','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(6,'before','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(6,'before','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(6,'before','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(6,'before','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(6,'before','node_pages_0',16384);
INSERT INTO "page_state" VALUES(6,'before','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(6,'before','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(6,'before','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(6,'before','online_cpus',1);
INSERT INTO "page_state" VALUES(6,'before','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(6,'before','present_pages',16384);
INSERT INTO "page_state" VALUES(6,'before','swapped_pages',0);
INSERT INTO "page_state" VALUES(6,'before','vmas',1);
INSERT INTO "page_state" VALUES(7,'after','dirty_pages',16384);
INSERT INTO "page_state" VALUES(7,'after','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(7,'after','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(7,'after','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(7,'after','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(7,'after','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(7,'after','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(7,'after','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(7,'after','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(7,'after','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(7,'after','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(7,'after','node_pages_0',16384);
INSERT INTO "page_state" VALUES(7,'after','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(7,'after','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(7,'after','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(7,'after','online_cpus',1);
INSERT INTO "page_state" VALUES(7,'after','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(7,'after','present_pages',16384);
INSERT INTO "page_state" VALUES(7,'after','swapped_pages',0);
INSERT INTO "page_state" VALUES(7,'after','vmas',1);
INSERT INTO "page_state" VALUES(7,'after protect','major_faults',0);
INSERT INTO "page_state" VALUES(7,'after protect','minor_faults',0);
INSERT INTO "page_state" VALUES(7,'after protect','result',0);
INSERT INTO "page_state" VALUES(7,'after protect','vmas',1);
INSERT INTO "page_state" VALUES(7,'after restore','major_faults',0);
INSERT INTO "page_state" VALUES(7,'after restore','minor_faults',0);
INSERT INTO "page_state" VALUES(7,'after restore','result',0);
INSERT INTO "page_state" VALUES(7,'after restore','vmas',1);
INSERT INTO "page_state" VALUES(7,'after touch','major_faults',0);
INSERT INTO "page_state" VALUES(7,'after touch','minor_faults',0);
INSERT INTO "page_state" VALUES(7,'after touch','result',0);
INSERT INTO "page_state" VALUES(7,'after touch','vmas',1);
INSERT INTO "page_state" VALUES(7,'before','dirty_pages',16384);
INSERT INTO "page_state" VALUES(7,'before','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(7,'before','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(7,'before','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(7,'before','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(7,'before','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(7,'before','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(7,'before','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(7,'before','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(7,'before','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(7,'before','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(7,'before','node_pages_0',16384);
INSERT INTO "page_state" VALUES(7,'before','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(7,'before','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(7,'before','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(7,'before','online_cpus',1);
INSERT INTO "page_state" VALUES(7,'before','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(7,'before','present_pages',16384);
INSERT INTO "page_state" VALUES(7,'before','swapped_pages',0);
INSERT INTO "page_state" VALUES(7,'before','vmas',1);
INSERT INTO "page_state" VALUES(8,'after','dirty_pages',16384);
INSERT INTO "page_state" VALUES(8,'after','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(8,'after','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(8,'after','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(8,'after','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(8,'after','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(8,'after','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(8,'after','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(8,'after','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(8,'after','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(8,'after','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(8,'after','node_pages_0',16384);
INSERT INTO "page_state" VALUES(8,'after','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(8,'after','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(8,'after','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(8,'after','online_cpus',1);
INSERT INTO "page_state" VALUES(8,'after','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(8,'after','present_pages',16384);
INSERT INTO "page_state" VALUES(8,'after','swapped_pages',0);
INSERT INTO "page_state" VALUES(8,'after','vmas',1);
INSERT INTO "page_state" VALUES(8,'after protect','major_faults',0);
INSERT INTO "page_state" VALUES(8,'after protect','minor_faults',0);
INSERT INTO "page_state" VALUES(8,'after protect','result',0);
INSERT INTO "page_state" VALUES(8,'after protect','vmas',1);
INSERT INTO "page_state" VALUES(8,'after restore','major_faults',0);
INSERT INTO "page_state" VALUES(8,'after restore','minor_faults',0);
INSERT INTO "page_state" VALUES(8,'after restore','result',0);
INSERT INTO "page_state" VALUES(8,'after restore','vmas',1);
INSERT INTO "page_state" VALUES(8,'after touch','major_faults',0);
INSERT INTO "page_state" VALUES(8,'after touch','minor_faults',0);
INSERT INTO "page_state" VALUES(8,'after touch','result',0);
INSERT INTO "page_state" VALUES(8,'after touch','vmas',1);
INSERT INTO "page_state" VALUES(8,'before','dirty_pages',16384);
INSERT INTO "page_state" VALUES(8,'before','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(8,'before','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(8,'before','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(8,'before','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(8,'before','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(8,'before','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(8,'before','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(8,'before','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(8,'before','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(8,'before','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(8,'before','node_pages_0',16384);
INSERT INTO "page_state" VALUES(8,'before','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(8,'before','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(8,'before','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(8,'before','online_cpus',1);
INSERT INTO "page_state" VALUES(8,'before','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(8,'before','present_pages',16384);
INSERT INTO "page_state" VALUES(8,'before','swapped_pages',0);
INSERT INTO "page_state" VALUES(8,'before','vmas',1);
INSERT INTO "page_state" VALUES(9,'after','dirty_pages',16384);
INSERT INTO "page_state" VALUES(9,'after','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(9,'after','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(9,'after','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(9,'after','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(9,'after','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(9,'after','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(9,'after','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(9,'after','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(9,'after','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(9,'after','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(9,'after','node_pages_0',16384);
INSERT INTO "page_state" VALUES(9,'after','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(9,'after','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(9,'after','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(9,'after','online_cpus',1);
INSERT INTO "page_state" VALUES(9,'after','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(9,'after','present_pages',16384);
INSERT INTO "page_state" VALUES(9,'after','swapped_pages',0);
INSERT INTO "page_state" VALUES(9,'after','vmas',1);
INSERT INTO "page_state" VALUES(9,'after protect','major_faults',0);
INSERT INTO "page_state" VALUES(9,'after protect','minor_faults',0);
INSERT INTO "page_state" VALUES(9,'after protect','result',0);
INSERT INTO "page_state" VALUES(9,'after protect','vmas',1);
INSERT INTO "page_state" VALUES(9,'after restore','major_faults',0);
INSERT INTO "page_state" VALUES(9,'after restore','minor_faults',0);
INSERT INTO "page_state" VALUES(9,'after restore','result',0);
INSERT INTO "page_state" VALUES(9,'after restore','vmas',1);
INSERT INTO "page_state" VALUES(9,'after touch','major_faults',0);
INSERT INTO "page_state" VALUES(9,'after touch','minor_faults',0);
INSERT INTO "page_state" VALUES(9,'after touch','result',0);
INSERT INTO "page_state" VALUES(9,'after touch','vmas',1);
INSERT INTO "page_state" VALUES(9,'before','dirty_pages',16384);
INSERT INTO "page_state" VALUES(9,'before','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(9,'before','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(9,'before','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(9,'before','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(9,'before','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(9,'before','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(9,'before','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(9,'before','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(9,'before','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(9,'before','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(9,'before','node_pages_0',16384);
INSERT INTO "page_state" VALUES(9,'before','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(9,'before','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(9,'before','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(9,'before','online_cpus',1);
INSERT INTO "page_state" VALUES(9,'before','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(9,'before','present_pages',16384);
INSERT INTO "page_state" VALUES(9,'before','swapped_pages',0);
INSERT INTO "page_state" VALUES(9,'before','vmas',1);
INSERT INTO "page_state" VALUES(10,'after','dirty_pages',16384);
INSERT INTO "page_state" VALUES(10,'after','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(10,'after','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(10,'after','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(10,'after','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(10,'after','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(10,'after','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(10,'after','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(10,'after','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(10,'after','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(10,'after','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(10,'after','node_pages_0',16384);
INSERT INTO "page_state" VALUES(10,'after','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(10,'after','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(10,'after','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(10,'after','online_cpus',1);
INSERT INTO "page_state" VALUES(10,'after','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(10,'after','present_pages',16384);
INSERT INTO "page_state" VALUES(10,'after','swapped_pages',0);
INSERT INTO "page_state" VALUES(10,'after','vmas',1);
INSERT INTO "page_state" VALUES(10,'after protect','major_faults',0);
INSERT INTO "page_state" VALUES(10,'after protect','minor_faults',0);
INSERT INTO "page_state" VALUES(10,'after protect','result',0);
INSERT INTO "page_state" VALUES(10,'after protect','vmas',1);
INSERT INTO "page_state" VALUES(10,'after restore','major_faults',0);
INSERT INTO "page_state" VALUES(10,'after restore','minor_faults',0);
INSERT INTO "page_state" VALUES(10,'after restore','result',0);
INSERT INTO "page_state" VALUES(10,'after restore','vmas',1);
INSERT INTO "page_state" VALUES(10,'after touch','major_faults',0);
INSERT INTO "page_state" VALUES(10,'after touch','minor_faults',0);
INSERT INTO "page_state" VALUES(10,'after touch','result',0);
INSERT INTO "page_state" VALUES(10,'after touch','vmas',1);
INSERT INTO "page_state" VALUES(10,'before','dirty_pages',16384);
INSERT INTO "page_state" VALUES(10,'before','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(10,'before','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(10,'before','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(10,'before','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(10,'before','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(10,'before','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(10,'before','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(10,'before','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(10,'before','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(10,'before','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(10,'before','node_pages_0',16384);
INSERT INTO "page_state" VALUES(10,'before','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(10,'before','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(10,'before','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(10,'before','online_cpus',1);
INSERT INTO "page_state" VALUES(10,'before','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(10,'before','present_pages',16384);
INSERT INTO "page_state" VALUES(10,'before','swapped_pages',0);
INSERT INTO "page_state" VALUES(10,'before','vmas',1);
INSERT INTO "page_state" VALUES(11,'after','dirty_pages',16384);
INSERT INTO "page_state" VALUES(11,'after','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(11,'after','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(11,'after','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(11,'after','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(11,'after','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(11,'after','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(11,'after','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(11,'after','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(11,'after','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(11,'after','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(11,'after','node_pages_0',16384);
INSERT INTO "page_state" VALUES(11,'after','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(11,'after','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(11,'after','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(11,'after','online_cpus',1);
INSERT INTO "page_state" VALUES(11,'after','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(11,'after','present_pages',16384);
INSERT INTO "page_state" VALUES(11,'after','swapped_pages',0);
INSERT INTO "page_state" VALUES(11,'after','vmas',1);
INSERT INTO "page_state" VALUES(11,'after protect','major_faults',0);
INSERT INTO "page_state" VALUES(11,'after protect','minor_faults',0);
INSERT INTO "page_state" VALUES(11,'after protect','result',0);
INSERT INTO "page_state" VALUES(11,'after protect','vmas',1);
INSERT INTO "page_state" VALUES(11,'after restore','major_faults',0);
INSERT INTO "page_state" VALUES(11,'after restore','minor_faults',0);
INSERT INTO "page_state" VALUES(11,'after restore','result',0);
INSERT INTO "page_state" VALUES(11,'after restore','vmas',1);
INSERT INTO "page_state" VALUES(11,'after touch','major_faults',0);
INSERT INTO "page_state" VALUES(11,'after touch','minor_faults',0);
INSERT INTO "page_state" VALUES(11,'after touch','result',0);
INSERT INTO "page_state" VALUES(11,'after touch','vmas',1);
INSERT INTO "page_state" VALUES(11,'before','dirty_pages',16384);
INSERT INTO "page_state" VALUES(11,'before','folio_pages_128K',0);
INSERT INTO "page_state" VALUES(11,'before','folio_pages_16K',0);
INSERT INTO "page_state" VALUES(11,'before','folio_pages_1M',0);
INSERT INTO "page_state" VALUES(11,'before','folio_pages_256K',0);
INSERT INTO "page_state" VALUES(11,'before','folio_pages_2M',0);
INSERT INTO "page_state" VALUES(11,'before','folio_pages_32K',0);
INSERT INTO "page_state" VALUES(11,'before','folio_pages_4K',16384);
INSERT INTO "page_state" VALUES(11,'before','folio_pages_512K',0);
INSERT INTO "page_state" VALUES(11,'before','folio_pages_64K',0);
INSERT INTO "page_state" VALUES(11,'before','folio_pages_8K',0);
INSERT INTO "page_state" VALUES(11,'before','node_pages_0',16384);
INSERT INTO "page_state" VALUES(11,'before','node_pages_1',NULL);
INSERT INTO "page_state" VALUES(11,'before','node_pages_2',NULL);
INSERT INTO "page_state" VALUES(11,'before','node_pages_3',NULL);
INSERT INTO "page_state" VALUES(11,'before','online_cpus',1);
INSERT INTO "page_state" VALUES(11,'before','pmd_mapped_pages',0);
INSERT INTO "page_state" VALUES(11,'before','present_pages',16384);
INSERT INTO "page_state" VALUES(11,'before','swapped_pages',0);
INSERT INTO "page_state" VALUES(11,'before','vmas',1);
CREATE TABLE phase (
  run          INTEGER NOT NULL REFERENCES run(id),
  phase        INTEGER NOT NULL,
  iterations   INTEGER NOT NULL,
  windows      INTEGER NOT NULL,
  clock_ticks  INTEGER NOT NULL,   -- of -icount's clock, over the windows
  minor_faults INTEGER NOT NULL,
  major_faults INTEGER NOT NULL,
  PRIMARY KEY (run, phase)
) WITHOUT ROWID;
INSERT INTO "phase" VALUES(1,0,2,6,11600214,0,0);
INSERT INTO "phase" VALUES(1,1,4,12,23200128,0,0);
INSERT INTO "phase" VALUES(1,2,2,6,11600214,0,0);
INSERT INTO "phase" VALUES(1,3,4,12,23200128,0,0);
INSERT INTO "phase" VALUES(1,4,0,1,7,0,0);
INSERT INTO "phase" VALUES(2,0,2,6,8716630,0,0);
INSERT INTO "phase" VALUES(2,1,4,12,17432960,0,0);
INSERT INTO "phase" VALUES(2,2,2,6,8716630,0,0);
INSERT INTO "phase" VALUES(2,3,4,12,17432960,0,0);
INSERT INTO "phase" VALUES(2,4,0,1,7,0,0);
INSERT INTO "phase" VALUES(3,0,2,6,8716630,0,0);
INSERT INTO "phase" VALUES(3,1,4,12,17432960,0,0);
INSERT INTO "phase" VALUES(3,2,2,6,8716630,0,0);
INSERT INTO "phase" VALUES(3,3,4,12,17432960,0,0);
INSERT INTO "phase" VALUES(3,4,0,1,7,0,0);
INSERT INTO "phase" VALUES(4,0,2,6,11600214,0,0);
INSERT INTO "phase" VALUES(4,1,4,12,23200128,0,0);
INSERT INTO "phase" VALUES(4,2,2,6,11600214,0,0);
INSERT INTO "phase" VALUES(4,3,4,12,23200128,0,0);
INSERT INTO "phase" VALUES(4,4,0,1,7,0,0);
CREATE TABLE printed (
  run    INTEGER NOT NULL REFERENCES run(id),
  name   TEXT NOT NULL,
  value  REAL NOT NULL,            -- median of the executions
  spread REAL NOT NULL,            -- largest less smallest
  PRIMARY KEY (run, name)
) WITHOUT ROWID;
INSERT INTO "printed" VALUES(5,'throughput',1.5,0.25);
CREATE TABLE program (
  run    INTEGER PRIMARY KEY REFERENCES run(id),
  sha256 TEXT NOT NULL,            -- of the binary
  words  TEXT NOT NULL,            -- JSON: arguments, then KEY=VALUE of the environment
  output TEXT NOT NULL             -- the end of what the last execution printed
);
INSERT INTO "program" VALUES(5,'0000000000000000000000000000000000000000000000000000000000000000','["a"]','out
');
CREATE TABLE result (
  experiment TEXT NOT NULL REFERENCES experiment(id),
  scenario   TEXT NOT NULL,
  verdict    TEXT NOT NULL,
  document   TEXT NOT NULL,        -- JSON, as printed
  PRIMARY KEY (experiment, scenario)
);
INSERT INTO "result" VALUES('20260513-100000-bbbbbb','mprotect/shared-dirty-toggle','regression','{}');
CREATE TABLE run (
  id              INTEGER PRIMARY KEY,
  experiment      TEXT NOT NULL REFERENCES experiment(id),
  block           INTEGER NOT NULL,
  position        INTEGER NOT NULL,
  attempt         INTEGER NOT NULL, -- 0; more where a profile allows retries
  side            TEXT NOT NULL,   -- old, new; in a profile's experiment the kernel's name
  status          TEXT NOT NULL,   -- ok, failed
  failure_reason  TEXT,
  scenario        TEXT NOT NULL,
  scenario_sha256 TEXT NOT NULL,
  item            TEXT NOT NULL,   -- page, call: what metrics are divided by
  items           INTEGER NOT NULL, -- how many of them an iteration has
  kernel_spec     TEXT NOT NULL,
  kernel_release  TEXT NOT NULL,
  kernel_version  TEXT NOT NULL,
  compiler        TEXT NOT NULL,
  vmlinux_sha256  TEXT NOT NULL,
  image_sha256    TEXT NOT NULL,
  config_sha256   TEXT,
  cpus            INTEGER NOT NULL,
  memory_mib      INTEGER NOT NULL,
  guest_cmdline   TEXT NOT NULL,
  perturbation    TEXT NOT NULL,   -- JSON
  started         TEXT NOT NULL,   -- UTC
  accelerator     TEXT NOT NULL,   -- tcg-icount (exact), tcg (emulated), kvm
  affinity        TEXT,            -- JSON: vCPUs, threads, host CPUs; NULL: not pinned
  load_before     REAL,            -- the host's, of one minute; NULL: not known
  load_after      REAL,
  qemu_version    TEXT NOT NULL,
  qemu_argv       TEXT NOT NULL,   -- JSON; [] if QEMU was not started
  guest_sha256    TEXT NOT NULL,
  plugin_sha256   TEXT NOT NULL,
  plugin_api      INTEGER NOT NULL,
  from_snapshot   INTEGER NOT NULL,
  boot_seconds    REAL NOT NULL,
  measure_seconds REAL NOT NULL,
  environment     TEXT NOT NULL,   -- "name=value" lines from the guest
  console         TEXT NOT NULL,   -- the end of it
  UNIQUE (experiment, scenario, cpus, block, position, attempt)
);
INSERT INTO "run" VALUES(1,'20260513-100000-aaaaaa',0,0,0,'new','ok',NULL,'mprotect/shared-dirty-toggle','6126fe028abb6215dfc48f98d65b465e2dbe1db51afabc0c4a7e1e005bbcd8ac','page',16384,'debian:6.17.13+deb13-cloud-amd64','6.17.13-made','#1 SMP','gcc-14 (Debian 14.2.0-19) 14.2.0','11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437','1213e430b12ad6f1ff022b459301cc71bf9457a8c5cee0407cd6731efc75ce7a','afc131d06fc3b54204efde0e47429bb60a602e2fe8efbc2ad194799824321f6d',1,512,'console=ttyS0','{"seed": 0, "extra_memory_mib": 0, "initrd_pad_bytes": 0, "map_offset": 0}','2026-05-13T10:00:01.000000Z','tcg-icount',NULL,0.5,NULL,'7.2.0','["/usr/bin/qemu-system-x86_64", "-m", "512M", "-kernel", "/somewhere/kernels/11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437/vmlinux"]','84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec','5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160',1,1,0.0,1.5,'clocksource=tsc
','booting
');
INSERT INTO "run" VALUES(2,'20260513-100000-aaaaaa',0,1,0,'old','ok',NULL,'mprotect/shared-dirty-toggle','6126fe028abb6215dfc48f98d65b465e2dbe1db51afabc0c4a7e1e005bbcd8ac','page',16384,'debian:6.16.12+deb13-cloud-amd64','6.16.12-made','#1 SMP','gcc-14 (Debian 14.2.0-19) 14.2.0','cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4','9b1eb37c8f7999f0929a4f70f3e37371f3f275395d40e0a2b17faa8526c1e359','afc131d06fc3b54204efde0e47429bb60a602e2fe8efbc2ad194799824321f6d',1,512,'console=ttyS0','{"seed": 0, "extra_memory_mib": 0, "initrd_pad_bytes": 0, "map_offset": 0}','2026-05-13T10:00:01.000000Z','tcg-icount',NULL,0.5,NULL,'7.2.0','["/usr/bin/qemu-system-x86_64", "-m", "512M", "-kernel", "/somewhere/kernels/cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4/vmlinux"]','84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec','5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160',1,1,0.0,1.5,'clocksource=tsc
','booting
');
INSERT INTO "run" VALUES(3,'20260513-100000-aaaaaa',1,0,0,'old','ok',NULL,'mprotect/shared-dirty-toggle','6126fe028abb6215dfc48f98d65b465e2dbe1db51afabc0c4a7e1e005bbcd8ac','page',16384,'debian:6.16.12+deb13-cloud-amd64','6.16.12-made','#1 SMP','gcc-14 (Debian 14.2.0-19) 14.2.0','cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4','9b1eb37c8f7999f0929a4f70f3e37371f3f275395d40e0a2b17faa8526c1e359','afc131d06fc3b54204efde0e47429bb60a602e2fe8efbc2ad194799824321f6d',1,512,'console=ttyS0','{"seed": 0, "extra_memory_mib": 0, "initrd_pad_bytes": 0, "map_offset": 0}','2026-05-13T10:00:01.000000Z','tcg-icount',NULL,0.5,NULL,'7.2.0','["/usr/bin/qemu-system-x86_64", "-m", "512M", "-kernel", "/somewhere/kernels/cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4/vmlinux"]','84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec','5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160',1,1,0.0,1.5,'clocksource=tsc
','booting
');
INSERT INTO "run" VALUES(4,'20260513-100000-aaaaaa',1,1,0,'new','ok',NULL,'mprotect/shared-dirty-toggle','6126fe028abb6215dfc48f98d65b465e2dbe1db51afabc0c4a7e1e005bbcd8ac','page',16384,'debian:6.17.13+deb13-cloud-amd64','6.17.13-made','#1 SMP','gcc-14 (Debian 14.2.0-19) 14.2.0','11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437','1213e430b12ad6f1ff022b459301cc71bf9457a8c5cee0407cd6731efc75ce7a','afc131d06fc3b54204efde0e47429bb60a602e2fe8efbc2ad194799824321f6d',1,512,'console=ttyS0','{"seed": 0, "extra_memory_mib": 0, "initrd_pad_bytes": 0, "map_offset": 0}','2026-05-13T10:00:01.000000Z','tcg-icount',NULL,0.5,NULL,'7.2.0','["/usr/bin/qemu-system-x86_64", "-m", "512M", "-kernel", "/somewhere/kernels/11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437/vmlinux"]','84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec','5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160',1,1,0.0,1.5,'clocksource=tsc
','booting
');
INSERT INTO "run" VALUES(5,'20260513-100000-aaaaaa',1,5,0,'new','failed','the guest hung','mprotect/shared-dirty-toggle','6126fe028abb6215dfc48f98d65b465e2dbe1db51afabc0c4a7e1e005bbcd8ac','page',16384,'debian:6.17.13+deb13-cloud-amd64','6.17.13-made','#1 SMP','gcc-14 (Debian 14.2.0-19) 14.2.0','11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437','1213e430b12ad6f1ff022b459301cc71bf9457a8c5cee0407cd6731efc75ce7a','afc131d06fc3b54204efde0e47429bb60a602e2fe8efbc2ad194799824321f6d',1,512,'console=ttyS0','{"seed": 0, "extra_memory_mib": 0, "initrd_pad_bytes": 0, "map_offset": 0}','2026-05-13T10:00:01.000000Z','tcg-icount',NULL,0.5,NULL,'7.2.0','["/usr/bin/qemu-system-x86_64", "-m", "512M", "-kernel", "/somewhere/kernels/11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437/vmlinux"]','84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec','5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160',1,1,0.0,1.5,'clocksource=tsc
','Kernel panic
');
INSERT INTO "run" VALUES(6,'20260513-100000-bbbbbb',0,0,0,'new','ok',NULL,'mprotect/shared-dirty-toggle','6126fe028abb6215dfc48f98d65b465e2dbe1db51afabc0c4a7e1e005bbcd8ac','page',16384,'debian:6.17.13+deb13-cloud-amd64','6.17.13-made','#1 SMP','gcc-14 (Debian 14.2.0-19) 14.2.0','11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437','1213e430b12ad6f1ff022b459301cc71bf9457a8c5cee0407cd6731efc75ce7a','afc131d06fc3b54204efde0e47429bb60a602e2fe8efbc2ad194799824321f6d',1,512,'console=ttyS0','{"seed": 0, "extra_memory_mib": 0, "initrd_pad_bytes": 0, "map_offset": 0}','2026-05-13T10:00:01.000000Z','tcg',NULL,0.5,NULL,'7.2.0','["/usr/bin/qemu-system-x86_64", "-m", "512M", "-kernel", "/somewhere/kernels/11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437/vmlinux"]','84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec','5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160',1,1,0.0,1.5,'clocksource=tsc
','booting
');
INSERT INTO "run" VALUES(7,'20260513-100000-bbbbbb',0,1,0,'old','ok',NULL,'mprotect/shared-dirty-toggle','6126fe028abb6215dfc48f98d65b465e2dbe1db51afabc0c4a7e1e005bbcd8ac','page',16384,'debian:6.16.12+deb13-cloud-amd64','6.16.12-made','#1 SMP','gcc-14 (Debian 14.2.0-19) 14.2.0','cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4','9b1eb37c8f7999f0929a4f70f3e37371f3f275395d40e0a2b17faa8526c1e359','afc131d06fc3b54204efde0e47429bb60a602e2fe8efbc2ad194799824321f6d',1,512,'console=ttyS0','{"seed": 0, "extra_memory_mib": 0, "initrd_pad_bytes": 0, "map_offset": 0}','2026-05-13T10:00:01.000000Z','tcg',NULL,0.5,NULL,'7.2.0','["/usr/bin/qemu-system-x86_64", "-m", "512M", "-kernel", "/somewhere/kernels/cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4/vmlinux"]','84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec','5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160',1,1,0.0,1.5,'clocksource=tsc
','booting
');
INSERT INTO "run" VALUES(8,'20260513-100000-bbbbbb',1,0,0,'old','ok',NULL,'mprotect/shared-dirty-toggle','6126fe028abb6215dfc48f98d65b465e2dbe1db51afabc0c4a7e1e005bbcd8ac','page',16384,'debian:6.16.12+deb13-cloud-amd64','6.16.12-made','#1 SMP','gcc-14 (Debian 14.2.0-19) 14.2.0','cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4','9b1eb37c8f7999f0929a4f70f3e37371f3f275395d40e0a2b17faa8526c1e359','afc131d06fc3b54204efde0e47429bb60a602e2fe8efbc2ad194799824321f6d',1,512,'console=ttyS0','{"seed": 0, "extra_memory_mib": 0, "initrd_pad_bytes": 0, "map_offset": 0}','2026-05-13T10:00:01.000000Z','tcg',NULL,0.5,NULL,'7.2.0','["/usr/bin/qemu-system-x86_64", "-m", "512M", "-kernel", "/somewhere/kernels/cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4/vmlinux"]','84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec','5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160',1,1,0.0,1.5,'clocksource=tsc
','booting
');
INSERT INTO "run" VALUES(9,'20260513-100000-bbbbbb',1,1,0,'new','ok',NULL,'mprotect/shared-dirty-toggle','6126fe028abb6215dfc48f98d65b465e2dbe1db51afabc0c4a7e1e005bbcd8ac','page',16384,'debian:6.17.13+deb13-cloud-amd64','6.17.13-made','#1 SMP','gcc-14 (Debian 14.2.0-19) 14.2.0','11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437','1213e430b12ad6f1ff022b459301cc71bf9457a8c5cee0407cd6731efc75ce7a','afc131d06fc3b54204efde0e47429bb60a602e2fe8efbc2ad194799824321f6d',1,512,'console=ttyS0','{"seed": 0, "extra_memory_mib": 0, "initrd_pad_bytes": 0, "map_offset": 0}','2026-05-13T10:00:01.000000Z','tcg',NULL,0.5,NULL,'7.2.0','["/usr/bin/qemu-system-x86_64", "-m", "512M", "-kernel", "/somewhere/kernels/11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437/vmlinux"]','84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec','5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160',1,1,0.0,1.5,'clocksource=tsc
','booting
');
INSERT INTO "run" VALUES(10,'20260513-100000-bbbbbb',2,0,0,'new','ok',NULL,'mprotect/shared-dirty-toggle','6126fe028abb6215dfc48f98d65b465e2dbe1db51afabc0c4a7e1e005bbcd8ac','page',16384,'debian:6.17.13+deb13-cloud-amd64','6.17.13-made','#1 SMP','gcc-14 (Debian 14.2.0-19) 14.2.0','11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437','1213e430b12ad6f1ff022b459301cc71bf9457a8c5cee0407cd6731efc75ce7a','afc131d06fc3b54204efde0e47429bb60a602e2fe8efbc2ad194799824321f6d',1,512,'console=ttyS0','{"seed": 0, "extra_memory_mib": 0, "initrd_pad_bytes": 0, "map_offset": 0}','2026-05-13T10:00:01.000000Z','tcg',NULL,0.5,NULL,'7.2.0','["/usr/bin/qemu-system-x86_64", "-m", "512M", "-kernel", "/somewhere/kernels/11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437/vmlinux"]','84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec','5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160',1,1,0.0,1.5,'clocksource=tsc
','booting
');
INSERT INTO "run" VALUES(11,'20260513-100000-bbbbbb',2,1,0,'old','ok',NULL,'mprotect/shared-dirty-toggle','6126fe028abb6215dfc48f98d65b465e2dbe1db51afabc0c4a7e1e005bbcd8ac','page',16384,'debian:6.16.12+deb13-cloud-amd64','6.16.12-made','#1 SMP','gcc-14 (Debian 14.2.0-19) 14.2.0','cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4','9b1eb37c8f7999f0929a4f70f3e37371f3f275395d40e0a2b17faa8526c1e359','afc131d06fc3b54204efde0e47429bb60a602e2fe8efbc2ad194799824321f6d',1,512,'console=ttyS0','{"seed": 0, "extra_memory_mib": 0, "initrd_pad_bytes": 0, "map_offset": 0}','2026-05-13T10:00:01.000000Z','tcg',NULL,0.5,NULL,'7.2.0','["/usr/bin/qemu-system-x86_64", "-m", "512M", "-kernel", "/somewhere/kernels/cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4/vmlinux"]','84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec','5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160',1,1,0.0,1.5,'clocksource=tsc
','booting
');
CREATE TABLE slot (
  run            INTEGER NOT NULL REFERENCES run(id),
  phase          INTEGER NOT NULL,
  segment        INTEGER NOT NULL,
  name           TEXT NOT NULL,    -- of the segment
  task           INTEGER NOT NULL,
  unattributed   INTEGER NOT NULL,
  interrupts     INTEGER NOT NULL,
  other_tasks    INTEGER NOT NULL,
  rep_iterations INTEGER NOT NULL,
  fault_retries  INTEGER NOT NULL,
  PRIMARY KEY (run, phase, segment)
) WITHOUT ROWID;
INSERT INTO "slot" VALUES(1,0,0,'protect',5734400,0,100,0,0,0);
INSERT INTO "slot" VALUES(1,0,1,'restore',5734400,0,100,0,0,0);
INSERT INTO "slot" VALUES(1,0,2,'touch',131072,0,100,0,0,0);
INSERT INTO "slot" VALUES(1,1,0,'protect',11468800,0,100,0,0,0);
INSERT INTO "slot" VALUES(1,1,1,'restore',11468800,0,100,0,0,0);
INSERT INTO "slot" VALUES(1,1,2,'touch',262144,0,100,0,0,0);
INSERT INTO "slot" VALUES(1,2,0,'protect',5734400,0,100,0,0,0);
INSERT INTO "slot" VALUES(1,2,1,'restore',5734400,0,100,0,0,0);
INSERT INTO "slot" VALUES(1,2,2,'touch',131072,0,100,0,0,0);
INSERT INTO "slot" VALUES(1,3,0,'protect',11468800,0,100,0,0,0);
INSERT INTO "slot" VALUES(1,3,1,'restore',11468800,0,100,0,0,0);
INSERT INTO "slot" VALUES(1,3,2,'touch',262144,0,100,0,0,0);
INSERT INTO "slot" VALUES(2,0,0,'protect',4292608,0,100,0,0,0);
INSERT INTO "slot" VALUES(2,0,1,'restore',4292608,0,100,0,0,0);
INSERT INTO "slot" VALUES(2,0,2,'touch',131072,0,100,0,0,0);
INSERT INTO "slot" VALUES(2,1,0,'protect',8585216,0,100,0,0,0);
INSERT INTO "slot" VALUES(2,1,1,'restore',8585216,0,100,0,0,0);
INSERT INTO "slot" VALUES(2,1,2,'touch',262144,0,100,0,0,0);
INSERT INTO "slot" VALUES(2,2,0,'protect',4292608,0,100,0,0,0);
INSERT INTO "slot" VALUES(2,2,1,'restore',4292608,0,100,0,0,0);
INSERT INTO "slot" VALUES(2,2,2,'touch',131072,0,100,0,0,0);
INSERT INTO "slot" VALUES(2,3,0,'protect',8585216,0,100,0,0,0);
INSERT INTO "slot" VALUES(2,3,1,'restore',8585216,0,100,0,0,0);
INSERT INTO "slot" VALUES(2,3,2,'touch',262144,0,100,0,0,0);
INSERT INTO "slot" VALUES(3,0,0,'protect',4292608,0,100,0,0,0);
INSERT INTO "slot" VALUES(3,0,1,'restore',4292608,0,100,0,0,0);
INSERT INTO "slot" VALUES(3,0,2,'touch',131072,0,100,0,0,0);
INSERT INTO "slot" VALUES(3,1,0,'protect',8585216,0,100,0,0,0);
INSERT INTO "slot" VALUES(3,1,1,'restore',8585216,0,100,0,0,0);
INSERT INTO "slot" VALUES(3,1,2,'touch',262144,0,100,0,0,0);
INSERT INTO "slot" VALUES(3,2,0,'protect',4292608,0,100,0,0,0);
INSERT INTO "slot" VALUES(3,2,1,'restore',4292608,0,100,0,0,0);
INSERT INTO "slot" VALUES(3,2,2,'touch',131072,0,100,0,0,0);
INSERT INTO "slot" VALUES(3,3,0,'protect',8585216,0,100,0,0,0);
INSERT INTO "slot" VALUES(3,3,1,'restore',8585216,0,100,0,0,0);
INSERT INTO "slot" VALUES(3,3,2,'touch',262144,0,100,0,0,0);
INSERT INTO "slot" VALUES(4,0,0,'protect',5734400,0,100,0,0,0);
INSERT INTO "slot" VALUES(4,0,1,'restore',5734400,0,100,0,0,0);
INSERT INTO "slot" VALUES(4,0,2,'touch',131072,0,100,0,0,0);
INSERT INTO "slot" VALUES(4,1,0,'protect',11468800,0,100,0,0,0);
INSERT INTO "slot" VALUES(4,1,1,'restore',11468800,0,100,0,0,0);
INSERT INTO "slot" VALUES(4,1,2,'touch',262144,0,100,0,0,0);
INSERT INTO "slot" VALUES(4,2,0,'protect',5734400,0,100,0,0,0);
INSERT INTO "slot" VALUES(4,2,1,'restore',5734400,0,100,0,0,0);
INSERT INTO "slot" VALUES(4,2,2,'touch',131072,0,100,0,0,0);
INSERT INTO "slot" VALUES(4,3,0,'protect',11468800,0,100,0,0,0);
INSERT INTO "slot" VALUES(4,3,1,'restore',11468800,0,100,0,0,0);
INSERT INTO "slot" VALUES(4,3,2,'touch',262144,0,100,0,0,0);
CREATE TABLE slot_cost (
  run            INTEGER NOT NULL REFERENCES run(id),
  phase          INTEGER NOT NULL,
  segment        INTEGER NOT NULL,
  loads          INTEGER NOT NULL,
  stores         INTEGER NOT NULL,
  atomics        INTEGER NOT NULL,
  branches       INTEGER NOT NULL,
  calls          INTEGER NOT NULL, -- that it makes
  tlb_flushes    INTEGER NOT NULL,
  rep_iterations INTEGER NOT NULL,
  faults         INTEGER NOT NULL,
  interrupts     INTEGER NOT NULL,
  PRIMARY KEY (run, phase, segment)
) WITHOUT ROWID;
INSERT INTO "slot_cost" VALUES(1,0,0,1,2,3,4,5,6,7,8,9);
CREATE TABLE span (
  run      INTEGER NOT NULL REFERENCES run(id),
  segment  INTEGER NOT NULL,
  name     TEXT NOT NULL,          -- of the segment
  spans_ns TEXT NOT NULL,          -- JSON: one number a round, in their order
  PRIMARY KEY (run, segment)
) WITHOUT ROWID;
INSERT INTO "span" VALUES(6,0,'protect','[173333,173433,173533,173633,173733]');
INSERT INTO "span" VALUES(6,1,'restore','[346666,346766,346866,346966,347066]');
INSERT INTO "span" VALUES(6,2,'touch','[520000,520100,520200,520300,520400]');
INSERT INTO "span" VALUES(7,0,'protect','[133333,133433,133533,133633,133733]');
INSERT INTO "span" VALUES(7,1,'restore','[266666,266766,266866,266966,267066]');
INSERT INTO "span" VALUES(7,2,'touch','[400000,400100,400200,400300,400400]');
INSERT INTO "span" VALUES(8,0,'protect','[134000,134100,134200,134300,134400]');
INSERT INTO "span" VALUES(8,1,'restore','[268000,268100,268200,268300,268400]');
INSERT INTO "span" VALUES(8,2,'touch','[402000,402100,402200,402300,402400]');
INSERT INTO "span" VALUES(9,0,'protect','[174200,174300,174400,174500,174600]');
INSERT INTO "span" VALUES(9,1,'restore','[348400,348500,348600,348700,348800]');
INSERT INTO "span" VALUES(9,2,'touch','[522600,522700,522800,522900,523000]');
INSERT INTO "span" VALUES(10,0,'protect','[175066,175166,175266,175366,175466]');
INSERT INTO "span" VALUES(10,1,'restore','[350133,350233,350333,350433,350533]');
INSERT INTO "span" VALUES(10,2,'touch','[525200,525300,525400,525500,525600]');
INSERT INTO "span" VALUES(11,0,'protect','[134666,134766,134866,134966,135066]');
INSERT INTO "span" VALUES(11,1,'restore','[269333,269433,269533,269633,269733]');
INSERT INTO "span" VALUES(11,2,'touch','[404000,404100,404200,404300,404400]');
CREATE TABLE timing (
  run          INTEGER PRIMARY KEY REFERENCES run(id),
  step_ns      INTEGER NOT NULL,   -- the clock's smallest advance
  read_ns      INTEGER NOT NULL,   -- what one reading costs
  rounds       INTEGER NOT NULL,
  rounds_max   INTEGER NOT NULL,
  min_time_ns  INTEGER NOT NULL,   -- that was asked for
  total_ns     INTEGER NOT NULL,
  minor_faults INTEGER NOT NULL,
  major_faults INTEGER NOT NULL
);
INSERT INTO "timing" VALUES(6,10,20,5,1000,500000000,5202995,0,0);
INSERT INTO "timing" VALUES(7,10,20,5,1000,500000000,4002995,0,0);
INSERT INTO "timing" VALUES(8,10,20,5,1000,500000000,4023000,0,0);
INSERT INTO "timing" VALUES(9,10,20,5,1000,500000000,5229000,0,0);
INSERT INTO "timing" VALUES(10,10,20,5,1000,500000000,5254995,0,0);
INSERT INTO "timing" VALUES(11,10,20,5,1000,500000000,4042995,0,0);
CREATE TABLE tree_count (
  run     INTEGER NOT NULL REFERENCES run(id),
  node    INTEGER NOT NULL,
  phase   INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  insns   INTEGER NOT NULL,
  calls   INTEGER NOT NULL,
  PRIMARY KEY (run, node, phase, segment)
) WITHOUT ROWID;
INSERT INTO "tree_count" VALUES(1,0,0,0,5,6);
CREATE TABLE tree_node (
  run    INTEGER NOT NULL REFERENCES run(id),
  node   INTEGER NOT NULL,         -- 0: user code, the root
  parent INTEGER,                  -- a node before it; NULL: of the root
  name   TEXT NOT NULL,
  PRIMARY KEY (run, node)
) WITHOUT ROWID;
INSERT INTO "tree_node" VALUES(1,0,NULL,'[user]');
COMMIT;
