"""Proformas (H01): what is due, set out for the issuer to make its own invoice from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from portal.core.entreprises import queries as entreprises
from portal.core.entreprises.fiche import espacer
from portal.core.journal import operations as journal
from portal.dossiers.registre import libelle as libelle_dispositif
from portal.factures import perimetre
from portal.factures.du import FACTURE, OUVERTS, Du, Groupe, dus
from portal.factures.numeros import suivant
from portal.factures.registre import cible
from portal.infra import clock, files, papers
from portal.infra.base import executer_plusieurs, sql, sql1, transaction
from portal.infra.money import date_longue, euros, periode
from portal.settings import get_settings
from portal.web.erreurs import Interdit, Introuvable, Refus
from portal.web.identite import Personne

TITRE = "Facture proforma"
MENTION = "Facture proforma – sans valeur légale ni comptable"
PUBLICS = {"permanent": "Salarié permanent", "interimaire": "Salarié intérimaire"}
NOTE = (
    "Cette proforma n’est pas une facture et ne peut pas être comptabilisée. Vérifiez-la, puis "
    "établissez votre propre facture sous votre numéro, avec les montants HT, TVA et TTC (ou nets "
    "de taxes si vous n’êtes pas assujetti) et votre IBAN, et déposez-la dans Mon Espace."
)


async def creer(moi: Personne, demandes: Iterable[UUID]) -> dict[str, Any]:
    """Make a proforma of what is left to bill of these requests; they must go together."""
    voulues = set(demandes)
    async with transaction():
        await sql(
            "select id from demande where uid = any($1::uuid[]) order by id for update",
            list(voulues),
        )
        retenus = await dus(moi, demandes=voulues)
        if not voulues or len(retenus) != len(voulues):
            raise Refus("Une de ces demandes n’est plus à facturer. Rechargez la page.")
        groupe = _groupe(retenus)
        numero, jour = await suivant("PF"), await clock.aujourd_hui()
        contenu = await papers.pdf_async("proforma", await _donnees(numero, jour, groupe, retenus))
        fichier = await files.ranger(contenu, f"{numero}.pdf", get_settings().max_upload)
        proforma = await sql1(
            "insert into proforma (numero, siren, emetteur_siren, emetteur_profil, cible,"
            " dispositif, public, total_centimes, fichier, empreinte, jour, cree_par, cree_le)"
            " values ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning *",
            numero,
            groupe.emetteur_siren,
            groupe.emetteur_profil,
            groupe.cible,
            groupe.dispositif,
            groupe.public,
            sum(du.reste for du in retenus),
            fichier.cle,
            fichier.sha256,
            jour,
            moi.compte_id,
            clock.instant(),
        )
        assert proforma is not None
        await executer_plusieurs(
            "insert into proforma_ligne (proforma, demande, dossier, libelle, montant_centimes)"
            " values ($1, $2, $3, $4, $5)",
            [(proforma["id"], du.demande, du.dossier, decrire(du), du.reste) for du in retenus],
        )
        await journal.noter(
            "proforma.creee",
            acteur=moi,
            objet=("proforma", proforma["uid"]),
            siren=groupe.emetteur_siren,
            profil=groupe.emetteur_profil,
            numero=numero,
        )
        return proforma


def _groupe(retenus: list[Du]) -> Groupe:
    """What they have in common; a mixture is refused, saying of what."""
    for nom, mots in (
        ("emetteur_siren", "émetteurs"),
        ("emetteur_profil", "profils"),
        ("cible", "destinataires"),
        ("dispositif", "dispositifs"),
        ("public", "publics (salariés permanents et intérimaires)"),
    ):
        if len({getattr(du, nom) for du in retenus}) > 1:
            raise Refus(
                f"Une facture proforma ne mélange pas deux {mots}. Faites-en une pour chacun."
            )
    return retenus[0].groupe


def decrire(du: Du) -> str:
    """A training in words, enough to be recognised."""
    dates = periode(du.debut, du.fin, courte=True) if du.debut and du.fin else ""
    gens = f"{du.nb_personnes} personne{'s' if du.nb_personnes > 1 else ''}"
    return ", ".join(mot for mot in (du.intitule, dates, gens) if mot)


async def identite(siren: str) -> list[str]:
    """Lines that name a company: name, address, SIREN."""
    fiche = await entreprises.par_siren(siren)
    if fiche is None:
        return [f"SIREN {espacer(siren)}"]
    adresse = fiche.siege.adresse if fiche.siege else []
    return [fiche.denomination, *adresse, f"SIREN {espacer(siren)}"]


async def _donnees(numero: str, jour: date, groupe: Groupe, retenus: list[Du]) -> dict[str, Any]:
    destinataire = cible(groupe.cible)
    total = euros(sum(du.reste for du in retenus))
    return {
        "titre": TITRE,
        "numero": numero,
        "date": date_longue(jour),
        "mention": MENTION,
        "emetteur": {"libelle": "Émetteur", "lignes": await identite(groupe.emetteur_siren)},
        "destinataire": {
            "libelle": "À l’ordre de",
            "lignes": [
                destinataire.nom,
                *destinataire.adresse,
                *([f"SIREN {espacer(destinataire.siren)}"] if destinataire.siren else []),
            ],
        },
        "paires": [
            ["Dispositif", libelle_dispositif(groupe.dispositif)],
            ["Public", PUBLICS.get(groupe.public, groupe.public)],
        ],
        "tableau": {
            "colonnes": ["Dossier", "Formation", "Montant"],
            "lignes": [[du.dossier_numero, decrire(du), euros(du.reste)] for du in retenus],
            "totaux": [["Total à facturer", total]],
        },
        "note": NOTE,
    }


async def lisible(moi: Personne, uid: UUID) -> dict[str, Any]:
    """A proforma, if all its dossiers lie within this person's reach."""
    ligne = await _toute(uid, moi, perimetre.lecture(moi))
    if ligne is None:
        raise Introuvable()
    return ligne


