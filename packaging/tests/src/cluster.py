"""Keeps objects as the API of Kubernetes does: as much of it as helm needs to install, upgrade and uninstall a release.

It checks nothing and runs nothing; helm's own notes of releases are elsewhere (`HELM_DRIVER`). What helm does with what is already there (keeping a Secret, leaving a claim, finding both again) is
decided by helm and the chart. Argument: port. From https://kubernetes.io/docs/reference/using-api/api-concepts/.
"""

import http.server
import json
import sys
import threading
import urllib.parse

import yaml

KINDS = {
    "/api/v1": {
        "secrets": "Secret",
        "services": "Service",
        "serviceaccounts": "ServiceAccount",
        "persistentvolumeclaims": "PersistentVolumeClaim",
        "pods": "Pod",
    },
    "/apis/apps/v1": {"deployments": "Deployment", "statefulsets": "StatefulSet"},
}
objects = {}
lock = threading.Lock()
versions = iter(range(1, 1 << 30))


def merged(present, change):
    """RFC 7396; a strategic merge differs in lists, which helm gives whole here."""
    if not isinstance(change, dict) or not isinstance(present, dict):
        return change
    result = {name: value for name, value in present.items() if name not in change}
    for name, value in change.items():
        if value is not None:
            result[name] = merged(present.get(name), value)
    return result


class Cluster(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        url = urllib.parse.urlparse(self.path)
        self.query = urllib.parse.parse_qs(url.query)
        length = int(self.headers.get("Content-Length", 0))
        # Patches of server-side apply are YAML, which all JSON is, too.
        body = yaml.safe_load(self.rfile.read(length)) if length else None
        with lock:
            status, answer = self.answer(url.path, body)
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def answer(self, path, body):
        if path == "/version":
            return 200, {"major": "1", "minor": "31", "gitVersion": "v1.31.0"}
        if path == "/api":
            return 200, {"kind": "APIVersions", "versions": ["v1"]}
        if path == "/apis":
            version = {"groupVersion": "apps/v1", "version": "v1"}
            group = {"name": "apps", "versions": [version], "preferredVersion": version}
            return 200, {"kind": "APIGroupList", "apiVersion": "v1", "groups": [group]}
        if path in KINDS:
            verbs = ["create", "delete", "get", "list", "patch", "update"]
            resources = [
                {"name": plural, "kind": kind, "namespaced": True, "verbs": verbs}
                for plural, kind in KINDS[path].items()
            ]
            group_version = path.removeprefix("/apis/").removeprefix("/api/")
            return 200, {"kind": "APIResourceList", "groupVersion": group_version, "resources": resources}
        if self.command == "POST":
            return self.store(f"{path}/{body['metadata']['name']}", body, 201)
        if self.command == "PATCH" and "apply-patch" in self.headers["Content-Type"]:
            return self.store(path, merged(objects.get(path), body), 200)
        if path not in objects:
            return 404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
        if self.command == "PATCH":
            return self.store(path, merged(objects[path], body), 200)
        if self.command == "PUT":
            return self.store(path, body, 200)
        if self.command == "DELETE":
            del objects[path]
            return 200, {"kind": "Status", "apiVersion": "v1", "status": "Success"}
        return 200, objects[path]

    def store(self, path, body, status):
        if self.command == "POST" and path in objects:
            return 409, {"kind": "Status", "status": "Failure", "reason": "AlreadyExists", "code": 409}
        version = str(next(versions))
        metadata = {"uid": version} | body["metadata"] | {"resourceVersion": version}
        stored = body | {"metadata": metadata}
        if "dryRun" not in self.query:
            objects[path] = stored
        return status, stored

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Cluster).serve_forever()
