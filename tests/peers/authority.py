"""A certificate authority of the test's own: nobody else trusts it."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM


class Authority:
    """Issues certificates; `trust` is what those hold who trust it."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority")])
        made = self._certificate(self._key, self._name, datetime.now(UTC) + timedelta(days=60))
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self._own = made.sign(self._key, hashes.SHA256()).public_bytes(PEM)

    def trust(self) -> ssl.SSLContext:
        """Verifies, and knows this authority alone."""
        return ssl.create_default_context(cadata=self._own.decode())

    def issue(self, to: Path, host: str, days: int = 30) -> Path:
        """A key and a certificate for a host, in one file; negative days: it ended so long ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        made = self._certificate(key, subject, datetime.now(UTC) + timedelta(days=days))
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        to.write_bytes(private + made.sign(self._key, hashes.SHA256()).public_bytes(PEM))
        return to

    def _certificate(
        self, key: ec.EllipticCurvePrivateKey, subject: x509.Name, until: datetime
    ) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name)
        made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
        return made.not_valid_before(until - timedelta(days=90)).not_valid_after(until)
