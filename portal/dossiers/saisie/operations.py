"""What changes a dossier while it is being entered: one function, one transaction, one audit line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal.branches import queries as branches
from portal.core.journal import operations as journal
from portal.dossiers import papiers, queries, transitions
from portal.dossiers.registre import dispositif as du_registre
from portal.dossiers.saisie.contenu import lire_contenu, sceller, secrets_de
from portal.dossiers.saisie.verification import Examen, examiner
from portal.infra import clock, coffre
from portal.infra.base import executer, sql, sql1, transaction, valeur
from portal.infra.money import en_cents
from portal.infra.texte import plier
from portal.kit.formulaire import Saisie, depouiller, meta_de, modele_de_groupe
from portal.web.erreurs import Conflit, Refus
from portal.web.identite import Personne

async def creer(
    moi: Personne, code: str, siret: str, profil: str, donnees: dict[str, Any] | None = None
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
        if profil not in dispositif.profils or code not in await branches.ouverts(lieu["idcc"], jour):
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
            donnees or {},
            dispositif.cible,
            moi.compte_id,
            clock.instant(),
        )
        assert dossier is not None
        await transitions.noter(dossier, "creation", "Brouillon créé", moi)
        return dossier


async def enregistrer_etape(
    moi: Personne, uid: UUID, code: str, poste: dict[str, Any], version: int | None
) -> tuple[dict[str, Any], Saisie]:
    """Keep a whole step as typed, valid or not; the dossier and the step as read again.

    Raises `Conflit` when another page changed the dossier since this one was opened.
    """
    async with transaction():
        dossier = await _brouillon(moi, uid)
        transitions.exiger_version(dossier, version)
        dispositif = du_registre(dossier["dispositif"])
        etape = dispositif.etape(code)
        brut = depouiller(etape.modele, poste)
        return await _garder(moi, dossier, code, brut)


async def enregistrer_champ(
    moi: Personne, uid: UUID, code: str, nom: str, saisi: str, version: int | None
) -> tuple[dict[str, Any], Saisie]:
    """Autosave of one field: only it changes, whatever else another page did meanwhile.

    Raises `Conflit` when that very field was changed since the page was opened.
    """
    async with transaction():
        dossier = await _brouillon(moi, uid)
        etape = du_registre(dossier["dispositif"]).etape(code)
        brut = dict(dossier["donnees"].get(code) or {})
        morceaux = nom.split(".")
        if len(morceaux) == 1 and nom in etape.modele.model_fields:
            if modele_de_groupe(etape.modele.model_fields[nom]) is None:
                brut[nom] = saisi
        elif len(morceaux) == 3 and morceaux[0] in etape.modele.model_fields:
            groupe, cle, sous = morceaux
            ligne = modele_de_groupe(etape.modele.model_fields[groupe])
            if ligne is None or sous not in ligne.model_fields or not cle.isalnum():
                raise Refus("Ce champ n’existe pas.")
            lignes = [dict(li) for li in brut.get(groupe) or []]
            cible = next((li for li in lignes if li["cle"] == cle), None)
            if cible is None:
                cible = {"cle": cle}
                lignes.append(cible)
            cible[sous] = saisi
            brut[groupe] = lignes
        else:
            raise Refus("Ce champ n’existe pas.")
        return await _garder(moi, dossier, code, brut, version=False)


async def _garder(
    moi: Personne, dossier: dict[str, Any], code: str, brut: dict[str, Any], *, version: bool = True
) -> tuple[dict[str, Any], Saisie]:
    """Store a step and the columns that lists read; autosave leaves the version as it is, so that
    the same page may still be sent whole."""
    dispositif = du_registre(dossier["dispositif"])
    ancien = dossier["donnees"].get(code) or {}
    scelle = await sceller(dispositif.etape(code).modele, brut, ancien)
    donnees = {**dossier["donnees"], code: scelle}
    contenu = await lire_contenu(dispositif, donnees)
    resume = dispositif.resumer(contenu.donnees)
    apres = await sql1(
        "update dossier set donnees = $2, modifie_le = $3, version = version + $4, intitule = $5,"
        " debut = $6, fin = $7, nb_personnes = $8, personnes = $9, organisme_siret = $10,"
        " organisme_nom = $11, paye_organisme = $12, public = $13, recherche = $14"
        " where id = $1 returning *",
        dossier["id"],
        donnees,
        clock.instant(),
        int(version),
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
    )
    assert apres is not None
    if version:
        await journal.noter(
            "dossier.saisie",
            acteur=moi,
            objet=("dossier", dossier["uid"]),
            siren=dossier["siren"],
            profil=dossier["profil"],
            etape=code,
        )
    return apres, contenu.donnees[code]


async def _brouillon(moi: Personne, uid: UUID) -> dict[str, Any]:
    """The draft, locked, if this person may enter it."""
    dossier = await queries.exiger(moi, uid, "dossiers.saisir")
    dossier = await transitions.verrouiller(dossier["id"])
    if dossier["etat"] != "brouillon":
        raise Conflit(
            "Ce dossier est déjà transmis",
            "Il ne se modifie plus directement. Ouvrez-le pour demander une modification ou "
            "ajouter un document.",
        )
    return dossier


async def transmettre(moi: Personne, uid: UUID, version: int | None) -> tuple[dict[str, Any], Examen]:
    """Send the draft. When something is still missing nothing changes: the examination says what.

    A dossier that is already transmitted is returned as it is: twice sent is once done.
    """
    async with transaction():
        visible = await queries.exiger(moi, uid, "dossiers.saisir")
        dossier = await transitions.verrouiller(visible["id"])
        if dossier["etat"] == "transmis":
            return dossier, await examiner(dossier)
        transitions.exiger_version(dossier, version)
        if dossier["etat"] != "brouillon":
            raise Conflit("Ce dossier est déjà transmis", "Ouvrez-le pour voir où il en est.")
        examen = await examiner(dossier)
        if not examen.transmissible:
            return dossier, examen
        jour = await clock.aujourd_hui()
        if dossier["dispositif"] not in await branches.ouverts(dossier["idcc"], jour):
            raise Refus("Ce dispositif n’est plus ouvert à votre branche. Le brouillon est conservé.")
        await executer(
            "update dossier set numero = $2, transmis_le = $3, transmis_jour = $4, parametres = $5,"
            " demande_centimes = $6, recherche = recherche || ' ' || lower($2) where id = $1",
            dossier["id"],
            await _numero(jour.year, examen.dispositif.prefixe),
            clock.instant(),
            jour,
            examen.parametres.en_json(),
            en_cents(examen.financement.demande),
        )
        apres = await transitions.transiter(dossier["id"], "transmis", moi)
        await papiers.commander(apres["id"], "accuse")
        return apres, examen


async def _numero(annee: int, prefixe: str) -> str:
    """« 2026-AF-000123 »: one series a year and prefix."""
    rang = await valeur(
        "insert into numerotation (annee, prefixe, dernier) values ($1, $2, 1)"
        " on conflict (annee, prefixe) do update set dernier = numerotation.dernier + 1"
        " returning dernier",
        annee,
        prefixe,
    )
    return f"{annee}-{prefixe}-{rang:06d}"


async def supprimer_brouillon(moi: Personne, uid: UUID) -> None:
    """Drop a draft with its secrets; its documents' files are swept later."""
    async with transaction():
        visible = await queries.exiger(moi, uid, "dossiers.supprimer")
        dossier = await transitions.verrouiller(visible["id"])
        if dossier["etat"] != "brouillon":
            raise Conflit("Ce dossier est transmis", "Un dossier transmis s’annule, il ne se supprime pas.")
        apres = await transitions.transiter(dossier["id"], "annule", moi, texte="Brouillon supprimé")
        await executer("update dossier set donnees = '{}' where id = $1", apres["id"])
        await coffre.oublier(secrets_de(dossier["donnees"]))


