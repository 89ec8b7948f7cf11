"""What changes a dossier while it is being entered: one function, one transaction, one audit line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from portal.branches import queries as branches
from portal.core.journal import operations as journal
from portal.dossiers import numeros, papiers, queries, transitions
from portal.dossiers.mandataires import au_titre_de
from portal.dossiers.registre import dispositif as du_registre
from portal.dossiers.saisie import concurrence
from portal.dossiers.saisie.contenu import Contenu, lire_contenu, sceller
from portal.dossiers.saisie.fusion import fusionner, poser_champ
from portal.dossiers.saisie.prefill import prefiller
from portal.dossiers.saisie.verification import Examen, examiner
from portal.infra import clock
from portal.infra.base import executer, sql1, transaction
from portal.infra.money import en_cents
from portal.infra.texte import plier
from portal.kit import Dispositif
from portal.kit.formulaire import Saisie
from portal.web.erreurs import Conflit, Introuvable, Refus
from portal.web.identite import Personne


async def creer(
    moi: Personne,
    code: str,
    siret: str,
    profil: str,
    donnees: dict[str, Any] | None = None,
    texte: str = "Brouillon créé",
) -> dict[str, Any]:
    """A new draft for an establishment. The caller has checked the right on it.

    Raises `Refus` when the dispositif is not open to the branch today.
    """
    dispositif = du_registre(code)
    async with transaction():
        lieu = await sql1(
            "select s.siren, s.siret, s.region, s.departement, s.ferme_le, coalesce(e.idcc, '') as idcc"
            " from etablissement s join entreprise e on e.siren = s.siren where s.siret = $1",
            siret,
        )
        if lieu is None:
            raise Refus("Cet établissement est inconnu. Choisissez-le dans la liste.")
        jour = await clock.aujourd_hui()
        if lieu["ferme_le"] is not None and lieu["ferme_le"] <= jour:
            raise Refus("Cet établissement est fermé. Choisissez celui qui a pris sa suite.")
        if profil not in dispositif.profils or code not in await branches.ouverts(
            lieu["idcc"], jour
        ):
            raise Refus(
                f"«\u00a0{dispositif.libelle}\u00a0» n’est pas ouvert à votre branche aujourd’hui. "
                "Votre conseiller peut vous dire quand il le sera."
            )
        dossier = await sql1(
            "insert into dossier (dispositif, siren, siret, profil, idcc, region, departement,"
            " donnees, cible, cree_par, cree_le, modifie_le)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) returning *",
            code,
            lieu["siren"],
            siret,
            profil,
            lieu["idcc"],
            lieu["region"] or "",
            lieu["departement"] or "",
            {},
            dispositif.cible,
            moi.compte_id,
            clock.instant(),
        )
        assert dossier is not None
        await transitions.noter(dossier, "creation", texte, moi)
        if donnees:
            dossier, _ = await ranger(dossier, dispositif, donnees)
        return dossier


async def enregistrer_etape(
    moi: Personne,
    uid: UUID,
    code: str,
    poste: Mapping[str, Any],
    version: int | None,
    page: str = "",
) -> tuple[dict[str, Any], Saisie]:
    """Keep a whole step as typed, valid or not; the dossier and the step as read again.

    Raises `Conflit` when another page changed the step since this one (`version`, `page`) was drawn.
    """
    async with transaction():
        dossier = await brouillon(moi, uid)
        modele, ancien = _etape(dossier, code)
        concurrence.exiger(dossier, code, version, page)
        brut = fusionner(modele, poste, ancien)
        brut |= await prefiller(modele, brut, ancien)
        apres, contenu = await _garder(dossier, code, brut, page)
        await journal.noter(
            "dossier.saisie",
            acteur=moi,
            objet=("dossier", dossier["uid"]),
            siren=dossier["siren"],
            profil=dossier["profil"],
            etape=code,
            **await au_titre_de(moi, dossier),
        )
        return apres, contenu.donnees[code]


async def enregistrer_champ(
    moi: Personne,
    uid: UUID,
    code: str,
    nom: str,
    saisi: str,
    version: int | None,
    page: str = "",
) -> tuple[dict[str, Any], Saisie]:
    """Autosave of one field; the others stay as they are. Typing is not audited field by field: the
    step is, when its button is pressed, and the dossier, when it is sent.

    Raises `Conflit` as `enregistrer_etape`, `Refus` for a field that the step does not have.
    """
    async with transaction():
        dossier = await brouillon(moi, uid)
        modele, ancien = _etape(dossier, code)
        concurrence.exiger(dossier, code, version, page, bouton=False)
        brut = poser_champ(modele, ancien, nom, saisi)
        change = nom if brut.get(nom) != ancien.get(nom) else None
        brut |= await prefiller(modele, brut, ancien, change)
        apres, contenu = await _garder(dossier, code, brut, page, bouton=False)
        return apres, contenu.donnees[code]


async def brouillon(moi: Personne, uid: UUID, droit: str = "dossiers.saisir") -> dict[str, Any]:
    """The draft, locked, if this person holds the right on it."""
    visible = await queries.exiger(moi, uid, droit)
    dossier = await transitions.verrouiller(visible["id"])
    if dossier["etat"] != "brouillon":
        raise Conflit(
            "Ce dossier est déjà transmis",
            "Il ne se modifie plus directement. Ouvrez-le pour demander une modification ou "
            "ajouter un document.",
        )
    return dossier


def _etape(dossier: dict[str, Any], code: str) -> tuple[Any, dict[str, Any]]:
    """Model of a step, and the step as kept."""
    try:
        etape = du_registre(dossier["dispositif"]).etape(code)
    except KeyError:
        raise Introuvable() from None
    return etape.modele, dict(dossier["donnees"].get(code) or {})


async def _garder(
    dossier: dict[str, Any], code: str, brut: dict[str, Any], page: str, *, bouton: bool = True
) -> tuple[dict[str, Any], Contenu]:
    dispositif = du_registre(dossier["dispositif"])
    ancien = dossier["donnees"].get(code) or {}
    scelle = await sceller(dispositif.etape(code).modele, brut, ancien)
    versions = concurrence.suivante(dossier, code, page, bouton=bouton)
    donnees = {**dossier["donnees"], code: scelle}
    return await ranger({**dossier, "versions": versions}, dispositif, donnees)


async def ranger(
    dossier: dict[str, Any], dispositif: Dispositif, donnees: dict[str, Any]
) -> tuple[dict[str, Any], Contenu]:
    """Store the steps (secrets sealed) and the columns that lists and search read."""
    contenu = await lire_contenu(dispositif, donnees)
    resume = dispositif.resumer(contenu.donnees)
    apres = await sql1(
        "update dossier set donnees = $2, modifie_le = $3, version = version + 1, intitule = $4,"
        " debut = $5, fin = $6, nb_personnes = $7, personnes = $8, organisme_siret = $9,"
        " organisme_nom = $10, paye_organisme = $11, public = $12, recherche = $13, versions = $14"
        " where id = $1 returning *",
        dossier["id"],
        donnees,
        clock.instant(),
        resume.intitule[:300],
        resume.debut,
        resume.fin,
        len(resume.personnes),
        ", ".join(resume.personnes),
        resume.organisme_siret,
        resume.organisme_nom[:200],
        resume.paye_organisme and dispositif.subrogation,
        dispositif.public(contenu.donnees),
        plier(" ".join([resume.intitule, *resume.personnes, resume.organisme_nom]))[:4000],
        dossier["versions"] or {},
    )
    assert apres is not None
    return apres, contenu


async def transmettre(
    moi: Personne, uid: UUID, version: int | None
) -> tuple[dict[str, Any], Examen]:
    """Send the draft. When something is still missing nothing changes: the examination says what.

    A dossier that is already transmitted is returned as it is: twice sent is once done. Raises
    `Conflit` when it was changed since the page that shows it (`version`) was drawn.
    """
    async with transaction():
        visible = await queries.exiger(moi, uid, "dossiers.saisir")
        dossier = await transitions.verrouiller(visible["id"])
        if dossier["etat"] != "brouillon":
            return dossier, await examiner(dossier)
        transitions.exiger_version(dossier, version)
        examen = await examiner(dossier)
        if not examen.transmissible:
            return dossier, examen
        jour = await clock.aujourd_hui()
        if dossier["dispositif"] not in await branches.ouverts(dossier["idcc"], jour):
            raise Refus(
                "Ce dispositif n’est plus ouvert à votre branche. Le brouillon est conservé."
            )
        await executer(
            "update dossier set numero = $2, transmis_le = $3, transmis_jour = $4, parametres = $5,"
            " demande_centimes = $6, recherche = recherche || ' ' || $7 where id = $1",
            dossier["id"],
            numero := await _numero(jour.year, examen.dispositif.prefixe),
            clock.instant(),
            jour,
            examen.parametres.en_json(),
            en_cents(examen.financement.demande),
            plier(numero),
        )
        apres = await transitions.transiter(dossier["id"], "transmis", moi)
        await papiers.commander(apres["id"], "accuse")
        return apres, examen


async def _numero(annee: int, prefixe: str) -> str:
    """« 2026-AF-000123 »."""
    return f"{annee}-{prefixe}-{await numeros.rang(annee, prefixe):06d}"
