# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of the house that a compiler does not see: sizes, licence lines, global state, lists
that must agree."""
import json
import pathlib
import re
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from lint import sources

MAX_LINES = 800
MEDIAN_LINES = 200
CODE = (".c", ".h", ".py", ".sh", ".yaml", ".sql")
# The only global that library code may write.
GLOBALS = {"log_level"}
# Hosts of documentation; where packages come from is the machine's business.
HOSTS = re.compile(r"(^|\.)(gnu\.org|fsf\.org|spdx\.org|kernel\.org|json-schema\.org|qemu\.org|"
                   r"www\.debian\.org|"
                   r"testanything\.org|w3\.org|example\.(org|com))$")
URL = re.compile(r"\b(?:https?|ftp)://([A-Za-z0-9][A-Za-z0-9.-]*)")
# A line of objdump -t: address, seven flags, section, size, name.
SYMBOL = re.compile(r"^[0-9a-f]{16} (.{7}) (\S+)\t[0-9a-f]{16} (?:\.hidden )?(\S+)$")
# A Debian package may take these for granted when it is built; and what kernels seldom need.
BUILD_ESSENTIAL = {"gcc", "libc6-dev"}
UNSUGGESTED = {"libc6-dev", "libssl-dev", "xz-utils"}
MERGE_MARK = re.compile(r"(<{7}|>{7}|\|{7}) ")
MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(?:work|root|home/\w+)(?=/)")


def is_script(path):
    """A file without a suffix that the kernel runs by its first line."""
    return not path.suffix and sources.read(path).startswith("#!")


def check_spdx(root):
    """Sources without a licence line at their top."""
    found = []
    for path in sources.files(root):
        named = path.suffix in CODE or path.name in ("meson.build", "meson_options.txt")
        if "corpus" in path.parts or not (named or is_script(root / path)):
            continue
        if not any("SPDX-License-Identifier:" in line
                   for line in sources.read(root / path).splitlines()[:3]):
            found.append(f"{path}: no SPDX-License-Identifier in the first three lines")
    return found


def check_merged(root):
    """Marks that a merge left behind."""
    return [f"{path}:{number}: a mark of a merge" for path in sources.files(root)
            for number, line in enumerate(sources.read(root / path).splitlines(), 1)
            if MERGE_MARK.match(line)]


def check_sizes(root):
    """Files that grew too long, and the median of the C sources."""
    found, lengths = [], []
    for path in sources.files(root, (".c", ".h", ".py", ".sh")):
        lines = len(sources.read(root / path).splitlines())
        if lines > MAX_LINES:
            found.append(f"{path}: {lines} lines, more than {MAX_LINES}")
        if path.suffix == ".c":
            lengths.append(lines)
    if lengths:
        median = statistics.median(lengths)
        print(f"# {len(lengths)} .c files, median {median:g} lines, longest {max(lengths)}")
        if median >= MEDIAN_LINES:
            found.append(f"the median .c file has {median:g} lines, not under {MEDIAN_LINES}")
    return found


def check_hosts(root):
    """Addresses on the network outside documentation."""
    found = []
    for path in sources.files(root):
        for host in set(URL.findall(sources.read(root / path))):
            if not HOSTS.search(host.rstrip(".").lower()):
                found.append(f"{path}: names the host {host}")
    return found


def check_paths(root):
    """Paths that exist on one machine only."""
    found = []
    for path in sources.files(root):
        if "corpus" in path.parts:
            continue
        for number, line in enumerate(sources.read(root / path).splitlines(), 1):
            for match in MACHINE_PATH.finditer(line):
                found.append(f"{path}:{number}: names the machine's {match.group()}/")
    return found


def check_globals(archives):
    """Writable variables in library code, from the symbols of the static libraries."""
    found = []
    for archive in archives:
        out = subprocess.run(["objdump", "-t", str(archive)], check=True, capture_output=True,
                             text=True).stdout
        member = ""
        for line in out.splitlines():
            if "file format" in line:
                member = line.split(":")[0]
            symbol = SYMBOL.match(line)
            if not symbol:
                continue
            flags, section, name = symbol.groups()
            # Read-only after relocation is constant enough: tables of pointers live there.
            constant = section.startswith((".rodata", ".data.rel.ro"))
            variable = ("O" in flags or section == "*COM*" or
                        section.startswith((".tbss", ".tdata")) and "d" not in flags)
            # The address sanitizer's marks of a variable, one beside each: of gcc, of clang.
            if name.startswith(("__odr_asan", "__unnamed_")):
                continue
            if variable and not constant and name.split(".")[0] not in GLOBALS:
                found.append(f"{archive.name}({member}): {name} is writable ({section})")
    return found


def commands(build):
    """The names that 'slowpath --help' lists."""
    out = subprocess.run([build / "cmd/slowpath", "--help"], check=True, capture_output=True,
                         text=True).stdout
    return re.findall(r"^  ([a-z][a-z-]*) ", out, re.M)


def check_manual(root, names):
    """Commands without a man page, and man pages without a command."""
    pages = {p.name[len("slowpath-"):-2] for p in root.glob("man/slowpath-*.1")}
    found = [f"no man/slowpath-{name}.1" for name in names if name not in pages]
    found += [f"man/slowpath-{page}.1 has no command" for page in sorted(pages - set(names))]
    if not (root / "man/slowpath.1").exists():
        found.append("no man/slowpath.1")
    return found


def code_spans(text):
    """What a Markdown text shows as code: fenced blocks, indented lines, `spans`."""
    fenced = re.findall(r"^```.*?$(.*?)^```", text, re.M | re.S)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return fenced + re.findall(r"^(?: {4}|\t).*", rest, re.M) + re.findall(r"`([^`\n]+)`", rest)


def check_readme(root, names):
    """Commands that the documents show and that do not exist."""
    found = []
    for page in ("README.md", "DESIGN.md", "HACKING.md"):
        text = sources.read(root / page) if (root / page).exists() else ""
        for span in code_spans(text):
            # A command is the word after the program's name, where a line or a pipe starts.
            for word in re.findall(r"(?:^|[\n|;&(]|run|[$]) *(?:\./)?slowpath ([a-z][a-z-]*)", span):
                if word not in names and word != "help":
                    found.append(f"{page}: 'slowpath {word}' is not a command")
    return found


def check_listed(root, listed):
    """Test files that meson does not run, in the folder's suite or, where "" stands for it, in any."""
    found = []
    listed = listed | {("", name) for _, name in listed}
    for pattern, prefix, drop in (("tests/unit/*/test_*.c", "unit", "test_"),
                                  ("tests/fuzz/fuzz_*.c", "corpus", ""),
                                  ("tests/lint/*.py", "lint", ""), ("tests/cli/**/*.py", "cli", ""),
                                  ("tests/boot/**/*.py", "boot", ""),
                                  ("tests/real/*.py", "", "")):
        for path in sorted(root.glob(pattern)):
            name = path.stem[len(drop):]
            helper = path.suffix == ".py" and "tap.main()" not in sources.read(path)
            if not helper and (prefix, name) not in listed:
                found.append(f"{path.relative_to(root)} is not run by tests/meson.build")
    return found