async def dupliquer(moi: Personne, uid: UUID, personnes: list[str] | None = None) -> dict[str, Any]:
    """A new draft with what can be reused; dates, documents and decisions are not.

    `personnes`: keys of the group rows to carry (all by default), for a split dossier.
    """
    async with transaction():
        source = await queries.exiger(moi, uid, "dossiers.saisir")
        dispositif = du_registre(source["dispositif"])
        contenu = await lire_contenu(dispositif, source["donnees"])
        copie = {}
        for etape in dispositif.etapes:
            brut = dict(contenu.donnees[etape.code].brut)
            for nom, info in etape.modele.model_fields.items():
                if modele_de_groupe(info) and personnes is not None:
                    brut[nom] = [li for li in brut.get(nom) or [] if li["cle"] in personnes]
                elif personnes is None and _est_date(etape.modele, nom):
                    brut[nom] = ""
            copie[etape.code] = await sceller(etape.modele, brut, {})
        nouveau = await creer(moi, source["dispositif"], source["siret"], source["profil"], copie)
        await _garder(moi, nouveau, dispositif.etapes[0].code, dict(copie[dispositif.etapes[0].code]))
        return nouveau


async def scinder(moi: Personne, uid: UUID) -> dict[str, Any]:
    """Move the people beyond the limit to a second draft, everything else being the same.

    Raises `Refus` when there is nobody beyond the limit.
    """
    async with transaction():
        dossier = await _brouillon(moi, uid)
        dispositif = du_registre(dossier["dispositif"])
        parametres = await branches.parametres(dossier["idcc"], await clock.aujourd_hui())
        limite = parametres.lire("dossier.personnes_max")
        maximum = int(limite.valeur) if limite else 0
        for etape in dispositif.etapes:
            for nom, info in etape.modele.model_fields.items():
                lignes = (dossier["donnees"].get(etape.code) or {}).get(nom) or []
                if modele_de_groupe(info) is None or not limite or len(lignes) <= maximum:
                    continue
                second = await dupliquer(moi, uid, [li["cle"] for li in lignes[maximum:]])
                garde = {**dossier["donnees"][etape.code], nom: lignes[:maximum]}
                await _garder(moi, dossier, etape.code, garde)
                return second
        raise Refus("Ce dossier ne dépasse pas la limite\u00a0: il n’y a rien à scinder.")


def _est_date(modele: Any, nom: str) -> bool:
    return meta_de(modele.model_fields[nom]).widget == "date"


async def brouillons(moi: Personne, code: str, siret: str) -> list[dict[str, Any]]:
    """Drafts of this dispositif for this establishment: « Vous avez déjà un brouillon »."""
    return await sql(
        "select d.uid, d.intitule, d.modifie_le from dossier d where d.etat = 'brouillon'"
        f" and d.dispositif = $2 and d.siret = $3 and {queries.portee(moi, 'dossiers.saisir')}"
        " order by d.modifie_le desc limit 5",
        moi.compte_id,
        code,
        siret,
    )

