"""The arms of a city that does not exist: drawn here, so that no real ones are used."""

from io import BytesIO
from typing import Any

from django.core.files.images import ImageFile
from PIL import Image, ImageDraw
from wagtail.images import get_image_model

WIDTH, HEIGHT = 720, 840
GREEN, GOLD, PAPER = (31, 90, 82, 255), (226, 178, 74, 255), (250, 247, 240, 255)


def _shield(inset: int) -> list[tuple[float, float]]:
    """The outline of a shield: straight sides that meet in a point below."""
    left, right, top = inset, WIDTH - inset, inset
    waist, point = HEIGHT * 0.62, HEIGHT - inset
    middle = WIDTH / 2
    curve = [(t / 24) for t in range(25)]
    down = [(right - (right - middle) * t**2, waist + (point - waist) * t) for t in curve]
    up = [(left + (middle - left) * t**2, waist + (point - waist) * t) for t in reversed(curve)]
    return [(left, top), (right, top), *down, *up]


def _draw() -> Image.Image:
    picture = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.polygon(_shield(12), fill=GOLD)
    draw.polygon(_shield(36), fill=GREEN)
    for number in range(3):
        x, y = 170 + number * 190, 150
        draw.ellipse((x - 34, y - 20, x + 34, y + 80), fill=GOLD)
        draw.rounded_rectangle((x - 44, y - 34, x + 44, y + 8), 20, fill=PAPER)
        draw.rectangle((x - 5, y - 62, x + 5, y - 34), fill=PAPER)
    for step in range(5):
        x, y = 190 + step * 68, 600 - step * 48
        draw.rectangle((x, y, x + 68, 648), fill=PAPER)
    for post in (0, 2, 4):
        x, y = 224 + post * 68, 600 - post * 48
        draw.rectangle((x - 6, y - 110, x + 6, y), fill=GOLD)
    draw.line((190, 508, 530, 268), fill=GOLD, width=22)
    return picture


def city_arms() -> Any:
    """The arms as an image in Wagtail."""
    buffer = BytesIO()
    _draw().save(buffer, "PNG", optimize=True)
    model = get_image_model()
    title = "Exempelstadens vapen (påhittat)"
    return model.objects.create(title=title, file=ImageFile(BytesIO(buffer.getvalue()), name="exempelstaden.png"))
