"""Reads what helm rendered, a mapping from names to YAML as JSON on standard input; holds each object against the schemas of the versions
that are given as arguments; and writes the objects of each name to standard output.

What comes from elsewhere than Kubernetes itself is held against the schemas beside the tests, whose folder is the first argument.
"""

import json
import pathlib
import sys
import warnings

import jsonschema
import kubernetes_validate
import yaml

schemas, versions = pathlib.Path(sys.argv[1]), sys.argv[2:]
# The newest schemas are kept a while before Kubernetes itself is released.
warnings.simplefilter("ignore")


def check(name, one):
    own = schemas / f"{one['kind'].lower()}.json"
    if own.exists():
        jsonschema.Draft7Validator(json.loads(own.read_text())).validate(one)
        return
    for version in versions:
        try:
            kubernetes_validate.validate(one, version, strict=True)
        except Exception as error:
            sys.exit(f"{name}: {one['kind']} {one['metadata']['name']} on Kubernetes {version}: {error}")


loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
rendered = {name: [one for one in yaml.load_all(text, loader) if one] for name, text in json.load(sys.stdin).items()}
for name, objects in rendered.items():
    for one in objects:
        check(name, one)
json.dump(rendered, sys.stdout)
