"""What the engine brings to the home page and to the navigation: set queries, no loop."""

from __future__ import annotations

from datetime import timedelta

from portal.dossiers import portee, queries
from portal.dossiers.instruction.queries import PORTEE as PORTEE_FILE
from portal.dossiers.registre import libelle
from portal.infra import clock
from portal.infra.base import sql, sql1, valeur
from portal.infra.money import date_longue
from portal.web.fournisseurs import Acces, Chiffre, Compte, Lien, Tache
from portal.web.identite import Personne

LIMITE = 10


def navigation(moi: Personne) -> list[Lien]:
    if "gestionnaire" in moi.roles:
        return [
            Lien("À instruire", "/instruction", "instruire", ordre=10),
            Lien("Dossiers", "/dossiers", "dossiers", ordre=15),
        ]
    if moi.est_interne:
        roles = set(queries.ROLES_LECTURE) & moi.roles
        return [Lien("Dossiers", "/dossiers", "dossiers", ordre=15)] if roles else []
    if moi.a_le_droit("dossiers.consulter"):
        return [Lien("Mes dossiers", "/dossiers", "dossiers", ordre=10)]
    return []


async def acces(moi: Personne) -> list[Acces]:
    """Shortcuts of those who enter dossiers."""
    if moi.est_interne or not moi.a_le_droit("dossiers.saisir"):
        return []
    return [Acces("Nouveau dossier", "/dossiers/nouveau", ordre=10)]


async def taches(moi: Personne) -> list[Tache]:
    """Drafts to finish, requests for more to answer; for staff, what awaits a decision."""
    if moi.est_interne:
        return await _taches_internes(moi) if "gestionnaire" in moi.roles else []
    if not moi.a_le_droit("dossiers.saisir"):
        return []
    jour = await clock.aujourd_hui()
    a_portee = await portee.de(moi, "dossiers.saisir")
    ordre = f"order by (d.etat = 'a_completer') desc, d.modifie_le desc limit {LIMITE}"
    siens = a_portee.sql("d.etat in ('brouillon', 'a_completer') and d.origine is null", ordre)
    lignes = await sql(
        "select d.uid, d.numero, d.dispositif, d.intitule, d.etat, d.modifie_le, c.echeance, c.message"
        " from dossier d left join lateral (select echeance, message from complement c"
        "   where c.dossier = d.id and c.repondu_le is null order by c.id desc limit 1) c on true"
        f" where d.id in (select id from ({siens}) e) {ordre}",
        *a_portee.parametres,
    )
    return [
        Tache(
            titre=f"Compléter le dossier {li['numero']}",
            url=f"/dossiers/{li['uid']}",
            detail=li["message"] or "",
            echeance=li["echeance"],
            urgence=bool(li["echeance"]) and li["echeance"] <= jour + timedelta(days=3),
        )
        if li["etat"] == "a_completer"
        else Tache(
            titre=f"Terminer le brouillon «\u00a0{li['intitule'] or libelle(li['dispositif'])}\u00a0»",
            url=f"/dossiers/{li['uid']}",
            detail=f"Modifié le {date_longue(li['modifie_le'].date())}",
        )
        for li in lignes
    ]


async def _taches_internes(moi: Personne) -> list[Tache]:
    lignes = await sql(
        "select d.uid, d.numero, d.intitule, e.denomination from dossier d"
        " left join entreprise e on e.siren = d.siren"
        f" where d.etat = 'en_instruction' and d.gestionnaire = $1 and {PORTEE_FILE}"
        " order by d.transmis_le limit $2",
        moi.compte_id,
        LIMITE,
    )
    return [
        Tache(
            titre=f"Instruire le dossier {li['numero']}",
            url=f"/instruction/{li['uid']}",
            detail=f"{li['denomination']}, {li['intitule']}",
        )
        for li in lignes
    ]


async def chiffres(moi: Personne) -> list[Chiffre]:
    """Numbers that matter, each the count of a list."""
    if moi.est_interne and "gestionnaire" not in moi.roles:
        return []
    if not moi.est_interne and not moi.a_le_droit("dossiers.consulter"):
        return []
    vivants = "d.etat in ('transmis', 'en_instruction', 'a_completer')"
    if moi.est_interne:
        parametres, siens = [moi.compte_id], PORTEE_FILE
    else:
        a_portee = await portee.de(moi)
        parametres, siens = (
            a_portee.parametres,
            f"d.id in (select id from ({a_portee.sql(vivants)}) e)",
        )
    compte = await sql1(
        "select count(*) filter (where d.etat = 'transmis') as transmis,"
        " count(*) filter (where d.etat = 'en_instruction') as en_instruction,"
        " count(*) filter (where d.etat = 'a_completer') as a_completer"
        f" from dossier d where {vivants} and {siens}",
        *parametres,
    )
    assert compte is not None
    if moi.est_interne:
        return [
            Chiffre(
                "À prendre en charge", compte["transmis"], "/instruction?etat=transmis", ordre=10
            ),
            Chiffre(
                "En instruction",
                compte["en_instruction"],
                "/instruction?etat=en_instruction",
                ordre=11,
            ),
        ]
    a_completer = compte["a_completer"]
    ailleurs = a_completer - await _a_completer_ici(moi) if a_completer else 0
    return [
        Chiffre(
            "À compléter",
            a_completer,
            "/dossiers?etat=a_completer",
            "" if not ailleurs else f"dont {ailleurs} par l’entreprise qui demande",
            ordre=10,
        ),
        Chiffre(
            "En attente de réponse",
            compte["transmis"] + compte["en_instruction"],
            "/dossiers?etat=en_attente",
            ordre=11,
        ),
    ]


async def _a_completer_ici(moi: Personne) -> int:
    """Dossiers to complete that this person may complete: a body only reads its customers'."""
    a_portee = await portee.de(moi, "dossiers.saisir")
    siens = a_portee.sql("d.etat = 'a_completer'")
    return int(await valeur(f"select count(*) from ({siens}) e", *a_portee.parametres))


async def comptes(moi: Personne, sirens: list[str]) -> dict[tuple[str, str], list[Compte]]:
    """Drafts and files to complete of each of these companies, for who may enter them."""
    a_portee = await portee.de(moi, "dossiers.saisir")
    if not a_portee.parts:
        return {}
    rang = len(a_portee.parametres) + 1
    siens = a_portee.sql(f"d.etat in ('brouillon', 'a_completer') and d.siren = any(${rang})")
    lignes = await sql(
        "select d.siren, d.profil, d.etat, count(*) as nombre from dossier d"
        f" where d.id in (select id from ({siens}) e) group by d.siren, d.profil, d.etat"
        " order by d.etat",
        *a_portee.parametres,
        sirens,
    )
    tous: dict[tuple[str, str], list[Compte]] = {}
    for li in lignes:
        mot = "À compléter" if li["etat"] == "a_completer" else "Brouillons"
        url = f"/dossiers?etat={li['etat']}&siren={li['siren']}"
        tous.setdefault((li["siren"], li["profil"]), []).append(Compte(mot, li["nombre"], url))
    return tous
