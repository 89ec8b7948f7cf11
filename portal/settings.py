"""Settings of an installation: the environment, typed. `docs/exploitation.md` lists them."""

from __future__ import annotations

import base64
import os
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class ReglageInvalide(Exception):
    """A setting that keeps the portal from starting, said in one French sentence."""


class SansCle(ReglageInvalide):
    """No secret key: whoever asks is offered a fresh one."""


class Settings(BaseSettings):
    """Each field is the variable PORTAL_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", hide_input_in_errors=True)

    database_url: str | None = Field(None, description="Adresse de PostgreSQL (postgresql://…).")
    url: str = Field("http://127.0.0.1:8000", description="Adresse publique du portail.")
    data_dir: Path = Field(Path(".data"), description="Dossier des documents et des courriers.")
    demo: bool = Field(
        False, description="Mode démonstration : personas, courriels visibles, horloge."
    )
    developpement: bool = Field(False, description="Recharge les gabarits à chaque page.")
    now: str | None = Field(
        None, description="Départ de l’horloge métier (AAAA-MM-JJTHH:MM), démo."
    )
    secret_key: str = Field(
        "",
        description="Clés « nom:base64 de 32 octets », séparées par des virgules ; la 1re chiffre.",
    )
    smtp_url: str = Field("", description="Serveur d’envoi, par exemple smtp://hote:25.")
    mail_from: str = Field("ne-pas-repondre@opco.example", description="Expéditeur des courriels.")
    files_url: str = Field("", description="Stockage des documents (s3://…) ; vide : data_dir.")
    opco_nom: str = Field("OPCO Démo", description="Nom de l’OPCO.")
    opco_adresse: list[str] = Field(
        ["12 rue des Essais", "75012 Paris"], description="Adresse postale, une ligne par élément."
    )
    opco_siren: str = Field("000500009", description="SIREN de l’OPCO.")
    opco_telephone: str = Field("01 88 13 10 00", description="Téléphone de l’assistance.")
    opco_horaires: str = Field(
        "lun-jeu 9:00-12:30 13:30-17:00, ven 9:00-12:00 13:30-16:30",
        description="Horaires de l’assistance, heure de l’Hexagone ; jours fériés fermés.",
    )
    opco_iban: str = Field(
        "FR1420041010050500013M02606", description="Compte débité des virements."
    )
    opco_idcc: list[str] = Field(
        [
            "0158", "0275", "0573", "0731", "1266", "1311", "1351", "1383", "1391", "1413", "1501",
            "1516", "1671", "1944", "1979", "2002", "2060", "2101", "2147", "2149", "2378", "2408",
            "2583", "2691", "3043", "3218", "3219", "7509", "7520",
        ],
        description="Codes IDCC des branches de l’OPCO.",
    )  # fmt: skip
    plugins_dir: Path | None = Field(
        None, description="Dossier des plugins ; vide : ceux du portail."
    )
    max_upload: int = Field(20_000_000, description="Taille maximale d’un document, en octets.")
    argon2_time: int = Field(2, description="Passes d’argon2id.")
    argon2_memory: int = Field(19456, description="Mémoire d’argon2id, en Kio.")
    workers: int = Field(2, description="Processus de `portal serve`.")
    relais: int = Field(
        0, description="Mandataires de confiance devant le portail (X-Forwarded-For) ; 0 : aucun."
    )
    delai_postal: int = Field(5, description="Jours entre le dépôt d’un courrier et sa réception.")
    conservation_contact: int = Field(
        365, description="Jours avant qu’une demande de contact, close ou non, soit effacée."
    )
    alerte_contact: int = Field(
        30, description="Jours entre l’annonce de la fin d’une demande restée ouverte et sa fin."
    )
    registre_url: str = Field(
        "",
        description="Registre interrogé quand la copie ne sait pas (API Recherche d’entreprises).",
    )
    registre_delai: float = Field(2.0, description="Secondes d’attente de sa réponse.")
    delai_registre: int = Field(
        60, description="Jours avant qu’une entreprise saisie à la main soit dite introuvable."
    )

    def verifier(self) -> None:
        """Refuse to start on what would be unsafe."""
        parties = urlsplit(self.url)
        local = parties.hostname in ("127.0.0.1", "localhost", "::1")
        if parties.scheme not in ("http", "https") or not parties.netloc:
            raise ReglageInvalide("PORTAL_URL doit être une adresse http(s) complète.")
        if parties.scheme == "http" and not local:
            raise ReglageInvalide("PORTAL_URL doit commencer par https:// hors de cette machine.")
        if not self.database_url:
            raise ReglageInvalide("Réglez PORTAL_DATABASE_URL, l’adresse de PostgreSQL.")
        if not self.secret_key:
            raise SansCle("Réglez PORTAL_SECRET_KEY (« portal doctor » en propose une).")


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    try:
        return Settings()  # type: ignore[call-arg]
    except ValidationError as erreur:
        noms = ", ".join(sorted({f"PORTAL_{str(e['loc'][0]).upper()}" for e in erreur.errors()}))
        raise ReglageInvalide(f"Ces réglages n’ont pas une valeur valable\u00a0: {noms}.") from None


def nouvelle_cle() -> str:
    """A fresh value for PORTAL_SECRET_KEY."""
    return f"k1:{base64.b64encode(os.urandom(32)).decode()}"


def cle_de_demonstration(dossier: Path) -> str:
    """The demo's key: made once, kept in its data folder, readable by its owner only."""
    fichier = dossier / "cle_secrete"
    if not fichier.is_file():
        dossier.mkdir(parents=True, exist_ok=True)
        brouillon = dossier / "cle_secrete.neuve"
        brouillon.unlink(missing_ok=True)
        descripteur = os.open(brouillon, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descripteur, "w") as sortie:
            sortie.write(nouvelle_cle())
        brouillon.replace(fichier)
    return fichier.read_text().strip()
