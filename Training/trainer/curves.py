"""Curves of a training run as an SVG, with nothing but text."""

import math

COLOURS = ("#2364aa", "#c8553d", "#3a7d44", "#8e5572", "#b08900", "#4a4e69", "#008891", "#5f0f40")


def panel(title, series, x, y, width, height):
    """One diagram. series: {name: [(step, value), ...]}."""
    points = [p for line in series.values() for p in line if math.isfinite(p[1])]
    parts = [f'<text x="{x}" y="{y - 10}" font-weight="bold">{title}</text>']
    if not points:
        return parts
    left, right = min(p[0] for p in points), max(p[0] for p in points)
    low, high = min(p[1] for p in points), max(p[1] for p in points)
    right, high = max(right, left + 1), max(high, low + 1e-6)

    def place(point):
        across, up = (point[0] - left) / (right - left), (point[1] - low) / (high - low)
        return x + across * width, y + height - up * height

    parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="none" stroke="#bbb"/>')
    for share in (0, 0.25, 0.5, 0.75, 1):
        level = y + height - share * height
        parts.append(f'<line x1="{x}" x2="{x + width}" y1="{level}" y2="{level}" stroke="#eee"/>')
        parts.append(f'<text x="{x - 6}" y="{level + 4}" text-anchor="end">{low + share * (high - low):.3g}</text>')
        at = left + share * (right - left)
        parts.append(f'<text x="{x + share * width}" y="{y + height + 16}" text-anchor="middle">{at:.0f}</text>')
    for number, (name, line) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in (place(p) for p in line if math.isfinite(p[1])))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(f'<text x="{x + width + 10}" y="{y + 12 + 16 * number}" fill="{colour}">{name}</text>')
    return parts


def smoothed(line, window):
    """Means of neighbouring points, so that a thousand steps stay readable."""
    size = max(1, len(line) // window)
    groups = [line[i : i + size] for i in range(0, len(line), size)]
    return [(g[-1][0], sum(p[1] for p in g) / len(g)) for g in groups]


def draw(history, path):
    """history: list of {"step": n, "loss": {...}} and {"step": n, "metric": {...}}."""
    losses, metrics = {}, {}
    for entry in history:
        for target, key in ((losses, "loss"), (metrics, "metric")):
            for name, value in entry.get(key, {}).items():
                target.setdefault(name, []).append((entry["step"], value))
    losses = {name: smoothed(line, 150) for name, line in losses.items()}
    parts = panel("Losses by step", losses, 60, 40, 640, 260)
    text = "\n".join(parts + panel("Held-out P@5 by step", metrics, 60, 370, 640, 260))
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 670" font-family="sans-serif" font-size="12">\n'
        f'<rect width="880" height="670" fill="white"/>\n{text}\n</svg>\n'
    )