def depends(control, field):
    """Names of packages in a field of debian/control."""
    text = re.search(rf"^{field}:((?:.*\n)(?:[ \t].*\n)*)", control + "\n", re.M)
    return set(re.findall(r"(?:^|,)\s*([a-z0-9][a-z0-9+.-]+)", text.group(1))) if text else set()


def check_package(root):
    """What debian/ says a second time: tools/deps.sh has the packages, meson.build the version."""
    texts = [sources.read(root / name) if (root / name).exists() else "" for name in
             ("debian/control", "debian/changelog", "tools/deps.sh", "meson.build")]
    control, changelog, deps, meson = texts
    lists = {name: set(words.split()) for name, words in
             re.findall(r"^(\w+_PACKAGES)=\(([^)]*)\)", deps, re.M)}
    wanted = {"Build-Depends": lists.get("BUILD_PACKAGES", set()) - BUILD_ESSENTIAL,
              "Depends|Recommends": lists.get("RUN_PACKAGES", set()),
              "Suggests|Recommends": lists.get("KERNEL_PACKAGES", set()) - UNSUGGESTED}
    found = [f"debian/control: {fields} lacks {name}, which tools/deps.sh has"
             for fields, names in wanted.items()
             for name in sorted(names - set().union(*(depends(control, f)
                                                      for f in fields.split("|"))))]
    found += [f"debian/control: Build-Depends has {name}, which tools/deps.sh has not" for name in
              sorted(depends(control, "Build-Depends") - set().union(*lists.values())
                     - {"debhelper-compat"})]
    versions = [re.search(pattern, text, re.M) for pattern, text in
                ((r"^slowpath \(([^)]*)\)", changelog), (r"^ *version: '([^']*)'", meson))]
    if len({v and v.group(1) for v in versions}) != 1:
        found.append("debian/changelog and meson.build have different versions")
    return found


def meson_tests(build):
    """(suite, name) of every test that the build has."""
    text = (build / "meson-info/intro-tests.json").read_text(encoding="utf-8")
    return {(s.split(":")[-1], t["name"]) for t in json.loads(text) for s in t["suite"]}


def main():
    """The checks as tests."""
    root, build = tap.SOURCE, tap.build_dir()
    for check in (check_spdx, check_merged, check_sizes, check_hosts, check_paths, check_package):
        tap.add(check.__name__.replace("_", " "), lambda c=check: sources.none(c(root)))
    # tests/ has what is linked into a test and is no library.
    archives = sorted(set(build.glob("*/lib*.a")) - set(build.glob("tests/*.a")))
    tap.add("check globals", lambda: sources.none(check_globals(archives)))
    tap.add("check manual", lambda: sources.none(check_manual(root, commands(build))))
    tap.add("check readme", lambda: sources.none(check_readme(root, commands(build))))
    tap.add("check listed", lambda: sources.none(check_listed(root, meson_tests(build))))
    tap.main()


if __name__ == "__main__":
    main()
