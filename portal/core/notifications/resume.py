"""The morning's digest: one e-mail a day for those who chose it.

Each hour a job looks for people with something to be told since before this morning, and plans one
job for each. A tick that was missed is made up for by the next; what came after the morning waits
for the next day, so nobody gets two digests in one day.
"""

from __future__ import annotations

from datetime import datetime, time

from portal.core.notifications.operations import formule, saluer
from portal.infra import clock, mail
from portal.infra.base import sql, sql1
from portal.infra.jobs import periodique, planifier, tache
from portal.infra.money import date_longue
from portal.settings import get_settings

MATIN = time(6, 0)


def seuil() -> datetime:
    """This morning in Paris, in real time; yesterday's while it is still night."""
    ici = clock.instant().astimezone(clock.PARIS)
    jour = ici.date()
    if ici.time() < MATIN:
        jour = jour.fromordinal(jour.toordinal() - 1)
    return datetime.combine(jour, MATIN, clock.PARIS)


@periodique("notifications.resumer", "2 * * * *")
async def resumer() -> None:
    """Plan a digest for everybody who has one to get."""
    personnes = await sql(
        "select distinct compte from notification where courriel = 'a_resumer' and cree_le < $1"
        " order by compte",
        seuil(),
    )
    for ligne in personnes:
        compte = ligne["compte"]
        await planifier("notifications.envoyer_resume", cle=str(compte), compte=compte)


@tache("notifications.envoyer_resume")
async def envoyer_resume(compte: int) -> None:
    """Send a person's digest. What was read meanwhile in the bell is not told again."""
    lignes = await sql(
        "with prises as ("
        " update notification set courriel = 'resume'"
        " where compte = $1 and courriel = 'a_resumer' and cree_le < $2"
        " returning id, uid, titre, detail, url, moment, lue_le)"
        " select * from prises where lue_le is null order by id",
        compte,
        seuil(),
    )
    personne = await sql1(
        "select email, prenom, nom from compte where id = $1 and actif and courriels <> 'jamais'",
        compte,
    )
    if not lignes or personne is None:
        return
    racine = get_settings().url
    nombre = len(lignes)
    pluriel = "s" if nombre > 1 else ""
    paragraphes = [
        f"{date_longue(n['moment'])}\u00a0: {n['titre']}\n"
        + (f"{n['detail']}\n" if n["detail"] else "")
        + f"{racine}{n['url']}"
        for n in lignes
    ]
    await mail.poster(
        personne["email"],
        f"{nombre} notification{pluriel} dans votre espace",
        "\n\n".join(
            [
                saluer(personne),
                f"Voici ce qui s’est passé depuis votre dernier résumé ({nombre}\u00a0"
                f"notification{pluriel}).",
                *paragraphes,
                formule(racine),
            ]
        ),
        cle=f"resume:{lignes[0]['uid']}",
    )
