-- SPDX-License-Identifier: GPL-2.0-or-later
-- The database of experiments. user_version is the schema's version; any change of a table raises it.
-- A database of version 6 or later becomes one of this version by getting the tables and columns that
-- it has not (migrate.c): new columns stand last in their table and have a default. A newer one is
-- refused. A row hangs on an experiment or a run by its first foreign key (tables.h).
PRAGMA user_version = 8;
--
-- First what was measured: written once, never changed, enough to repeat every run. Then what was
-- concluded from it: can be thrown away and computed again.

-- measured ------------------------------------------------------------------------------------

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

-- What describes it and may change elsewhere: the scenario files, as they were.
CREATE TABLE experiment_file (
  experiment TEXT NOT NULL REFERENCES experiment(id),
  name       TEXT NOT NULL,        -- mprotect.yaml
  text       TEXT NOT NULL,
  PRIMARY KEY (experiment, name)
);

-- One boot of one kernel doing one scenario. A failed one is kept like any other.
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
  kernel_subject  TEXT,            -- of a git: kernel's commit; NULL: it has none
  trial           INTEGER NOT NULL DEFAULT 0, -- 1: only told how many iterations are enough
  extra_rest_ns   INTEGER,         -- of the guest, beside every rest; NULL: of before schema 8
  scenario_metric TEXT,            -- that the scenario is about (scenario/metric.h); NULL: the default
  notes           TEXT,            -- what was otherwise than one would think, in one line
  arch            TEXT NOT NULL DEFAULT 'amd64', -- of the kernel, as Debian calls it
  UNIQUE (experiment, scenario, cpus, block, position, attempt)
);

-- Phase 0 measures N iterations, 1 2N; 2 and 3 the same after another rest, and so do 5 and 6, which
-- runs of before schema 8 have not; 4 is an empty window.
CREATE TABLE phase (
  run          INTEGER NOT NULL REFERENCES run(id),
  phase        INTEGER NOT NULL,
  iterations   INTEGER NOT NULL,
  windows      INTEGER NOT NULL,
  clock_ticks  INTEGER NOT NULL,   -- of -icount's clock, over the windows
  minor_faults INTEGER NOT NULL,
  major_faults INTEGER NOT NULL,
  halted       INTEGER NOT NULL DEFAULT 0, -- ticks of that clock with the virtual CPU halted
  PRIMARY KEY (run, phase)
) WITHOUT ROWID;

-- Executed instructions, not divided by anything.
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

CREATE TABLE function_count (
  run     INTEGER NOT NULL REFERENCES run(id),
  phase   INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  name    TEXT NOT NULL,
  insns   INTEGER NOT NULL,
  calls   INTEGER NOT NULL,
  PRIMARY KEY (run, phase, segment, name)
) WITHOUT ROWID;

-- What other tasks executed, by their names (plugin/tasks.h); of runs on one CPU.
CREATE TABLE task_count (
  run     INTEGER NOT NULL REFERENCES run(id),
  task    TEXT NOT NULL,           -- ksmd; '': no name was known
  name    TEXT NOT NULL,           -- of a function; '': at addresses that no symbol covers
  phase   INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  insns   INTEGER NOT NULL,
  calls   INTEGER NOT NULL,
  PRIMARY KEY (run, task, name, phase, segment)
) WITHOUT ROWID;

-- What those instructions did, and what else was executed, one column a class of cost
-- (lab/counts/profile.h). A slot's are of the whole task; faults, interrupts and switches, whoever ran.
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
  switches       INTEGER,          -- NULL, here and below: not known (schema 7)
  ipis           INTEGER,
  lock_calls     INTEGER,
  string_bytes   INTEGER,
  string_insns   INTEGER,
  PRIMARY KEY (run, phase, segment)
) WITHOUT ROWID;

-- Where cost vectors were asked for: the same of functions.
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

-- Where calls were followed: a function as called along one path, and what it executed itself.
CREATE TABLE tree_node (
  run    INTEGER NOT NULL REFERENCES run(id),
  node   INTEGER NOT NULL,         -- 0: user code, the root
  parent INTEGER,                  -- a node before it; NULL: of the root
  name   TEXT NOT NULL,
  PRIMARY KEY (run, node)
) WITHOUT ROWID;

