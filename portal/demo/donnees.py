"""The demonstration's data: companies, people, rights, dossiers in every state. Fixed seed."""

from __future__ import annotations

from datetime import date

from portal.branches import operations as branches
from portal.core.comptes import facteurs, motdepasse
from portal.core.comptes import operations as comptes
from portal.core.entreprises.operations import enregistrer_conseiller, enregistrer_lots
from portal.core.rattachements.modeles import ADMINISTRATEUR, MODELES
from portal.demo import argent, dossiers
from portal.demo.entreprises import GROS, INTERIM, ORGANISME, RESTAURANTS, TOUTES
from portal.demo.personas import MOT_DE_PASSE, PERSONNAGES, Personnage, Rattache
from portal.infra import clock
from portal.infra.base import executer, sql, transaction, valeur
from portal.loader import Plugins

CONSEILLERS = (
    (
        "Maëlle Kerrien",
        "01\u00a099\u00a000\u00a011\u00a022",
        "maelle.kerrien@opco.example",
        (GROS, RESTAURANTS),
    ),
    (
        "Karim Benali",
        "01\u00a099\u00a000\u00a011\u00a033",
        "karim.benali@opco.example",
        (INTERIM, ORGANISME),
    ),
)
"""Who looks after whom; the others write to their région."""

OUVERTS_DEPUIS = date(2026, 1, 1)


async def remplir(echelle: int, plugins: Plugins) -> None:
    """Make what is not there yet; a filled base is left as it is."""
    if await valeur("select 1 from compte limit 1"):
        return
    async with transaction():
        await enregistrer_lots(e.fiche() for e in TOUTES)
        for idcc in sorted({e.idcc for e in TOUTES}):
            for code in plugins.dispositifs():
                await branches.ouvrir(idcc, code, OUVERTS_DEPUIS, acteur=None)
        empreinte = motdepasse.hacher_ici(MOT_DE_PASSE)
        for personnage in PERSONNAGES:
            await _creer(personnage, empreinte)
        for nom, telephone, courriel, suivies in CONSEILLERS:
            await enregistrer_conseiller(
                nom, telephone, courriel, entreprises=[e.siren for e in suivies]
            )
    await dossiers.remplir(echelle, plugins)
    if echelle:
        await argent.remplir()


async def _creer(p: Personnage, empreinte: str) -> None:
    if p.internes:
        interne = await comptes.creer_interne(
            p.email,
            civilite=p.civilite,
            nom=p.nom,
            prenom=p.prenom,
            roles=p.internes,
            telephone=p.telephone,
            empreinte=empreinte,
        )
        if interne is not None and p.totp_secret:
            await facteurs.installer_totp(interne.id, p.totp_secret)
        return
    compte = await comptes.creer_compte(
        p.email, civilite=p.civilite, nom=p.nom, prenom=p.prenom, empreinte=empreinte
    )
    assert compte is not None
    for rattache in p.rattachements:
        await rattacher(compte.id, rattache)


async def rattacher(compte: int, r: Rattache) -> None:
    """Give a perimeter, as an administrator of the company would have."""
    administrateur = r.modele == ADMINISTRATEUR
    jour = await clock.aujourd_hui()
    ligne = await sql(
        "insert into rattachement (compte, siren, siret, profil, etat, administrateur, modele,"
        " demande_le, demande_jour, decide_le) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " returning id",
        compte,
        r.siren,
        r.siret,
        r.profil,
        "en_attente" if r.en_attente else "actif",
        administrateur,
        None if administrateur else r.modele,
        clock.instant(),
        jour,
        None if r.en_attente else clock.instant(),
    )
    if administrateur or r.en_attente:
        return
    droits = next(m.droits for m in MODELES if m.code == r.modele)
    for droit in droits:
        await executer(
            "insert into habilitation (rattachement, siret, droit) values ($1, $2, $3)",
            ligne[0]["id"],
            r.siret,
            droit,
        )
