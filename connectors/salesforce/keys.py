"""The key pair by which Quarterdeck signs in, and the key that encrypts what it keeps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import (
    Certificate,
    CertificateBuilder,
    Name,
    NameAttribute,
    load_pem_x509_certificate,
    random_serial_number,
)
from cryptography.x509.oid import NameOID

from connectors.errors import BadRequest
from connectors.salesforce.signin import private_key

# How long a certificate is good for; Salesforce takes no assertion after that.
LIFE: Final = timedelta(days=730)
_BITS: Final = 2048


def new_key() -> bytes:
    """Return a new RSA private key, in PEM without a password: only its owner may read it."""
    key = generate_private_key(public_exponent=65537, key_size=_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def certificate(pem: bytes, *, now: datetime, name: str = "Quarterdeck") -> bytes:
    """Return a certificate of that key, signed by itself and good for two years from `now`, in PEM.

    Raises:
        BadRequest: `pem` is no RSA private key.
    """
    key = _key(pem)
    subject = Name([NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        CertificateBuilder(subject_name=subject, issuer_name=subject, public_key=key.public_key())
        .serial_number(random_serial_number())
        # Salesforce's clock and ours need not agree to the minute.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def belongs(certificate_pem: bytes, pem: bytes) -> bool:
    """Say whether a certificate is of that private key.

    Raises:
        BadRequest: one of the two is not what it should be.
    """
    return _certificate(certificate_pem).public_key() == _key(pem).public_key()


def good_until(certificate_pem: bytes) -> datetime:
    """Return the instant at which a certificate runs out, in UTC.

    Raises:
        BadRequest: it is no certificate.
    """
    return _certificate(certificate_pem).not_valid_after_utc


def new_secret() -> bytes:
    """Return a new key for QUARTERDECK_KEY."""
    return Fernet.generate_key()


def _certificate(pem: bytes) -> Certificate:
    try:
        return load_pem_x509_certificate(pem)
    except ValueError as error:
        raise BadRequest("this is no certificate in PEM") from error


def _key(pem: bytes) -> RSAPrivateKey:
    return private_key(pem.decode("ascii", "replace"))