CREATE TABLE tree_count (
  run     INTEGER NOT NULL REFERENCES run(id),
  node    INTEGER NOT NULL,
  phase   INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  insns   INTEGER NOT NULL,
  calls   INTEGER NOT NULL,
  PRIMARY KEY (run, node, phase, segment)
) WITHOUT ROWID;

-- Timed runs: the guest's clock, and how long it was read.
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

CREATE TABLE span (
  run      INTEGER NOT NULL REFERENCES run(id),
  segment  INTEGER NOT NULL,
  name     TEXT NOT NULL,          -- of the segment
  spans_ns TEXT NOT NULL,          -- JSON: one number a round, in their order
  PRIMARY KEY (run, segment)
) WITHOUT ROWID;

-- Foreign programs: the metrics that they printed, in their own units.
CREATE TABLE printed (
  run    INTEGER NOT NULL REFERENCES run(id),
  name   TEXT NOT NULL,
  value  REAL NOT NULL,            -- median of the executions
  spread REAL NOT NULL,            -- largest less smallest
  PRIMARY KEY (run, name)
) WITHOUT ROWID;

CREATE TABLE program (
  run    INTEGER PRIMARY KEY REFERENCES run(id),
  sha256 TEXT NOT NULL,            -- of the binary
  words  TEXT NOT NULL,            -- JSON: arguments, then KEY=VALUE of the environment
  output TEXT NOT NULL,            -- what the last execution printed; of a failed run, too
  notes  TEXT NOT NULL DEFAULT '', -- lines: what was printed and is no metric, and why
  steady TEXT NOT NULL DEFAULT '', -- lines that every execution prints: how often, a tab, the line
  unsteady TEXT NOT NULL DEFAULT '*', -- hashes of the others; * if they are too many
  region INTEGER NOT NULL DEFAULT 0, -- 1: only what the program's region held was counted
  setup  TEXT NOT NULL DEFAULT ''  -- lines of what it found in the guest; slowpath-compare(1)
);

CREATE TABLE page_state (
  run    INTEGER NOT NULL REFERENCES run(id),
  moment TEXT NOT NULL,            -- expected, before, after; after SEGMENT: of one iteration
  name   TEXT NOT NULL,
  value  INTEGER,                  -- NULL: could not be read
  PRIMARY KEY (run, moment, name)
) WITHOUT ROWID;

-- What the code of OLD and NEW says that counts do not (symbols/code_facts.h).
CREATE TABLE code_fact (
  experiment TEXT NOT NULL REFERENCES experiment(id),
  scenario   TEXT NOT NULL,
  kind       TEXT NOT NULL,        -- alike, old calls, new calls, file
  one        TEXT NOT NULL,        -- a function
  other      TEXT NOT NULL,        -- another function; of kind file a file
  code       REAL,                 -- the rest of kind alike only: from 0 to 1; NULL: not known
  callees    REAL,
  callers    REAL,
  PRIMARY KEY (experiment, scenario, kind, one, other)
) WITHOUT ROWID;

-- concluded -----------------------------------------------------------------------------------

CREATE TABLE result (
  experiment TEXT NOT NULL REFERENCES experiment(id),
  scenario   TEXT NOT NULL,
  verdict    TEXT NOT NULL,
  document   TEXT NOT NULL,        -- JSON, as printed
  PRIMARY KEY (experiment, scenario)
);

-- What a run says, with how much it can be relied on.
CREATE TABLE reading (
  run      INTEGER NOT NULL REFERENCES run(id),
  quantity TEXT NOT NULL,          -- iteration_insns_per_page
  unit     TEXT NOT NULL,          -- insns, ns, printed
  item     TEXT NOT NULL,          -- page, call: what it was divided by
  kind     TEXT NOT NULL,          -- counted, timed, printed, estimated, replayed
  value    REAL,                   -- NULL: refused, why_not says why
  spread   REAL,                   -- NULL: not known
  unseen   REAL NOT NULL,          -- of the clock, and not counted; per item
  functions TEXT NOT NULL,         -- hexadecimal; exact ones that are the same have the same
  exact    INTEGER NOT NULL,
  why_not  TEXT,                   -- it is refused, or not exact; NULL if neither
  PRIMARY KEY (run, quantity)
) WITHOUT ROWID;
