"""Serves an OCI layout as a registry does, for reading. Arguments: port, layout.

From https://github.com/opencontainers/distribution-spec/blob/main/spec.md, the part about pulling.
"""

import http.server
import json
import pathlib
import re
import sys

port, layout = int(sys.argv[1]), pathlib.Path(sys.argv[2])
tags = {
    entry["annotations"]["org.opencontainers.image.ref.name"]: entry["digest"]
    for entry in json.loads((layout / "index.json").read_text())["manifests"]
}


class Registry(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/v2/":
            self.answer(b"{}", "application/json")
        elif found := re.fullmatch(r"/v2/[a-z/]+/(manifests|blobs)/(.+)", self.path):
            kind, reference = found.groups()
            self.blob(tags.get(reference, reference), kind == "manifests")
        else:
            self.send_error(404)

    do_HEAD = do_GET

    def blob(self, digest, is_manifest):
        path = layout / "blobs" / digest.replace(":", "/", 1)
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        media_type = json.loads(content)["mediaType"] if is_manifest else "application/octet-stream"
        self.answer(content, media_type, digest)

    def answer(self, content, media_type, digest=None):
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        if digest:
            self.send_header("Docker-Content-Digest", digest)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", port), Registry).serve_forever()
