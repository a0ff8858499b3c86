"""What the scripts that draw SVG share."""


def text(x, y, text, size, colour, anchor="start", bold=False):
    """Returns a line of text."""
    weight = ' font-weight="600"' if bold else ""
    style = f'font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}'
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x}" y="{y}" {style}>{text}</text>'


def document(width, height, parts, top=0):
    """Returns a picture of `parts` on white, whose coordinates begin at 0 and `top`."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {top} {width} {height}" width="{width}" height="{height}" '
        'font-family="Helvetica, Arial, sans-serif">'
    )
    place = f' y="{top}"' if top else ""
    ground = f'<rect{place} width="{width}" height="{height}" fill="#ffffff"/>'
    return "\n".join([head, ground, *parts, "</svg>", ""])
