"""The part of JSON Schema that the schemas under docs/ use."""

import re

KINDS = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
DESCRIBING = {"$schema", "$defs", "title", "description", "default"}


class Schema:
    """`Schema(text as JSON).problems(value)`: what is wrong with a value, an empty list where nothing is."""

    def __init__(self, root):
        self.root = root

    def problems(self, value):
        return list(self.check(value, self.root, "$"))

    def check(self, value, schema, path):
        for word, wanted in schema.items():
            if word not in DESCRIBING:
                yield from getattr(self, "check_" + word.strip("$"))(value, wanted, schema, path)

    def check_ref(self, value, name, schema, path):
        yield from self.check(value, self.root["$defs"][name.rsplit("/", 1)[1]], path)

    def check_type(self, value, kind, schema, path):
        if not isinstance(value, KINDS[kind]) or (kind == "integer" and isinstance(value, bool)):
            yield f"{path}: {value!r} is no {kind}"

    def check_anyOf(self, value, options, schema, path):
        tried = [list(self.check(value, option, path)) for option in options]
        if [] not in tried:
            yield from tried[0]

    def check_allOf(self, value, parts, schema, path):
        for part in parts:
            yield from self.check(value, part, path)

    def check_if(self, value, condition, schema, path):
        if next(self.check(value, condition, path), None) is None:
            yield from self.check(value, schema["then"], path)

    def check_then(self, value, then, schema, path):
        return iter(())

    def check_const(self, value, wanted, schema, path):
        if value != wanted:
            yield f"{path}: {value!r} is not {wanted!r}"

    def check_enum(self, value, words, schema, path):
        if value not in words:
            yield f"{path}: {value!r} is not permitted"

    def check_pattern(self, value, pattern, schema, path):
        if isinstance(value, str) and not re.search(pattern, value):
            yield f"{path}: {value!r} does not match {pattern}"

    def check_minimum(self, value, least, schema, path):
        if isinstance(value, int) and value < least:
            yield f"{path}: {value!r} is too small"

    def check_minItems(self, value, least, schema, path):
        if isinstance(value, list) and len(value) < least:
            yield f"{path}: has too few items"

    def check_required(self, value, names, schema, path):
        if isinstance(value, dict):
            yield from (f"{path}: {name} is missing" for name in names if name not in value)

    def check_properties(self, value, properties, schema, path):
        if isinstance(value, dict):
            for name, one in value.items():
                if name in properties:
                    yield from self.check(one, properties[name], f"{path}.{name}")

    def check_additionalProperties(self, value, permitted, schema, path):
        if isinstance(value, dict):
            for name, one in value.items():
                if name not in schema.get("properties", {}):
                    yield from [f"{path}: {name} is unknown"] if permitted is False else self.check(one, permitted, path)

    def check_items(self, value, items, schema, path):
        if isinstance(value, list):
            for index, one in enumerate(value):
                yield from self.check(one, items, f"{path}[{index}]")
