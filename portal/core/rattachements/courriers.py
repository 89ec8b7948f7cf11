"""`portal letters`: the print batches. See `lots` for what a crash leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from portal.core.journal.operations import noter
from portal.core.rattachements import activation, codes, lots
from portal.core.rattachements.delais import CODE_MOIS, delai_postal
from portal.core.rattachements.entites import ADRESSE_CONNUE
from portal.core.rattachements.lettres import Lettre, composer
from portal.infra import clock
from portal.infra.base import executer, sql, sql1, transaction

VERROU = 7405
PAR_LOT = 5000
PAR_FICHIER = 50
Progres = Callable[[int], None]


@dataclass
class Resultat:
    """What a run produced."""

    dossier: Path
    lots: list[str] = field(default_factory=list)
    codes: int = 0
    listes: int = 0
    annules: int = 0
    sans_adresse: int = 0

    def __str__(self) -> str:
        if not self.lots:
            phrase = "Aucun courrier à produire."
        else:
            phrase = (
                f"{self.codes + self.listes} courriers produits ({self.codes} codes, {self.listes} "
                f"listes d’administrateurs) dans {self.dossier} : lots {', '.join(self.lots)}."
            )
        if self.annules:
            phrase += f" {self.annules} devenus inutiles."
        if self.sans_adresse:
            phrase += f" {self.sans_adresse} attendent une adresse de siège au registre."
        return phrase


class _Change(Exception):
    """The queue changed while letters were being set: the batch is made again."""


async def produire(
    dossier: Path,
    *,
    par_lot: int = PAR_LOT,
    par_fichier: int = PAR_FICHIER,
    maximum: int | None = None,
    progres: Progres | None = None,
) -> Resultat:
    """Produce the letters that wait (`maximum` of them at most), batch after batch, in bounded
    memory. `progres` gets the number of letters set so far, after each file.

    Each batch is its own transaction: a crash costs one batch, which the next run makes again.
    """
    resultat = Resultat(dossier)
    suivi = _Suivi(resultat, par_fichier, progres)
    while (reste := _reste(resultat, maximum, par_lot)) > 0:
        if not await _produire_lot(suivi, reste):
            break
    resultat.sans_adresse = await _sans_adresse()
    return resultat


@dataclass(frozen=True)
class _Suivi:
    resultat: Resultat
    par_fichier: int
    progres: Progres | None

    def avancer(self, dans_le_lot: int) -> None:
        if self.progres:
            self.progres(self.resultat.codes + self.resultat.listes + dans_le_lot)


def _reste(resultat: Resultat, maximum: int | None, par_lot: int) -> int:
    if maximum is None:
        return par_lot
    return min(par_lot, maximum - resultat.codes - resultat.listes)


async def _sans_adresse() -> int:
    ligne = await sql1(
        "select count(*) as nombre from courrier c join entreprise e on e.siren = c.siren"
        f" left join etablissement s on s.siret = e.siege"
        f" where c.etat = 'a_produire' and ({ADRESSE_CONNUE}) is not true"
    )
    return ligne["nombre"] if ligne else 0


async def attendent() -> int:
    """How many letters wait, address or not."""
    ligne = await sql1("select count(*) as nombre from courrier where etat = 'a_produire'")
    return ligne["nombre"] if ligne else 0


async def _produire_lot(suivi: _Suivi, par_lot: int) -> bool:
    """Produce one batch; False when nothing is left to try."""
    resultat = suivi.resultat
    chemin: Path | None = None
    try:
        async with transaction():
            # Two runs at once follow one another; rows are not locked while letters are set.
            await executer(f"select pg_advisory_xact_lock({VERROU})")
            await reprendre(resultat.dossier)
            ids = await _prochaines(par_lot)
            if not ids:
                return False
            jour = await clock.aujourd_hui()
            resultat.annules += await _ecarter_inutiles(ids, jour)
            lettres = await _a_produire(ids, jour)
            if not lettres:
                return True
            numero = await _numero(jour)
            chemin = await asyncio.to_thread(lots.ouvrir, resultat.dossier, numero)
            fichiers, faites = await _imprimer(chemin, lettres, jour, suivi)
            empreinte = await asyncio.to_thread(lots.deposer_manifeste, chemin, numero, fichiers)
            await _enregistrer(numero, chemin, empreinte, faites, jour)
    except _Change:
        assert chemin is not None
        lots.effacer(chemin)
        return True
    await asyncio.to_thread(lots.publier, chemin)
    resultat.lots.append(numero)
    resultat.codes += sum(x.genre == "code" for x in lettres)
    resultat.listes += sum(x.genre != "code" for x in lettres)
    return True


async def reprendre(racine: Path) -> None:
    """Finish or remove what a crash left (under the lock: nobody else is at work here)."""
    for numero, dossier in lots.inacheves(racine):
        if await sql1("select 1 from lot_courriers where numero = $1", numero):
            lots.publier(dossier)
        else:
            lots.effacer(dossier)


async def _prochaines(limite: int) -> list[int]:
    """Ids of the next letters to an address of the register, in the order of the batch."""
    lignes = await sql(
        "select c.id from courrier c join entreprise e on e.siren = c.siren"
        f" join etablissement s on s.siret = e.siege and {ADRESSE_CONNUE}"
        " where c.etat = 'a_produire' order by c.genre, c.siren, c.profil limit $1",
        limite,
    )
    return [ligne["id"] for ligne in lignes]


_CONNUS = (
    "(exists (select 1 from rattachement r join compte p on p.id = r.compte and p.actif"
    " where r.siren = c.siren and r.profil = c.profil and r.etat = 'actif'"
    " and r.administrateur) or exists (select 1 from administrateur_annonce a"
    " where a.siren = c.siren and a.profil = c.profil and a.retire_le is null))"
)


async def _ecarter_inutiles(ids: list[int], jour: date) -> int:
    """Letters whose reason has gone: the company closed, has an administrator, or a live code.
    What the staff asked for goes all the same. A list without names left becomes a code, a first
    letter to whom has administrators by now becomes their list."""
    ouvertes = "c.etat = 'a_produire' and c.id = any($1)"
    await executer(
        f"update courrier c set genre = 'code' where {ouvertes}"
        f" and c.genre = 'administrateurs' and not {_CONNUS}",
        ids,
    )
    await executer(
        f"update courrier c set genre = 'administrateurs' where {ouvertes}"
        f" and c.genre = 'code' and c.motif = 'premier_envoi' and {_CONNUS}",
        ids,
    )
    return await executer(
        "update courrier c set etat = 'annule' from entreprise e"
        f" where {ouvertes} and e.siren = c.siren and (e.fermee_le <= $2"
        f" or (c.genre = 'code' and c.motif <> 'interne' and {_CONNUS})"
        " or (c.genre = 'code' and c.motif not in ('interne', 'perdu') and exists ("
        " select 1 from code_activation k where k.siren = c.siren"
        " and k.profil = c.profil and k.etat = 'actif' and k.valable_jusqu >= $2)))",
        ids,
        jour,
    )


async def _a_produire(ids: list[int], jour: date) -> list[Lettre]:
    lignes = await sql(
        "select c.id, c.genre, c.motif, c.siren, c.profil, e.denomination, s.adresse_ligne1,"
        " s.adresse_ligne2, s.code_postal, s.commune,"
        f" delai_de('{CODE_MOIS}', e.idcc, $2) as mois,"
        " case when c.genre = 'administrateurs' then array(select distinct n.nom from ("
        "   select p.prenom || ' ' || p.nom as nom from rattachement r"
        "   join compte p on p.id = r.compte and p.actif where r.siren = c.siren"
        "   and r.profil = c.profil and r.etat = 'actif' and r.administrateur"
        "   union all select a.prenom || ' ' || a.nom from administrateur_annonce a"
        "   where a.siren = c.siren and a.profil = c.profil and a.retire_le is null"
        " ) n order by 1) end as administrateurs"
        " from courrier c join entreprise e on e.siren = c.siren"
        " join etablissement s on s.siret = e.siege"
        " where c.etat = 'a_produire' and c.id = any($1) order by c.genre, c.siren, c.profil",
        ids,
        jour,
    )
    postal = delai_postal()
    return [_lettre(ligne, codes.validite(jour, postal, ligne["mois"]).jusqu) for ligne in lignes]


def _lettre(ligne: dict[str, Any], jusqu: date) -> Lettre:
    ville = f"{ligne['code_postal']} {ligne['commune']}"
    adresse = (ligne["adresse_ligne1"], ligne["adresse_ligne2"], ville)
    return Lettre(
        ligne["id"], ligne["genre"], ligne["siren"], ligne["profil"], ligne["denomination"],
        tuple(a for a in adresse if a), jusqu, motif=ligne["motif"],
        administrateurs=tuple(ligne["administrateurs"] or ()),
    )  # fmt: skip


async def _numero(jour: date) -> str:
    """A number that no other batch ever bears, not even one that a crash undid."""
    ligne = await sql1("select nextval('lot_courriers_numero_seq') as rang")
    assert ligne is not None
    return f"{jour.year}-{ligne['rang']:06d}"


async def _imprimer(
    dossier: Path, lettres: list[Lettre], jour: date, suivi: _Suivi
) -> tuple[list[lots.FichierProduit], list[tuple[Lettre, bytes | None]]]:
    """Set the letters, so many to a file; codes are made here and kept as hashes only."""
    fichiers: list[lots.FichierProduit] = []
    faites: list[tuple[Lettre, bytes | None]] = []
    adresses: list[tuple[object, ...]] = []
    for genre, racine in (("administrateurs", "administrateurs"), ("code", "codes")):
        voulues = [x for x in lettres if x.genre == genre]
        for rang, debut in enumerate(range(0, len(voulues), suivi.par_fichier), 1):
            paquet = voulues[debut : debut + suivi.par_fichier]
            nom = f"{racine}-{rang:03d}.pdf"
            pretes = [replace(x, code=codes.nouveau() if genre == "code" else "") for x in paquet]
            contenu = await asyncio.to_thread(composer, pretes, jour)
            fichiers.append(
                await asyncio.to_thread(lots.deposer_pdf, dossier, nom, genre, len(pretes), contenu)
            )
            for page, x in enumerate(pretes, 1):
                empreinte = activation.empreintes(x.siren, x.code)[0] if x.code else None
                faites.append((replace(x, code=""), empreinte))
                adresses.append((nom, page, x.siren, x.profil, x.denomination, *x.adresse))
            suivi.avancer(len(faites))
    entetes = ("fichier", "page", "siren", "profil", "destinataire", "adresse")
    await asyncio.to_thread(lots.deposer, dossier, lots.ADRESSES, lots.en_csv(entetes, adresses))
    return fichiers, faites


async def _enregistrer(
    numero: str,
    chemin: Path,
    empreinte: str,
    faites: list[tuple[Lettre, bytes | None]],
    jour: date,
) -> None:
    """Short and last: earlier codes are replaced, the new ones live, the letters done."""
    quand = clock.instant()
    lot = await sql1(
        "insert into lot_courriers (numero, produit_le, poste_le, dossier, nombre, empreinte)"
        " values ($1, $2, $3, $4, $5, $6) returning id, uid",
        numero, quand, jour, chemin.name, len(faites), empreinte,
    )  # fmt: skip
    assert lot is not None
    touchees = await executer(
        "update courrier c set etat = 'produit', lot = $3"
        " from unnest($1::bigint[], $2::text[]) as f (id, genre)"
        " where c.id = f.id and c.genre = f.genre and c.etat = 'a_produire'",
        [x.courrier_id for x, _ in faites],
        [x.genre for x, _ in faites],
        lot["id"],
    )
    if touchees != len(faites):
        raise _Change
    nouveaux = [(x, e) for x, e in faites if e is not None]
    arguments = ([x.siren for x, _ in nouveaux], [x.profil for x, _ in nouveaux])
    await executer(
        "update code_activation k set etat = 'remplace', fin_le = $3"
        " from unnest($1::text[], $2::text[]) as n (siren, profil)"
        " where k.siren = n.siren and k.profil = n.profil and k.etat = 'actif'",
        *arguments,
        quand,
    )
    await executer(
        "insert into code_activation (siren, profil, empreinte, emis_le, valable_du,"
        " valable_jusqu, etat) select n.siren, n.profil, n.empreinte, $5, $6, n.jusqu, 'actif'"
        " from unnest($1::text[], $2::text[], $3::bytea[], $4::date[])"
        " as n (siren, profil, empreinte, jusqu)",
        *arguments,
        [e for _, e in nouveaux],
        [x.jusqu for x, _ in nouveaux],
        quand,
        jour,
    )
    for x, e in faites:
        await noter(
            "courrier.code_poste" if e else "courrier.administrateurs_poste", acteur=None,
            objet=("lot_courriers", lot["uid"]), siren=x.siren, profil=x.profil, lot=numero,
        )  # fmt: skip
