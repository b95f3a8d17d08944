"""docs_swift.py GRAPH DIR: writes a page of the symbols in a Swift symbol graph. The pages of DocC
cannot be opened from the disk.
"""

import html
import json
import sys
from pathlib import Path

STYLE = (
    "body{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "pre{background:#f5f6fa;padding:.5em;white-space:pre-wrap}.member{margin-left:2em}"
)
graph, folder = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
symbols = [
    symbol
    for symbol in graph["symbols"]
    # Skips symbols that the compiler adds, which have no comment, and internal ones.
    if "docComment" in symbol and not symbol["pathComponents"][0].startswith("Native")
]
symbols.sort(key=lambda symbol: (symbol["pathComponents"][0], len(symbol["pathComponents"])))
text = f"<!doctype html><meta charset=utf-8><title>VitableGroups</title><style>{STYLE}</style>"
text += "\n<h1>VitableGroups</h1>"
for symbol in symbols:
    path = symbol["pathComponents"]
    declaration = "".join(fragment["spelling"] for fragment in symbol["declarationFragments"])
    comment = "\n".join(line["text"] for line in symbol["docComment"]["lines"])
    text += f"\n<h2>{html.escape(path[0])}</h2>" if len(path) == 1 else ""
    text += f"\n<div class={'member' if len(path) > 1 else 'type'}><pre>{html.escape(declaration)}"
    text += f"</pre><pre>{html.escape(comment)}</pre></div>"
folder.mkdir(parents=True, exist_ok=True)
(folder / "index.html").write_text(text)
print(f"docs-swift: {len(symbols)} symbols")
