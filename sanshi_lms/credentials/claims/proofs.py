"""Proof files of strangers: told by their content, bounded; photos are encoded anew."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.pictures import encode, is_picture
from sanshi_lms.core.storage import storage
from sanshi_lms.credentials.claims.rules import MOST_PROOFS, pdf_problem


@dataclass(frozen=True)
class Proof:
    """A file of ours in a private folder, ready to be stored; `sha256` is of what was sent."""

    file: Path
    kind: str
    sha256: str
    size: int


def prepare(given: Sequence[bytes], folder: Path) -> list[Proof]:
    """Return the files as we keep them. Raises Refusal in words for what is no proof."""
    if not given:
        raise Refusal("请上传证明材料：证书、通知或签到表的照片，或者 PDF。")
    if len(given) > MOST_PROOFS:
        raise Refusal(f"证明材料最多 {MOST_PROOFS} 份，请去掉几份再提交。")
    hashes = [hashlib.sha256(data).hexdigest() for data in given]
    if len(set(hashes)) < len(hashes):
        raise Refusal("同一份材料选了两次，请去掉一份再提交。")
    pdfs = [data.startswith(b"%PDF-") for data in given]
    for place, (data, pdf) in enumerate(zip(given, pdfs, strict=True), 1):
        if not pdf and not is_picture(data):
            raise Refusal(f"第 {place} 份材料不是照片也不是 PDF。请选择 JPG、PNG、WebP 或 PDF。")
        problem = pdf_problem(data) if pdf else None
        if problem:
            raise Refusal(problem)
    photos = [data for data, pdf in zip(given, pdfs, strict=True) if not pdf]
    pictures = iter(encode(photos, folder, MOST_PROOFS) if photos else ())
    found = []
    for place, (data, pdf, sha256) in enumerate(zip(given, pdfs, hashes, strict=True)):
        if pdf:
            file = folder / f"proof-{place}.pdf"
            file.write_bytes(data)
            found.append(Proof(file, "pdf", sha256, len(data)))
        else:
            picture = next(pictures)
            found.append(Proof(picture.file, "jpeg", sha256, picture.size))
    return found


def keep(proof: Proof, claim_id: int) -> str:
    """Put a file in its place, before its row is committed; return its key."""
    ending = "pdf" if proof.kind == "pdf" else "jpg"
    key = f"credentials/claims/{claim_id}/{secrets.token_hex(8)}.{ending}"
    storage().commit_file(proof.file, key)
    return key
