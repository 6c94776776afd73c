"""A QR code as one path: the address where a certificate is verified."""

import segno

MASK = 3  # any mask can be read; choosing the best of eight would cost five times as much
QUIET = 4  # modules of white on each side, as ISO/IEC 18004 asks for


def svg(text: str) -> bytes:
    """The code as an SVG of 1 unit a module, drawn from horizontal strokes."""
    code = segno.make_qr(text, error="m", mask=MASK, boost_error=False)
    size = len(code.matrix) + 2 * QUIET
    strokes = []
    for y, row in enumerate(code.matrix, start=QUIET):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                strokes.append(f"M{x + QUIET} {y}h{end - x}v1h{x - end}z")
            x = end + 1
    path = "".join(strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" height="{size}">'
        f'<path fill="#000" d="{path}"/></svg>'
    ).encode()
