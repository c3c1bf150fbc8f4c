"""Reads one document as YAML (which JSON is, too) from standard input, holds it against the schema whose path is the argument, and
writes it to standard output as JSON."""

import json
import pathlib
import sys

import jsonschema
import yaml

document = yaml.safe_load(sys.stdin)
schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
faults = [f"{fault.json_path}: {fault.message}" for fault in jsonschema.Draft7Validator(schema).iter_errors(document)]
if faults:
    sys.exit("\n".join(faults))
json.dump(document, sys.stdout)
