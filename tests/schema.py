# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds a JSON document against a schema: as much of JSON Schema as ours use, and no word of it unheard."""
import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "report/schema"
KNOWN = {"$schema", "$id", "title", "type", "required", "properties", "additionalProperties", "items",
         "enum", "const", "minimum", "maximum", "exclusiveMinimum", "minItems", "maxItems"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
         "number": (int, float), "integer": int}


def _is(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def _one(schema, value, at, found):
    unknown = set(schema) - KNOWN
    assert not unknown, f"the schema says {unknown} at {at}, which nobody looks at"
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(_is(value, name) for name in types):
        found.append(f"{at} is {json.dumps(value)[:40]}, not {' or '.join(types)}")
        return
    if "const" in schema and value != schema["const"]:
        found.append(f"{at} is {value!r}, not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at} is {value!r}, none of {schema['enum']}")
    if value is not None and "minimum" in schema and value < schema["minimum"]:
        found.append(f"{at} is {value}, less than {schema['minimum']}")
    if value is not None and "maximum" in schema and value > schema["maximum"]:
        found.append(f"{at} is {value}, more than {schema['maximum']}")
    if value is not None and "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        found.append(f"{at} is {value}, not more than {schema['exclusiveMinimum']}")
    if isinstance(value, list) and not (
            schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))):
        found.append(f"{at} has {len(value)} elements")
    if isinstance(value, dict):
        _members(schema, value, at, found)
    for i, element in enumerate(value if isinstance(value, list) else []):
        _one(schema.get("items", {}), element, f"{at}[{i}]", found)


def _members(schema, value, at, found):
    properties = schema.get("properties", {})
    found += [f"{at} lacks {name}" for name in schema.get("required", []) if name not in value]
    for name, member in value.items():
        if name in properties:
            _one(properties[name], member, f"{at}.{name}", found)
        elif schema.get("additionalProperties") is False:
            found.append(f"{at} has {name}")


def check(name, document):
    """Asserts that @document is as report/schema/@name.json says."""
    found = []
    _one(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")), document, "$", found)
    assert not found, "\n".join(found)
