"""Makes `docs/images/NAME.webp`, for every such image that a page names, out of the browser tests' screenshot `NAME-light-1440.png`."""

import re
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
# Wide enough for the column of text on a screen with two pixels for each.
WIDTH = 1100

named = {name for page in ROOT.glob("docs/**/*.md") for name in re.findall(r"images/([\w-]+)\.webp", page.read_text(encoding="utf-8"))}
folder = ROOT / "docs/images"
for name in sorted(named):
    screenshot = ROOT / f"e2e/screenshots/{name}-light-1440.png"
    if not screenshot.exists():
        sys.exit(f"There is no {screenshot.relative_to(ROOT)}: run the browser tests first.")
    picture = Image.open(screenshot).convert("RGB")
    picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
    picture.save(folder / f"{name}.webp", quality=80, method=6)
for left in folder.glob("*.webp"):
    if left.stem not in named:
        left.unlink()
