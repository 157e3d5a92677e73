"""Pictures in a QTI package: files beside the items, named from where the items lie."""

import io
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from PIL import Image

from sanshi_lms.quizzes.content import ItemContent, Picture
from sanshi_lms.quizzes.exchange.pictured import OURS

FOLDER = "pictures"


class Drawn:
    """The pictures by name; those that are not there stay addresses in the text."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        """Keep them."""
        self.pictures = pictures

    def can_point(self, content: ItemContent) -> bool:
        """Tell whether a question asks to point at a picture that is there."""
        shown = content.picture
        return content.kind == "hotspot" and shown is not None and shown.key in self.pictures

    def size(self, name: str) -> tuple[int, int]:
        """Return width and height in pixels."""
        with Image.open(io.BytesIO(self.pictures[name])) as opened:
            return opened.size

    def show(self, parent: Element, picture: Picture) -> None:
        """Put the picture that is pointed at into its interaction."""
        wide, high = self.size(picture.key)
        shown = SubElement(
            parent, "object",
            {"data": f"../{FOLDER}/{picture.key}", "type": "image/jpeg",
             "width": str(wide), "height": str(high)},
        )  # fmt: skip
        shown.text = picture.alt

    def put_in(self, root: Element) -> list[str]:
        """Let pictures stand where the texts name them; return the names of all that are shown."""
        for node in list(root.iter()):
            for place, child in reversed(list(enumerate(node))):
                child.tail = self._replaced(node, place + 1, child.tail)
            node.text = self._replaced(node, 0, node.text)
        sources = (one.get("src") or one.get("data") or "" for one in root.iter())
        return list(dict.fromkeys(one.rpartition("/")[2] for one in sources if one))

    def _replaced(self, node: Element, place: int, text: str | None) -> str | None:
        """Put the pictures of a text into `node` from `place` on; return what stands before."""
        pieces = OURS.split(text or "")
        if len(pieces) == 1:
            return text
        before = pieces[0]
        last: Element | None = None
        for alt, name, after in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            if name not in self.pictures:
                said = f"![{alt}](/quizzes/pictures/{name}){after}"
                if last is None:
                    before += said
                else:
                    last.tail = (last.tail or "") + said
                continue
            last = Element("img", {"src": f"../{FOLDER}/{name}", "alt": alt})
            last.tail = after
            node.insert(place, last)
            place += 1
        return before
