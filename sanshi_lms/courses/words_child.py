"""Reads the words of an attachment and prints them, one JSON line a page.

A program of its own, run under limits by attachment_words.py: strangers' bytes are never parsed in
a server. Imports nothing of ours. Arguments: the file, its ending, most pages, most characters of
a page. A page is a page of a PDF or a slide of a pptx; a docx or a text is one.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from defusedxml.ElementTree import fromstring

MOST_XML = 24 * 1024 * 1024
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_TEXT = ("}t", "}tab", "}br", "}p")


def of_pdf(source: str) -> Iterator[str]:
    """Yield the words of each page of a PDF."""
    document = pypdfium2.PdfDocument(source)
    for number in range(len(document)):
        yield document[number].get_textpage().get_text_bounded()


def of_docx(source: str) -> Iterator[str]:
    """Yield the words of a document."""
    with zipfile.ZipFile(source) as box:
        yield words_of(box, "word/document.xml")


def of_pptx(source: str) -> Iterator[str]:
    """Yield the words of each slide in their order."""
    with zipfile.ZipFile(source) as box:
        found = (_SLIDE.fullmatch(name) for name in box.namelist())
        slides = sorted((int(match[1]), match[0]) for match in found if match)
        for _, name in slides:
            yield words_of(box, name)


def of_text(source: str) -> Iterator[str]:
    """Yield the words of a text."""
    with Path(source).open(encoding="utf-8-sig", errors="replace") as file:
        yield file.read(MOST_XML)


def words_of(box: zipfile.ZipFile, name: str) -> str:
    """Return the words of a part of an Office file, a paragraph a line."""
    with box.open(name) as part:  # its own list may lie about its size
        xml = part.read(MOST_XML + 1)
    if len(xml) > MOST_XML:
        return ""
    pieces: list[str] = []
    for element in fromstring(xml).iter():
        if element.tag.endswith("}t") and element.text:
            pieces.append(element.text)
        elif element.tag.endswith(_TEXT) and pieces and pieces[-1] != "\n":
            pieces.append("\n")
    return "".join(pieces)


READERS = {"pdf": of_pdf, "docx": of_docx, "pptx": of_pptx, "txt": of_text, "csv": of_text}


def main() -> None:
    """Print the words of what the command line names; a file that cannot be read has none."""
    source, ending, most, characters = sys.argv[1:]
    try:
        for number, words in enumerate(READERS[ending](source), 1):
            if number > int(most):
                break
            sys.stdout.write(json.dumps({"page": number, "words": words[: int(characters)]}) + "\n")
            sys.stdout.flush()
    except Exception as error:  # broken in whatever way: what was read so far counts
        sys.stderr.write(f"{type(error).__name__}\n")


main()
