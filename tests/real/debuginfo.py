# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels with debug information: a function that one of them inlines is the same in the other, a
dose is found in its very line, and files of debug information are those of the build. Half an hour;
a minute where the kernels are built."""
import functools
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import lab
from real import world

SCENARIO = "mprotect/shared-dirty-toggle"
SOURCE = "mm/mprotect.c"
FUNCTION = "change_pte_range"
HEAD = f"static long {FUNCTION}("
DEBUG_INFO = "CONFIG_DEBUG_KERNEL=y\nCONFIG_DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT=y\n"
# For each PTE, on the line of another statement, so that no line moves. Without the dose there is
# as much assembly to the compiler ("inline": the least), so that the rest is compiled alike.
PER_PTE = "oldpte = ptep_modify_prot_start(vma, addr, pte);"
EMPTY = 'asm_inline volatile("# here" : : : "memory"); '
DOSE = 'asm_inline volatile(".rept 3; nop; .endr" : : : "memory"); '
DOSED_INSNS = 3
CLASSES = ("insns", "loads", "stores", "atomics", "branches", "calls", "tlb_flushes",
           "rep_iterations")


def replace(old, new):
    """A change of exactly one place."""
    def change(text):
        assert text.count(old) == 1, f"{text.count(old)} times: {old!r}"
        return text.replace(old, new)
    return change


class Kernels:
    """Three commits of a tree, built with debug information: "base"; "apart", which has the function
    out of line; "dosed". And what was measured of them."""

    def __init__(self, w):
        self.w = w
        self.sources = {}
        self.config = w.folder / "debug.config"
        self.add("base", replace(PER_PTE, EMPTY + PER_PTE))
        base = world.git(w.tree, "rev-parse", "HEAD")
        self.add("apart", replace(f"\n{HEAD}", f"\n{HEAD}".replace("long", "noinline long")))
        world.git(w.tree, "checkout", "-q", "--detach", base)
        self.add("dosed", replace(EMPTY, DOSE))
        self.make_config()

    def add(self, name, change):
        """Commits a change."""
        world.edit(self.w.tree, SOURCE, change)
        world.git(self.w.tree, "commit", "-q", "-a", "-m", name)
        world.git(self.w.tree, "tag", name)
        self.sources[name] = (self.w.tree / SOURCE).read_text(encoding="utf-8")

    def make_config(self):
        """Our own config, whole, with debug information."""
        wish = self.w.folder / "wish.config"
        wish.write_text(self.w.run("kconfig").expect(0).out + DEBUG_INFO, encoding="ascii")
        subprocess.run(["make", "-s", f"O={self.w.folder / 'made'}", f"KCONFIG_ALLCONFIG={wish}",
                        "allnoconfig"], cwd=self.w.tree, check=True, capture_output=True)
        self.config.write_bytes((self.w.folder / "made/.config").read_bytes())
        assert "CONFIG_DEBUG_INFO=y" in self.config.read_text(encoding="utf-8")

    @functools.cache
    def vmlinux(self, name):
        """Builds a kernel, which goes by its name from then on; its vmlinux in the store."""
        entry = self.w.run("kernel", "add", f"git:{self.w.tree}@{name}", "--name", name, "--config",
                           self.config, "--json").expect(0).json()
        return pathlib.Path(entry["dir"]) / "vmlinux"

    @functools.cache
    def stripped(self, name):
        """The same without debug information, as a file."""
        made = self.w.folder / f"stripped-{name}"
        made.mkdir()
        subprocess.run(["objcopy", "--strip-debug", self.vmlinux(name), made / "vmlinux"], check=True)
        (made / ".config").write_bytes(self.config.read_bytes())
        return made / "vmlinux"

    def attribute(self, *words):
        """The document."""
        return self.w.run("attribute", *words, "-s", SCENARIO, "--json").expect(0).json()

    @functools.cache
    def lines(self, old, new):
        """The document of two kernels, with lines."""
        self.vmlinux(old)
        self.vmlinux(new)
        document = self.attribute(old, new, "--lines")
        print(f"# {document['mode']}, {document['seconds']['total']:.1f} s", flush=True)
        return document


def named(rows, name):
    """The row of a name, or None."""
    return next((r for r in rows if r["name"] == name), None)


def same(a, b):
    """Equal, but for the rounding of sums."""
    return abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))


def expect_sums(document):
    """Functions add up to the iteration and to segments, lines to functions, parts to lines."""
    functions = document["lines"]["functions"]
    for side in ("old", "new"):
        for name in CLASSES:
            whole = document["segments"][0][side][name]
            assert same(sum(f[side][name] for f in functions), whole), (side, name, whole)
        for i, segment in enumerate(document["segments"][1:]):
            total = sum(f["segments"][i][side]["insns"] for f in functions)
            assert same(total, segment[side]["insns"]), (side, segment["name"], total)
        for f in functions:
            for name in CLASSES:
                assert same(sum(line[side][name] for line in f["lines"]), f[side][name]), f["name"]
            for line in f["lines"]:
                assert same(sum(p[side] for p in line["parts"]), line[side]["insns"]), line
            inlined = sum(p[side] for line in f["lines"] for p in line["parts"] if p["inlined_into"])
            assert same(inlined, f["inlined_" + side]), f["name"]


def body(source):
    """The first and the last line of the function."""
    found = re.search(r"^static (noinline )?long " + FUNCTION + r"\(.*?^}", source, re.M | re.S)
    return (source[:found.start()].count("\n") + 1, source[:found.end()].count("\n") + 1)


def add_tests(k):
    """All of them, of these kernels."""
    def a_function_is_the_same_inlined_or_not():
        document = k.lines("base", "apart")
        symbols = document["functions"]
        # By symbols it looks as if there were one function more, which does all the work.
        assert named(symbols, FUNCTION)["old"]["insns"] == 0
        assert named(symbols, FUNCTION)["new"]["insns"] > 100
        f = named(document["lines"]["functions"], FUNCTION)
        print(f"# {f['old']['insns']:.3f} inlined, {f['new']['insns']:.3f} out of line; by symbols "
              f"{named(symbols, FUNCTION)['delta']['insns']:+.3f}", flush=True)
        assert f["inlined_old"] == f["old"]["insns"] > 10 and f["inlined_new"] == 0, f
        assert abs(f["delta"]["insns"]) < 0.05 * f["old"]["insns"], f["delta"]

    def every_instruction_is_on_one_line():
        expect_sums(k.lines("base", "apart"))
        expect_sums(k.lines("base", "dosed"))

    def lines_are_within_the_function():
        f = named(k.lines("base", "apart")["lines"]["functions"], FUNCTION)
        for side, name in (("old", "base"), ("new", "apart")):
            first, last = body(k.sources[name])
            lines = [line["line_" + side] for line in f["lines"]
                     if line["file"] == SOURCE and line["line_" + side]]
            assert len(lines) > 10 and first <= min(lines) and max(lines) <= last, (lines, first)
        files = {line["file"] for g in k.lines("base", "apart")["lines"]["functions"]
                 for line in g["lines"] if line["file"]}
        strange = [name for name in files
                   if "/generated/" not in name and not (k.w.tree / name).is_file()]
        assert not strange, strange

    def a_dose_is_found_in_its_line():
        document = k.lines("base", "dosed")
        number = 1 + k.sources["dosed"].split(DOSE)[0].count("\n")
        changed = [(f["name"], line) for f in document["lines"]["functions"] for line in f["lines"]
                   if any(line["delta"].values())]
        (name, line), = changed
        # Both mprotect() calls of an iteration come by each page's PTE.
        assert name == FUNCTION and line["delta"] == {**dict.fromkeys(CLASSES, 0),
                                                      "insns": 2 * DOSED_INSNS}, line
        # Without the dose, nothing of the line is executed.
        assert (line["file"], line["line_old"], line["line_new"]) == (SOURCE, None, number), line

    def asking_for_lines_changes_no_count():
        plain, again = k.attribute("base", "apart"), dict(k.lines("base", "apart"))
        again.pop("lines")
        found = lab.differences(lab.counts(plain), lab.counts(again))
        assert not found, "\n".join(found[:20])

    def a_debug_file_serves_a_kernel_without():
        kernels = k.stripped("base"), k.stripped("apart")
        files = ("--debug-old", k.vmlinux("base"), "--debug-new", k.vmlinux("apart"))
        assert k.attribute(*kernels, *files)["lines"] == k.lines("base", "apart")["lines"]
        missing = k.attribute(kernels[0], "apart", "--lines")["lines"]["missing"]
        assert "no debug information" in missing["old"] and missing["new"] is None, missing

    def a_debug_file_of_another_build_is_refused():
        done = k.w.run("attribute", k.stripped("base"), "apart", "--debug-old", k.vmlinux("apart"))
        done.expect(128, "of another build")
        ids = set(re.findall(r"\b[0-9a-f]{40}\b", done.err))
        assert len(ids) == 2 and not done.out, done.err

    for test in (a_function_is_the_same_inlined_or_not, every_instruction_is_on_one_line,
                 lines_are_within_the_function, a_dose_is_found_in_its_line,
                 asking_for_lines_changes_no_count, a_debug_file_serves_a_kernel_without,
                 a_debug_file_of_another_build_is_refused):
        tap.test(test)


def main():
    """Runs them."""
    with world.World() as w:
        add_tests(Kernels(w))
        tap.main()


if __name__ == "__main__":
    tap.skipping(main)
