"""A passkey in software: makes and proves credentials as a browser would, or badly when asked to."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

ORIGINE = "http://localhost:8000"
PRESENT, VERIFIE, ATTESTE = 0x01, 0x04, 0x40


@dataclass
class Authentificateur:
    """One authenticator with one key."""

    origine: str = ORIGINE
    compteur: int = 0
    cle_id: bytes = field(default_factory=lambda: os.urandom(32))
    cle: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def creer(self, options: dict[str, Any]) -> str:
        """The answer to options of registration."""
        nombres = self.cle.public_key().public_numbers()
        publique = cbor2.dumps(
            {
                1: 2,
                3: -7,
                -1: 1,
                -2: nombres.x.to_bytes(32, "big"),
                -3: nombres.y.to_bytes(32, "big"),
            }
        )
        donnees = self._donnees(options["rp"]["id"], ATTESTE)
        donnees += bytes(16) + struct.pack(">H", len(self.cle_id)) + self.cle_id + publique
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": donnees})
        client = self._client("webauthn.create", options["challenge"])
        return self._reponse(clientDataJSON=client, attestationObject=attestation)

    def prouver(self, options: dict[str, Any]) -> str:
        """The answer to options of authentication."""
        self.compteur += 1
        donnees = self._donnees(options["rpId"])
        client = self._client("webauthn.get", options["challenge"])
        signature = self.cle.sign(
            donnees + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())
        )
        return self._reponse(clientDataJSON=client, authenticatorData=donnees, signature=signature)

    def _donnees(self, domaine: str, plus: int = 0) -> bytes:
        drapeaux = PRESENT | VERIFIE | plus
        return hashlib.sha256(domaine.encode()).digest() + struct.pack(
            ">BI", drapeaux, self.compteur
        )

    def _client(self, genre: str, defi: str) -> bytes:
        return json.dumps({"type": genre, "challenge": defi, "origin": self.origine}).encode()

    def _reponse(self, **morceaux: bytes) -> str:
        ici = bytes_to_base64url(self.cle_id)
        return json.dumps(
            {
                "id": ici,
                "rawId": ici,
                "type": "public-key",
                "response": {nom: bytes_to_base64url(v) for nom, v in morceaux.items()},
            }
        )
