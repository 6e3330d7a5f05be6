# SPDX-License-Identifier: GPL-2.0-or-later
"""Twenty commits on top of a real kernel's source, of which one makes mprotect() slower."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from real import world

# Where new code goes that nothing calls: the image changes, what is measured does not.
IDLE = """
/* {what} */
unsigned long slowpath_test_{n}(unsigned long x);
unsigned long slowpath_test_{n}(unsigned long x)
{{
	while (x > {n})
		x = x * {n} + 1 - (x >> {n});
	return x;
}}
"""
# Per present PTE: find its folio, look at how often it is mapped.
SLOW_AT = "\t\t\toldpte = ptep_modify_prot_start(vma, addr, pte);\n"
SLOW = """\t\t\t{
				struct folio *mapped = vm_normal_folio(vma, addr, oldpte);

				if (mapped && WARN_ON_ONCE(folio_mapcount(mapped) < 0))
					continue;
			}

"""
BROKEN = "\nint slowpath_test_broken = no_such_thing_as_this;\n"
CULPRIT = "mm: mprotect: look at the folio of every PTE"
IDLE_FILES = ("mm/vmscan.c", "mm/swap.c", "mm/page_alloc.c", "mm/rmap.c", "kernel/fork.c",
              "mm/shmem.c", "mm/filemap.c", "mm/memory.c", "mm/mmap.c")


def idle(n):
    """A change of code that is not run: (subject, file, change)."""
    name = IDLE_FILES[n % len(IDLE_FILES)]
    return f"{name}: something else, {n}", name, \
        lambda text: text + IDLE.format(what=f"Not called, {n}.", n=n)


def commits():
    """The twenty, oldest first. The tenth does not build, the twelfth changes comments only, the
    thirteenth is the culprit."""
    made = {10: ("mm/vmscan.c: does not build", "mm/vmscan.c", lambda text: text + BROKEN),
            11: ("mm/vmscan.c: builds again", "mm/vmscan.c",
                 lambda text: text.replace(BROKEN, IDLE.format(what="Better.", n=11))),
            12: ("mm/mprotect.c: words only", "mm/mprotect.c",
                 lambda text: re.sub(r"/\*\n", "/*\n * Said otherwise, line by line.\n", text,
                                     count=1)),
            13: (CULPRIT, "mm/mprotect.c", world.insert_before(SLOW_AT, SLOW))}
    return [made.get(n) or idle(n) for n in range(1, 21)]


def make(tree):
    """Commits them on top of HEAD; the id of each by its number, 0 being HEAD."""
    ids = [world.git(tree, "rev-parse", "HEAD")]
    for n, (subject, name, change) in enumerate(commits(), 1):
        world.edit(tree, name, change)
        world.git(tree, "commit", "-q", "-a", "-m", subject, n=n)
        ids.append(world.git(tree, "rev-parse", "HEAD"))
    return ids