async def facturable(moi: Personne, uid: UUID) -> dict[str, Any]:
    """The same, if all its dossiers are this person's to bill."""
    ligne = await _toute(uid, moi, perimetre.emission(moi))
    if ligne is None:
        await lisible(moi, uid)
        raise Interdit()
    return ligne


async def est_facturable(moi: Personne, uid: UUID) -> bool:
    """Whether this person may make an invoice from it."""
    return await _toute(uid, moi, perimetre.emission(moi)) is not None


async def _toute(uid: UUID, moi: Personne, portee: str) -> dict[str, Any] | None:
    return await sql1(
        "select p.* from proforma p where p.uid = $2 and not exists ("
        " select 1 from proforma_ligne l join dossier d on d.id = l.dossier"
        f" where l.proforma = p.id and not coalesce({portee}, false))",
        moi.compte_id,
        uid,
    )


async def lignes(proforma_id: int) -> list[dict[str, Any]]:
    return await sql(
        "select l.libelle, l.montant_centimes, q.uid as demande_uid, q.numero as demande_numero,"
        " d.uid as dossier_uid, d.numero as dossier_numero from proforma_ligne l"
        " join demande q on q.id = l.demande join dossier d on d.id = l.dossier"
        " where l.proforma = $1 order by l.id",
        proforma_id,
    )


_RESTE = (
    "q.id = l.demande and q.etat = 'validee' and d.etat = any({ouverts})"
    f" and q.montant_centimes > {FACTURE}"
)
"""SQL: something of the line `l` is still to be billed, on its request `q` and dossier `d`."""


async def a_facturer(proforma_id: int) -> bool:
    """Whether something of it is still to be billed."""
    return bool(
        await sql1(
            "select 1 from proforma_ligne l join dossier d on d.id = l.dossier"
            f" join demande q on {_RESTE.format(ouverts='$2')} where l.proforma = $1 limit 1",
            proforma_id,
            list(OUVERTS),
        )
    )


async def factures(proforma_id: int) -> list[dict[str, Any]]:
    """Invoices deposited from it, refused ones apart."""
    return await sql(
        "select uid, numero from facture where proforma = $1 and etat <> 'refusee' order by id",
        proforma_id,
    )


async def recentes(
    moi: Personne, *, a_facturer: bool = False, limite: int = 20
) -> list[dict[str, Any]]:
    """Latest proformas of this person's to bill; `a_facturer`: those of which something is left."""
    reste = f" join demande q on {_RESTE.format(ouverts='$3')}" if a_facturer else ""
    return await sql(
        "select p.uid, p.numero, p.jour, p.total_centimes, p.cible, p.dispositif from proforma p"
        f" where exists (select 1 from proforma_ligne l join dossier d on d.id = l.dossier{reste}"
        f" where l.proforma = p.id and {perimetre.emission(moi)})"
        " order by p.id desc limit $2",
        moi.compte_id,
        limite,
        *([list(OUVERTS)] if a_facturer else []),
    )
