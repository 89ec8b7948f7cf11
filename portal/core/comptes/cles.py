"""Passkeys (WebAuthn): enrolling one, proving it. Challenges lie in `defis`, each good once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)  # fmt: skip

from portal.core.comptes import courriels, defis, limites
from portal.core.comptes.facteurs import MOYENS, Verdict, echouer
from portal.core.journal.operations import noter
from portal.infra import clock
from portal.infra.base import executer, sql, sql1, transaction
from portal.settings import get_settings
from portal.web.identite import Personne

TAILLE_MAX = 30_000


@dataclass(frozen=True)
class Lieu:
    """Where passkeys of this portal are good: its domain, and the one origin that may ask."""

    domaine: str
    origine: str


def lieu() -> Lieu | None:
    """None for a portal reached by an IP address: browsers make passkeys for names only.

    On this machine's own address, « localhost » is its name.
    """
    parties = urlsplit(get_settings().url)
    hote = parties.hostname or ""
    try:
        adresse = ip_address(hote)
    except ValueError:
        return Lieu(hote, f"{parties.scheme}://{parties.netloc}")
    if not adresse.is_loopback:
        return None
    port = f":{parties.port}" if parties.port else ""
    return Lieu("localhost", f"{parties.scheme}://localhost{port}")


async def options_d_ajout(moi: Personne) -> str:
    """What the browser needs to make a passkey, as JSON."""
    ici = _exiger_lieu()
    options = webauthn.generate_registration_options(
        rp_id=ici.domaine,
        rp_name=f"Mon Espace, {get_settings().opco_nom}",
        user_id=UUID(moi.uid).bytes,
        user_name=moi.email,
        user_display_name=moi.nom_affiche,
        exclude_credentials=await _siennes(moi),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    await defis.poser(moi.session_id, "enroler", options.challenge)
    return webauthn.options_to_json(options)


async def ajouter(moi: Personne, reponse: str, nom: str) -> bool:
    """Keep the passkey that the browser has made; False when its answer is none of ours."""
    async with transaction():
        defi = await defis.prendre(moi.session_id, "enroler")
        faite = _lire_ajout(reponse, defi) if defi else None
        if faite is None:
            return False
        pose = await sql1(
            "insert into second_facteur (compte, genre, nom, cle_id, cle_publique, compteur,"
            " cree_le) values ($1, 'cle', $2, $3, $4, $5, $6) on conflict (cle_id) do nothing"
            " returning id",
            moi.compte_id,
            nom,
            faite.credential_id,
            faite.credential_public_key,
            faite.sign_count,
            clock.instant(),
        )
        if pose is None:
            return False
        await noter(
            "second_facteur.ajoute", acteur=moi, objet=("compte", moi.uid), moyen=MOYENS["cle"]
        )
        await courriels.second_facteur(moi.email, f"la clé d’accès «\u00a0{nom}\u00a0»", True)
    return True


async def options_de_preuve(moi: Personne) -> str:
    """What the browser needs to prove one of her passkeys, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=_exiger_lieu().domaine,
        allow_credentials=await _siennes(moi),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    await defis.poser(moi.session_id, "verifier", options.challenge)
    return webauthn.options_to_json(options)


async def verifier(moi: Personne, reponse: str) -> Verdict:
    """Whether the browser has proven one of her passkeys, for the challenge of this session."""
    async with transaction():
        defi = await defis.prendre(moi.session_id, "verifier")
        if defi is None:
            return Verdict("expire")
        cle = await _cle_de(moi, reponse)
        compteur = _lire_preuve(reponse, defi, cle) if cle else None
        if cle is None or compteur is None:
            return await echouer(moi)
        await executer(
            "update second_facteur set compteur = $2, utilise_le = $3 where id = $1",
            cle["id"],
            compteur,
            clock.instant(),
        )
        await limites.SECOND_FACTEUR.oublier(str(moi.compte_id))
    return Verdict("juste")


def _exiger_lieu() -> Lieu:
    ici = lieu()
    assert ici is not None, "la page n’offre pas de clé là où il n’y en a pas"
    return ici


async def _siennes(moi: Personne) -> list[PublicKeyCredentialDescriptor]:
    lignes = await sql(
        "select cle_id from second_facteur where compte = $1 and genre = 'cle'", moi.compte_id
    )
    return [PublicKeyCredentialDescriptor(id=bytes(ligne["cle_id"])) for ligne in lignes]


async def _cle_de(moi: Personne, reponse: str) -> dict[str, Any] | None:
    try:
        cle_id = webauthn.base64url_to_bytes(json.loads(reponse[:TAILLE_MAX])["rawId"])
    except (ValueError, KeyError, TypeError):
        return None
    return await sql1(
        "select id, cle_publique, compteur from second_facteur"
        " where cle_id = $1 and compte = $2 for update",
        cle_id,
        moi.compte_id,
    )


def _lire_ajout(reponse: str, defi: bytes) -> Any:
    ici = _exiger_lieu()
    try:
        return webauthn.verify_registration_response(
            credential=reponse[:TAILLE_MAX],
            expected_challenge=defi,
            expected_rp_id=ici.domaine,
            expected_origin=ici.origine,
        )
    except Exception:  # whatever was posted that is no passkey: the library has many names for it
        return None


def _lire_preuve(reponse: str, defi: bytes, cle: dict[str, Any]) -> int | None:
    ici = _exiger_lieu()
    try:
        return webauthn.verify_authentication_response(
            credential=reponse,
            expected_challenge=defi,
            expected_rp_id=ici.domaine,
            expected_origin=ici.origine,
            credential_public_key=bytes(cle["cle_publique"]),
            credential_current_sign_count=cle["compteur"],
        ).new_sign_count
    except Exception:  # no proof, however it fails
        return None
