# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents against the schema files that are installed.

Only what those files use of JSON Schema; a keyword that is not known here is an error, so that none
is passed over."""
import json
import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "report/schema"
TYPES = {"object": dict, "array": list, "string": str, "null": type(None), "boolean": bool}
SAID = {"$schema", "$id", "title", "description"}


def of_type(value, name):
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def type_faults(value, wanted, _schema, at):
    names = wanted if isinstance(wanted, list) else [wanted]
    if not any(of_type(value, n) for n in names):
        yield f"{at}: {value!r:.80} is no {' or '.join(names)}"


def required_faults(value, wanted, _schema, at):
    if isinstance(value, dict):
        yield from (f"{at}: {n} is missing" for n in wanted if n not in value)


def property_faults(value, wanted, _schema, at):
    if isinstance(value, dict):
        for name in wanted.keys() & value.keys():
            yield from faults(value[name], wanted[name], f"{at}.{name}")


def other_faults(value, wanted, schema, at):
    if not isinstance(value, dict):
        return
    for name in value.keys() - schema.get("properties", {}).keys():
        if wanted is False:
            yield f"{at}: nobody knows {name}"
        else:
            yield from faults(value[name], wanted, f"{at}.{name}")


def item_faults(value, wanted, _schema, at):
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from faults(item, wanted, f"{at}[{i}]")


def any_faults(value, wanted, _schema, at):
    found = [list(faults(value, s, at)) for s in wanted]
    if all(found):
        yield f"{at}: none of {len(found)}: {found}"


KEYWORDS = {
    "type": type_faults,
    "required": required_faults,
    "properties": property_faults,
    "additionalProperties": other_faults,
    "items": item_faults,
    "anyOf": any_faults,
    "enum": lambda v, w, s, at: [] if v in w else [f"{at}: {v!r:.80} is none of {w}"],
    "const": lambda v, w, s, at: [] if v == w else [f"{at}: {v!r:.80} is not {w!r}"],
    "minimum": lambda v, w, s, at: [f"{at}: {v} is below {w}"] if v is not None and v < w else [],
    "maximum": lambda v, w, s, at: [f"{at}: {v} is above {w}"] if v > w else [],
    "maxLength": lambda v, w, s, at: [f"{at}: longer than {w}"] if len(v) > w else [],
    "pattern": lambda v, w, s, at: [] if re.search(w, v) else [f"{at}: {v!r:.80} is not {w}"],
    "minItems": lambda v, w, s, at: [f"{at}: fewer than {w}"] if len(v) < w else [],
}


def faults(value, schema, at="document"):
    for keyword, wanted in schema.items():
        if keyword in ("pattern", "maxLength") and not isinstance(value, str):
            continue
        if keyword not in SAID:
            yield from KEYWORDS[keyword](value, wanted, schema, at)


def check(document, name, folder=FOLDER):
    schema = json.loads((folder / f"{name}.json").read_text())
    found = list(faults(document, schema))
    assert not found, (name, found[:5])
