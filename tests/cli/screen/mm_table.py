# SPDX-License-Identifier: GPL-2.0-or-later
"""doc/mm.md: its table is what tools/mm_table.py makes of the library: no list is
kept twice."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap

sys.path.insert(0, str(tap.SOURCE / "tools"))
import mm_table

SCENARIOS = mm_table.library(tap.build_dir())


@tap.test
def the_table_is_up_to_date():
    wanted = mm_table.page(SCENARIOS)
    assert mm_table.PAGE.read_text(encoding="utf-8") == wanted, \
        "tools/mm_table.py BUILDDIR --write makes it anew"


@tap.test
def every_scenario_stands_in_it_once():
    text = mm_table.table(SCENARIOS)
    for s in SCENARIOS:
        assert len(re.findall(rf"^\| \S+\.c \| {re.escape(s['name'])} \|", text, re.M)) == 1, s
        assert s["source"], f"{s['name']} says nothing of what it is meant to reach"


@tap.test
def no_file_has_scenarios_and_a_reason_for_having_none():
    text = mm_table.PAGE.read_text(encoding="utf-8").partition("## What user space")[2]
    excused = set(re.findall(r"(mm/[\w-]+\.c)", text))
    assert len(excused) > 20, excused
    both = excused & {mm_table.kernel_file(s["name"].split("/")[0]) for s in SCENARIOS}
    assert not both, both


tap.main()
