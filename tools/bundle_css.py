"""Join the style sheets into the one file that pages load: `python tools/bundle_css.py`.

Those of static/ledstang_core/, and the sheet of each app: one request, and it is there already when somebody goes from
a guideline to a course. No build step is needed to run the site: the result is committed, and a test compares it with
its sources.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "static" / "ledstang_core"
TARGET = ROOT / "ledstang.css"
LAYERS = "@layer ds.theme, ds.base, ds.components, ledstang;"
APPS = ["ledstang_oversight", "ledstang_reminders", "guidelines", "courses"]

VENDORED = [
    *["skip-link", "heading", "paragraph", "list", "label", "link", "button", "field", "fieldset", "input"],
    *["validation-message", "error-summary", "alert", "breadcrumbs", "card", "details", "pagination", "table", "tag"],
]


def own_sheets() -> list[Path]:
    """Our component sheets in alphabetical order, the general ones first and print last."""
    first, last = ["page"], ["modes", "print"]
    names = sorted(path.stem for path in (ROOT / "css").glob("*.css"))
    middle = [name for name in names if name not in (*first, *last, "tokens")]
    return [ROOT / "css" / f"{name}.css" for name in (*first, *middle, *last)]


def app_sheets() -> list[Path]:
    """What each app adds, for its own classes. They bring their layer with them."""
    return [ROOT.parent / app / f"{app.removeprefix('ledstang_')}.css" for app in APPS]


def squeeze(css: str) -> str:
    """Without comments and indentation. What stands in quotation marks has no runs of spaces to lose."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,]) ?", r"\1", css).replace(";}", "}").strip()


def in_layer(name: str, sheets: list[Path]) -> str:
    return f"@layer {name}{{{''.join(squeeze(sheet.read_text()) for sheet in sheets)}}}"


def bundle() -> str:
    vendor = ROOT / "vendor" / "designsystemet"
    parts = [
        "/* Made by tools/bundle_css.py. Parts: Designsystemet (MIT), see vendor/designsystemet.LICENSE. */",
        LAYERS,
        in_layer("ds.theme", [ROOT / "css" / "tokens.css"]),
        in_layer("ds.base", [vendor / "base.css"]),
        in_layer("ds.components", [vendor / f"{name}.css" for name in VENDORED]),
        in_layer("ledstang", own_sheets()),
        *(squeeze(sheet.read_text()) for sheet in app_sheets()),
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    TARGET.write_text(bundle())
    sys.stdout.write(f"{TARGET.name}: {len(TARGET.read_bytes()):,} bytes\n")
