# SPDX-License-Identifier: GPL-2.0-or-later
"""One digit changed in every measured field of a bundle, and the manifest made to fit: what verify
accepts is what it lists as held by its hash alone, and nothing else."""
import csv
import io
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import bundles, madeup, madeup_studies
from cli.made import Made

APART, LATER = "results/ does not compare", "behind the first of their kernel"
TIMED = "timed runs"
ACCEPTED = set()  # (file, field) over all kinds
LISTED = set()


def other(text):
    """The text with one digit changed, or one letter where there is no digit; None: neither."""
    found = re.search(r"[0-9]", text) or re.search(r"(?<!\\)[A-Za-z]", text)
    if not found:
        return None
    old = found.group()
    new = str((int(old) + 1) % 9) if old.isdigit() else "y" if old == "x" else "x"
    return text[:found.start()] + new + text[found.end():]


class Forgery:
    """Another text of a file. run: the run's number, 0 if it is of none in particular."""

    def __init__(self, file, field, text, run=0):
        self.file, self.field, self.text, self.run = file, field, text, run


def of_csv(name, text):
    rows = list(csv.reader(io.StringIO(text)))
    groups = {}
    for at, row in enumerate(rows[1:], 1):
        # Of the lines of one run, or function, these few have all there is.
        what = row[1] if name.endswith(("state.csv", "spans.csv")) else ""
        groups.setdefault((row[0], what), []).append(at)
    for lines in groups.values():
        for at in {lines[0], lines[-1]}:
            for column, value in enumerate(rows[at]):
                new = other(value)
                if new is None:
                    continue
                forged = [list(row) for row in rows]
                forged[at][column] = new
                out = io.StringIO()
                csv.writer(out, lineterminator="\n").writerows(forged)
                run = int(rows[at][0]) if rows[0][0] in ("id", "run") else 0
                field = rows[0][column]
                if field == "value" and name == "raw/state.csv":
                    field = f"{rows[at][1].split()[0]} {rows[at][2]}"  # the moment, and of what
                yield Forgery(name, field, out.getvalue(), run)


def of_json(name, text):
    """Line by line, as they are written: one member each."""
    lines, path = text.split("\n"), []
    for at, line in enumerate(lines):
        depth = len(line) - len(line.lstrip())
        member = re.match(r'\s*"([^"]*)": ', line)
        del path[max(depth - 1, 0):]
        path.append(member.group(1) if member else "")
        head, value = (member.group(), line[member.end():]) if member else ("", line)
        new = other(value)
        if new is None or value.rstrip(",") in ("true", "false", "null"):
            continue
        yield Forgery(name, ".".join(p for p in path if p),
                      "\n".join(lines[:at] + [head + new] + lines[at + 1:]))


def forgeries(folder):
    for path in bundles.files(folder):
        name = str(path.relative_to(folder))
        text = path.read_text(encoding="utf-8")
        if not name.startswith(("raw/", "scenarios/", "kernels/", "experiment.json")):
            continue
        if name.endswith(".csv"):
            yield from of_csv(name, text)
        elif name.endswith(".json"):
            yield from of_json(name, text)
        elif other(text):
            yield Forgery(name, "", other(text))


class Claims:
    """What verify lists, as (pattern of the file, field, condition)."""

    def __init__(self, folder, lines):
        self.all = []
        for line in lines:
            what, _, condition = line.partition(" (of ")
            file, colon, fields = what.partition(": ")
            if file.startswith("raw/result.json"):  # in words, of what the command said
                file = fields = ""
                self.all.append(("raw/result.json", "", ""))
            for name in file.split(", ") if file else []:
                for field in fields.split(", ") if colon else [""]:
                    self.all.append((name, field, condition))
        with open(folder / "raw/runs.csv", encoding="utf-8", newline="") as f:
            runs = list(csv.DictReader(f))
        self.timed = runs[0]["accelerator"] != "tcg-icount"
        blocks = {json.loads(p.read_text())["block"] for p in folder.glob("results/[0-9]*.json")}
        self.compared = {int(r["id"]) for r in runs if int(r["block"]) in blocks}
        kernels = [r["kernel_spec"] if "-d0" in str(folder) else r["side"] for r in runs]
        self.first = {kernels.index(k) + 1 for k in kernels}

    def of(self, forgery):
        """The claim that a forgery is of, or None."""
        for name, field, condition in self.all:
            pattern = re.escape(name).replace(r"\*", "[0-9]+")
            if not re.fullmatch(pattern, forgery.file):
                continue
            if field and not re.match(re.escape(field) + r"([. ]|$)", forgery.field):
                continue
            if APART in condition and forgery.run in self.compared:
                continue
            if TIMED in condition and not self.timed:
                continue
            if LATER in condition and forgery.run in self.first:
                continue
            return name, field, condition
        return None


def walk(make, **more):
    """Forges every field; returns how many were tried and how many accepted."""
    tried = accepted = 0
    with Made(make, **more) as m:
        done = madeup.slowpath(m.home, "bundle", m.id, "-o", m.dir)
        assert done.returncode == 0, done
        status, findings, lines = bundles.verify(m.dir)
        assert status == 0, findings
        readme = re.sub(r"\\(.)", r"\1", (m.dir / "README.md").read_text())
        for line in lines:
            assert f"- {line}\n" in readme, line
        text = madeup.slowpath(m.home, "verify", m.dir).stdout
        assert text.count("held by its hash alone: ") == len(lines), text
        claims = Claims(m.dir, lines)
        LISTED.update((name, field) for name, field, _ in claims.all)
        for forgery in forgeries(m.dir):
            path = m.dir / forgery.file
            before = path.read_bytes()
            path.write_text(forgery.text, encoding="utf-8")
            bundles.seal(m.dir)
            status, _, _ = bundles.verify(m.dir)
            tried += 1
            if status == 0:
                claim = claims.of(forgery)
                assert claim, (forgery.file, forgery.field, forgery.run, lines)
                ACCEPTED.add(claim[:2])
                accepted += 1
            path.write_bytes(before)
    assert accepted, "nothing was accepted, not even what is listed"
    print(f"# {make.__name__}: {accepted} of {tried} accepted")


def all_there(make):
    """With what the made-up runs lack; every run has an environment of its own."""
    def made(db):
        ident = make(db)
        db.execute("UPDATE run SET affinity = '{\"cpus\": 3}', load_after = 0.25, "
                   "environment = environment || 'x' || id || '=1' || char(10)")
        db.commit()
        return ident
    made.__name__ = make.__name__
    return made


@tap.test
def formal_counts():
    walk(all_there(lambda db: madeup.exact(db, blocks=2)))


@tap.test
def formal_times():
    walk(all_there(lambda db: madeup.timed(db, blocks=2, rounds=3)))


@tap.test
def one_comparison():
    walk(madeup.compare)


@tap.test
def a_series():
    walk(madeup_studies.narrow)


@tap.test
def what_explains():
    for make in (madeup_studies.attribute, madeup_studies.cover, madeup_studies.probe):
        walk(make)


@tap.test
def a_foreign_program():
    def program(db):
        ident = madeup_studies.program(db)
        db.execute("UPDATE experiment SET command = json_remove(command, '$.scenario')")
        return ident
    walk(program)


@tap.test
def every_field_that_is_listed_was_accepted_somewhere():
    assert LISTED and LISTED == ACCEPTED, LISTED ^ ACCEPTED


tap.main()
