"""The unit's certificate and key (PKCS#12), and PAdES signatures (ETSI EN 319 142-1, level B-B).

The file lies beside the database, readable by the server alone, under a passphrase made from the
application's secret: whoever copies the disk without the secret has nothing.
"""

import hmac
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from sanshi_lms.core.durable import replace_private
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.settings import settings

FILE = "pdf_signer.p12"
MOST_BYTES = 200_000
WARN_DAYS = 30


@dataclass(frozen=True)
class SignerFacts:
    """What a certificate says, for people; days are UTC."""

    subject: str
    issuer: str
    starts: datetime
    ends: datetime
    fingerprint: str

    def days_left(self, at: datetime) -> int:
        """Return how many days it is still good for; negative when it is over."""
        return (self.ends - at).days


@dataclass(frozen=True)
class PdfSigner:
    """The certificate in use."""

    facts: SignerFacts
    _signer: signers.SimpleSigner

    def sign(self, pdf: bytes) -> bytes:
        """Return the PDF with an invisible signature over all of it."""
        # The library runs an event loop of its own, and a thread may have one already.
        with ThreadPoolExecutor(1) as apart:
            return apart.submit(self._signed, pdf).result()

    def _signed(self, pdf: bytes) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        about = signers.PdfSignatureMetadata(
            field_name="Signature",
            md_algorithm="sha256",
            reason="签发证书",
            name=self.facts.subject,
            subfilter=fields.SigSeedSubFilter.PADES,
        )
        made: Any = signers.sign_pdf(writer, about, signer=self._signer)
        return bytes(made.getvalue())


_read: dict[Path, tuple[int, PdfSigner]] = {}


def current_signer() -> PdfSigner | None:
    """Return the signer in use; None without one, or when its file cannot be read any more."""
    path = signer_file()
    try:
        mark = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    known = _read.get(path)
    if known is None or known[0] != mark:
        try:
            known = _read[path] = (mark, _load(path.read_bytes(), _passphrase()))
        except ValueError:
            return None
    return known[1]


def signer_for(at: datetime) -> PdfSigner | None:
    """Return the signer while there is one that is good at this moment."""
    signer = current_signer()
    good = signer is not None and signer.facts.starts <= at <= signer.facts.ends
    return signer if good else None


def keep_signer(data: bytes, passphrase: str, at: datetime) -> SignerFacts:
    """Take a PKCS#12 file in use. Raises Refusal in words for what cannot sign."""
    if len(data) > MOST_BYTES:
        raise Refusal("文件太大，不是证书文件。请选择后缀是 .p12 或 .pfx 的文件。")
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(data, passphrase.encode())
    except ValueError:
        raise Refusal("打不开这个证书文件：密码不对，或者不是 .p12、.pfx 文件。") from None
    if key is None or certificate is None:
        raise Refusal("文件里没有私钥，不能用来签名。请向发证机构要带私钥的 .p12 文件。")
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise Refusal("PDF 阅读器不认这种密钥，请换 RSA 或 ECDSA 的证书。")
    facts = facts_of(certificate)
    if facts.ends < at:
        raise Refusal(f"这张证书 {facts.ends:%Y-%m-%d} 已经过期，请换新的。")
    if facts.starts > at + timedelta(days=1):
        raise Refusal(f"这张证书 {facts.starts:%Y-%m-%d} 才生效，请到时再上传。")
    if not _may_sign(certificate):
        raise Refusal("这张证书的用途不包括签名，请换一张用于签名的证书。")
    sealed = pkcs12.serialize_key_and_certificates(
        b"pdf",
        key,
        certificate,
        chain,
        BestAvailableEncryption(_passphrase()),
    )
    try:
        _load(sealed, _passphrase()).sign(_blank())
    except Exception:
        raise Refusal(
            "用这张证书试签没有成功，可能是不支持的算法。请换 RSA 或 ECDSA 证书。"
        ) from None
    replace_private(signer_file(), sealed)
    return facts


def drop_signer() -> None:
    """Sign no more; papers that were signed stay so."""
    signer_file().unlink(missing_ok=True)


def signer_file() -> Path:
    """Return where the certificate lies."""
    return settings().keys_dir / FILE


def facts_of(certificate: x509.Certificate) -> SignerFacts:
    """Return what a certificate says."""
    return SignerFacts(
        _name(certificate.subject),
        _name(certificate.issuer),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        certificate.fingerprint(hashes.SHA256()).hex()[:16],
    )


def _name(name: x509.Name) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        found = name.get_attributes_for_oid(oid)
        if found:
            return str(found[0].value)
    return name.rfc4514_string()


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _passphrase() -> bytes:
    secret = settings().secret_key.encode()
    return hmac.digest(secret, b"sanshi pdf signer v1", "sha256").hex().encode()


def _load(data: bytes, passphrase: bytes) -> PdfSigner:
    """Read a file of ours. Raises ValueError when the secret is another one now."""
    signer = signers.SimpleSigner.load_pkcs12_data(data, other_certs=[], passphrase=passphrase)
    _, certificate, _ = pkcs12.load_key_and_certificates(data, passphrase)
    if signer is None or certificate is None:
        raise ValueError("no key in the file")
    return PdfSigner(facts_of(certificate), signer)


def _blank() -> bytes:
    """Return the least PDF there is, to try a signature on."""
    document, written = pypdfium2.PdfDocument.new(), io.BytesIO()
    try:
        document.new_page(72, 72)
        document.save(written)
    finally:
        document.close()
    return written.getvalue()
