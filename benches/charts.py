"""Bar charts as SVG. The numbers are shown as text, so they can be read without colors."""

from __future__ import annotations

from xml.sax.saxutils import escape

import targets

CHARTED = {
    "W1": ("Retrieve one group, CPU of the client in µs per call", 1),
    "W2": ("List a page of 100 groups, CPU of the client in µs per page", 1),
    "W3": ("Retrieve with 64 in flight, CPU of the client in µs per call", 1),
    "W5": ("Submit a roster of 10,000 members, CPU of the client in ms", 1e3),
}
WIDTH, LEFT, BAR, GAP, TOP = 760, 210, 18, 6, 46
OURS, OTHERS, INK = "#1a7f5a", "#9aa5b1", "#1f2933"


def draw(measures, languages: dict[str, str]) -> dict[str, str]:
    drawn = {}
    for workload, (title, scale) in CHARTED.items():
        groups = {}
        for language, name in languages.items():
            bars = [
                (
                    client.split("/", 1)[1],
                    (targets.median(measures, workload, client, "cpu_us") or 0) / scale,
                )
                for client in measures.get(workload, {})
                if client.startswith(f"{language}/")
            ]
            if bars:
                groups[name] = sorted(bars, key=lambda bar: bar[1])
        if groups:
            drawn[f"bench-{workload.lower()}.svg"] = chart(title, groups)
    return drawn


def chart(title: str, groups: dict[str, list[tuple[str, float]]]) -> str:
    height = TOP + sum(34 + len(bars) * (BAR + GAP) for bars in groups.values()) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="26" font-size="16" font-weight="600" fill="{INK}">{escape(title)}</text>',
    ]
    y = TOP
    for group, bars in groups.items():
        # Each language has its own scale: bars compare clients of one language.
        longest = max(value for _, value in bars) or 1
        parts.append(f'<text x="16" y="{y + 18}" font-weight="600" fill="{INK}">{group}</text>')
        y += 28
        for name, value in bars:
            ours = name == "ours"
            width = max(1.0, (WIDTH - LEFT - 90) * value / longest)
            text = "vitable-groups" if ours else escape(name)
            weight = "600" if ours else "400"
            parts += [
                f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end" font-weight="{weight}" '
                f'fill="{INK}">{text}</text>',
                f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" '
                f'fill="{OURS if ours else OTHERS}"/>',
                f'<text x="{LEFT + width + 6:.1f}" y="{y + 14}" font-weight="{weight}" '
                f'fill="{INK}">{shown(value)}</text>',
            ]
            y += BAR + GAP
        y += 6
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
