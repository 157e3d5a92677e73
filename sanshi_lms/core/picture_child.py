"""Encodes photos anew with Pillow and prints what came out, as JSON.

A program of its own, run under limits by pictures.py: strangers' bytes are never decoded in the web
server. Imports nothing of ours. Arguments: longest side in pixels, most pixels, then files; each
result stands beside its file with ".jpg" added.
"""

import json
import sys
import warnings
from pathlib import Path

from PIL import Image, ImageOps

READERS = ("JPEG", "PNG", "WEBP")
QUALITY = 82


def encode(source: Path, side: int, pixels: int) -> dict[str, object]:
    """Write an upright JPEG without any metadata and return its size, or why there is none."""
    with Image.open(source, formats=READERS) as image:
        if image.width * image.height > pixels:
            return {"refused": "pixels"}
        if image.format == "JPEG":
            image.draft("RGB", (side, side))  # decodes a large photo at a fraction of its size
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((side, side), Image.Resampling.LANCZOS)
        flat = Image.new("RGB", upright.size, "white")
        seen = upright.convert("RGBA")
        flat.paste(seen, mask=seen.getchannel("A"))
    target = source.with_name(source.name + ".jpg")
    flat.save(target, "JPEG", quality=QUALITY, optimize=True)
    return {"width": flat.width, "height": flat.height, "size": target.stat().st_size}


def main() -> None:
    """Encode each file that the command line names."""
    side, pixels, *names = sys.argv[1:]
    Image.MAX_IMAGE_PIXELS = int(pixels)
    warnings.simplefilter("ignore")
    found: list[dict[str, object]] = []
    for name in names:
        try:
            found.append(encode(Path(name), int(side), int(pixels)))
        except Image.DecompressionBombError:
            found.append({"refused": "pixels"})
        except Exception as error:
            # A decoder may raise anything on hostile bytes.
            found.append({"refused": "unreadable", "detail": repr(error)[:200]})
    sys.stdout.write(json.dumps(found))


main()
