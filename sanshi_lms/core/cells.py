"""Text in cells of spreadsheets: what people typed is never a formula."""


def plain_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: names are typed by strangers."""
    clean = "".join(c for c in text if c >= " " or c in "\t\n")
    return f"'{clean}" if clean[:1] in {"=", "+", "-", "@", "\t"} else clean
