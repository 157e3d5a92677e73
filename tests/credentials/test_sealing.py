"""PDFs signed by the unit's certificate: any reader can check them, a wrong file is refused."""

import io
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from flask import Flask
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from sanshi_lms.core.db import transaction
from sanshi_lms.credentials import award_certificate
from sanshi_lms.credentials.sealing.signer import signer_file
from tests.people import Cast

PAGE = "/admin/credentials/signer/"
NOW = datetime.now(UTC)
PHRASE = "chuan-jiang-8"


def made(
    days: int = 300, *, signs: bool = True, kind: str = "rsa", phrase: str = PHRASE
) -> tuple[bytes, bytes]:
    """Return a PKCS#12 file and the certificate of its issuer."""
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    key = (
        ec.generate_private_key(ec.SECP256R1())
        if kind == "ec"
        else rsa.generate_private_key(65537, 2048)
    )
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "测试根证书")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "渝中区住建委")])
    begins, ends = NOW - timedelta(days=400), NOW + timedelta(days=days)

    def certificate(
        subject: x509.Name, public: CertificatePublicKeyTypes, *, ca: bool
    ) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=signs, content_commitment=signs, key_encipherment=not signs,
            data_encipherment=False, key_agreement=False, key_cert_sign=ca, crl_sign=ca,
            encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = x509.CertificateBuilder(
            root_name,
            subject,
            public,
            x509.random_serial_number(),
            begins,
            ends,
        )
        builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
        return builder.add_extension(usage, critical=True).sign(root_key, hashes.SHA256())

    root = certificate(root_name, root_key.public_key(), ca=True)
    leaf = certificate(name, key.public_key(), ca=False)
    file = pkcs12.serialize_key_and_certificates(
        b"x", key, leaf, [root], BestAvailableEncryption(phrase.encode())
    )
    return file, root.public_bytes(serialization.Encoding.DER)


def upload(people: Cast, data: bytes, phrase: str = PHRASE) -> tuple[int, str]:
    sent = {"file": (io.BytesIO(data), "x.p12"), "passphrase": phrase}
    answer = people.client("admin").post(PAGE, data=sent, follow_redirects=True)
    return answer.status_code, answer.text


def paper(app: Flask, people: Cast) -> bytes:
    me = people.id("cadre")
    with app.app_context(), transaction():
        number = award_certificate(me, "王小明", "加装电梯", 1, "course:1:user:1").number
    data: bytes = people.client("cadre").get(f"/credentials/{number}/certificate.pdf").data
    return data


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_signed_paper_is_checked_by_a_reader(app: Flask, people: Cast, kind: str) -> None:
    plain = paper(app, people)
    assert not PdfFileReader(io.BytesIO(plain)).embedded_signatures
    file, root = made(kind=kind)
    status, page = upload(people, file)
    assert status == 200
    assert "渝中区住建委" in page
    assert "测试根证书" in page
    assert PHRASE not in page
    with app.app_context():
        assert stat.S_IMODE(signer_file().stat().st_mode) == 0o600
    signed = paper(app, people)
    assert signed.startswith(plain), "nothing of the paper itself was changed"
    trust = ValidationContext(trust_roots=[asn1.Certificate.load(root)])
    (found,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    verdict = verdict_on(found, trust)
    assert verdict.bottom_line
    assert verdict.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert "王小明" in "".join(PdfReader(io.BytesIO(signed)).pages[0].extract_text().split())
    assert b"pdfaid" in signed
    place = plain.index(b"stream") + 40
    changed = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
    (found,) = PdfFileReader(io.BytesIO(changed)).embedded_signatures
    assert not verdict_on(found, trust).bottom_line
    assert people.client("admin").post(f"{PAGE}remove").status_code == 302
    assert paper(app, people) == plain


def verdict_on(signature: EmbeddedPdfSignature, trust: ValidationContext) -> PdfSignatureStatus:
    """Validate in a thread: the library wants an event loop of its own, the browser's runs here."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(validate_pdf_signature, signature, trust).result()


def test_what_cannot_sign_is_refused_in_words(people: Cast) -> None:
    file, _ = made()
    for data, phrase, said in (
        (file, "wrong", "密码不对"),
        (b"no certificate", PHRASE, "打不开"),
        (made(-10)[0], PHRASE, "已经过期"),
        (made(signs=False)[0], PHRASE, "用途不包括签名"),
        (b"x" * 300_000, PHRASE, "文件太大"),
    ):
        status, page = upload(people, data, phrase)
        assert status == 422, said
        assert said in page
    assert people.client("author").get(PAGE).status_code == 403
