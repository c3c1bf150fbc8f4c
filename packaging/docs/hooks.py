"""What the documentation asks of its pages beyond what MkDocs does: scripts in files of their own, so that the pages can be served
under a strict content security policy; nothing from other places; every word spelled as a dictionary or `words.txt` has it."""

import hashlib
import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

from mkdocs.exceptions import PluginError

# Of the theme: what serves other languages, debugging, or the copy of a site at an address that it knows.
UNWANTED = ("assets/javascripts/lunr/**/*", "assets/images/favicon.png", "**/*.map", "sitemap.xml*", "404.html")

INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)

# A picture of somebody else's that is a link, such as a platform's button. On the site, a link that looks like a button.
FOREIGN_BUTTON = re.compile(r"\[!\[([^\]]+)\]\(https?://[^)]+\)\]\(([^)]+)\)")

# Attributes by which a page fetches something without being asked to.
FETCHING = {"src", "srcset", "poster", "data"}

_words: dict[str, set[str]] = {}
_faults: list[str] = []


def on_pre_build(config):
    _words.clear()
    _faults.clear()


def on_page_markdown(markdown, **_):
    return FOREIGN_BUTTON.sub(r"[\1](\2){ .md-button .md-button--primary }", markdown)


def on_post_page(output, page, config):
    """Moves scripts out of the page, and reads it as a browser and a reader would."""
    scripts = Path(config.site_dir, "assets/javascripts")
    to_root = "../" * page.url.count("/")

    def in_a_file(match):
        name = f"inline.{hashlib.sha256(match[1].encode()).hexdigest()[:8]}.js"
        scripts.mkdir(parents=True, exist_ok=True)
        (scripts / name).write_text(match[1], encoding="utf-8")
        return f'<script src="{to_root}assets/javascripts/{name}"></script>'

    output = INLINE_SCRIPT.sub(in_a_file, output)
    # The theme leaves its dialogue without a name for those who do not see it.
    output = output.replace('data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"')
    reader = Reader()
    reader.feed(output)
    _faults.extend(f"{page.file.src_uri}: {fault}" for fault in reader.faults)
    for word in reader.words:
        _words.setdefault(word, set()).add(page.file.src_uri)
    return output


def on_post_build(config):
    site = Path(config.site_dir)
    for pattern in UNWANTED:
        for path in [path for path in site.glob(pattern) if path.is_file()]:
            path.unlink()
    for folder in sorted((path for path in site.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    for sheet in site.rglob("*.css"):
        for address in re.findall(r"url\(\s*[\"']?((?:https?:)?//[^\"')]*)", sheet.read_text(encoding="utf-8")):
            _faults.append(f"{sheet.relative_to(site)}: fetches {address}")
    if os.environ.get("MATHESAR_DOCS_SPELLING") == "yes":
        check_words(Path(config.config_file_path).with_name("words.txt"))
    if _faults:
        raise PluginError("\n".join(["The documentation has faults:", *_faults]))


def check_words(ours):
    known = set(ours.read_text(encoding="utf-8").split())
    _faults.extend(f"{', '.join(sorted(_words[word]))}: {word} is in no dictionary" for word in misspelled(set(_words) - known))
    _faults.extend(f"words.txt: {word} is on no page" for word in sorted(known - set(_words)))


def misspelled(words):
    """The words that British English does not have, sorted."""
    asked = "\n".join(sorted(words))
    command = ["hunspell", "-l", "-i", "utf-8", "-d", "en_GB"]
    answer = subprocess.run(command, input=asked, capture_output=True, text=True, encoding="utf-8", check=True)
    return sorted(set(answer.stdout.split()))


class Reader(HTMLParser):
    """Collects the words of a page's content, code left out, and what a browser would fetch from other places."""

    SILENT = {"code", "pre", "script", "style", "kbd"}
    WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

    def __init__(self):
        super().__init__()
        self.words: set[str] = set()
        self.faults: list[str] = []
        self._depth = 0
        self._in_content = False

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self._in_content = self._in_content or tag == "article"
        if tag in self.SILENT:
            self._depth += 1
        fetched = [attributes.get(name) or "" for name in FETCHING if tag != "a"]
        if tag == "link" and attributes.get("rel") != "canonical":
            fetched.append(attributes.get("href") or "")
        self.faults.extend(f"fetches {address}" for address in fetched if re.match(r"(https?:)?//", address))
        if tag == "script" and "src" not in attributes and attributes.get("type") != "application/json":
            self.faults.append("has a script inside")
        if tag == "style":
            self.faults.append("has a style sheet inside")
        self.faults.extend(f"has a script in {name}" for name in attributes if name.startswith("on"))
        if "alt" in attributes:
            self.handle_data(attributes["alt"] or "")
        elif tag == "img":
            self.faults.append(f"{attributes.get('src')} has no text for those who do not see it")

    def handle_endtag(self, tag):
        if tag == "article":
            self._in_content = False
        if tag in self.SILENT:
            self._depth -= 1

    def handle_data(self, data):
        if self._in_content and self._depth == 0:
            self.words.update(re.sub("['’]s$", "", word) for word in self.WORD.findall(data))
