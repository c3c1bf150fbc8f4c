"""What schemathesis is told about the server that it calls: which numbers and words mean something there, since random ones would
only ever be refused at the door; and what, beside a status of 500 and more, must never be answered.

`MATHESAR_TEST_WORLD` is JSON: `known`, the values that mean something, by the name of the member that holds them; and `tally`, the
file that takes how often each operation answered with each status."""

import atexit
import collections
import copy
import json
import os

import schemathesis

WORLD = json.loads(os.environ["MATHESAR_TEST_WORLD"])
# The number of an error that is our fault.
INTERNAL_ERROR = -31000
# What columns can have as numbers, and something that they cannot.
ATTNUMS = [1, 2, 3, 4, 5, 0, 32767]
SCHEMAS = "#/components/schemas/"

FILTERS = """and or not equal lesser greater lesser_or_equal greater_or_equal null not_null contains starts_with json_array_length
    json_array_contains convert_to_json truncate_to_year uri_scheme email_domain not_equal between in not_in ends_with not_contains
    matches array_contains array_not_empty array_length_equals range_contains range_overlaps network_contains fulltext_matches
    current_date attnum literal""".split()
TYPES = """text integer bigint numeric boolean date time timestamp interval jsonb uuid bytea xml money _array daterange point
    torture.mood int4[] varchar char bit inet tsvector""".split()
VALUES = ["", "1", "x", 1, 1.5, None, True, [1], ["a"], {"a": 1}, "2024-01-01", "infinity", "{1,2}", "[1,5)", "\\x00", -32769]

# By the name of the member; where a name means several things, by shape and name.
KNOWN = {
    **WORLD["known"],
    **dict.fromkeys(["attnum", "column_attnum", "column_attnums", "key_attnum", "columns", "fkey_columns"], ATTNUMS),
    **dict.fromkeys(["ColumnPatch.id", "PreviewColumn.id", "hidden", "move_column_attnums"], ATTNUMS),
    "FilterNode.type": FILTERS,
    "ColumnDef.type": TYPES,
    "ColumnPatch.type": TYPES,
    "CheckCastParams.type": TYPES,
    "PreviewColumn.type": TYPES,
    "LoadColumn.type": TYPES,
    "item_type": TYPES,
    "ConstraintDef.type": ["p", "f", "u", "c", "primary", "foreignkey", "unique", "check"],
    "record_ids": [1, 2, 100],
    "direct": ["SELECT", "INSERT", "UPDATE", "DELETE", "USAGE", "CREATE", "CONNECT", "TEMPORARY", "REFERENCES", "TRIGGER"],
    "preproc": ["truncate_to_year", "truncate_to_month", "uri_scheme", "email_domain", "none"],
    "function": ["count", "distinct_aggregate_to_array", "sum", "mean", "median", "mode", "max", "min", "percentage_true"],
    "alias": ["a", "b"],
    "field": ["a", "b"],
    "input_alias": ["a", "b"],
    "base_grouping_column": ["a", "b"],
    "using": ["true", "id = 1", "owner = current_user", "(select 1) = 1", "nothing.at_all", ")"],
    "check": ["true", "id > 0", "note <> ''", "("],
    "fkey_delete_action": ["a", "r", "c", "n", "d"],
    "fkey_update_action": ["a", "r", "c", "n", "d"],
    "method": ["records.list", "records.add", "tables.delete", "session.get"],
    "UserDef.password": ["a long enough password", "short"],
    "RenamedValue.value": ["sad", "so so", "none"],
    "mappings": ['[{"csv_column": {"index": 0, "name": "a"}, "table_column": 2}]', "[]", "{}"],
    "Dialect.encoding": ["utf-8", "latin1"],
    "Dialect.delimiter": [",", ";"],
    "Dialect.quote": ['"'],
    "index": [0, 1, 2],
}
# Members that hold values by the numbers of columns, or by the keys of fields.
RECORDS = {"record_def": "1234", "expect": "1234", "SubmitParams.values": "k"}
# Members that can hold anything, and of which little means something.
ANYTHING = {
    "record_id": [1, 2, 0, "x", None, {"1": 1}],
    "RecordsLocateParams.key": [{"1": "1"}, {"1": "x"}, {}],
    "ShowParams.params": [{"database_id": KNOWN["database_id"][0], "table_oid": table} for table in KNOWN["table_oid"]],
}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Narrows what is sent, in copies of the shapes: what is answered has the same shapes, and is held to them as they are."""
    shapes = raw_schema["components"]["schemas"]
    sent = {}
    for path in raw_schema["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                parameter["schema"] = narrowed(parameter["schema"], None, parameter["name"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content["schema"] = as_sent(content["schema"], shapes, sent)
    shapes.update(sent)


def as_sent(schema, shapes, sent):
    """The schema with its references led to narrowed copies, which are added to `sent`."""
    if isinstance(schema, list):
        return [as_sent(one, shapes, sent) for one in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        name = reference.removeprefix(SCHEMAS)
        if f"{name}.sent" not in sent:
            sent[f"{name}.sent"] = {}
            sent[f"{name}.sent"] = narrowed_members(as_sent(copy.deepcopy(shapes[name]), shapes, sent), name)
        return {"$ref": f"{SCHEMAS}{name}.sent"}
    inner = {key: as_sent(one, shapes, sent) for key, one in schema.items() if key != "discriminator"}
    return narrowed_members(inner, None)


def narrowed_members(schema, shape):
    if isinstance(schema.get("properties"), dict):
        schema["properties"] = {name: narrowed(one, shape, name) for name, one in schema["properties"].items()}
    return schema


def narrowed(schema, shape, name):
    """The schema of a member with this name of this shape."""
    if keys := of_member(RECORDS, shape, name):
        return {"type": "object", "properties": dict.fromkeys(keys, {"enum": VALUES}), "additionalProperties": False}
    if values := of_member(ANYTHING, shape, name):
        return {"enum": values}
    known = of_member(KNOWN, shape, name)
    if known is None or not isinstance(schema, dict):
        return schema
    kinds = schema.get("type")
    if kinds == "array" or (isinstance(kinds, list) and "array" in kinds):
        # A list of things that have a shape is no list of these.
        return schema if "$ref" in schema.get("items", {}) else schema | {"items": {"enum": known}, "maxItems": 5}
    if kinds in ("integer", "string") or isinstance(kinds, list):
        return {"enum": [*known, None] if isinstance(kinds, list) else known}
    return schema


def of_member(table, shape, name):
    return table.get(f"{shape}.{name}", table.get(name))


@schemathesis.check
def not_an_internal_error(context, response, case):
    """JSON-RPC answers with status 200, also where something is our fault."""
    try:
        answers = response.json()
    except ValueError:
        return
    for answer in answers if isinstance(answers, list) else [answers]:
        error = answer.get("error", answer) if isinstance(answer, dict) else {}
        if isinstance(error, dict) and error.get("code") == INTERNAL_ERROR:
            raise AssertionError(f"an internal error: {error.get('message')}")


TALLY = collections.defaultdict(collections.Counter)


@schemathesis.hook
def after_call(context, case, response):
    TALLY[case.operation.definition.raw["operationId"]][response.status_code] += 1


@atexit.register
def write_tally():
    with open(WORLD["tally"], "w", encoding="utf-8") as file:
        json.dump(TALLY, file)
