"""SIRET that a dossier names, against the register. A gap in the register never blocks anybody."""

from __future__ import annotations

from collections.abc import AsyncIterator

from portal.core.entreprises import queries as entreprises
from portal.kit import Constat, Controle, Dispositif, Donnees
from portal.kit.formulaire import meta_de

CONNUS = Controle(
    code="siret-registre",
    libelle="Les établissements nommés sont connus et ouverts",
    severite="avertissement",
    source="Copie du registre des entreprises",
    verifier=lambda _donnees, _cadre: (),
)


async def controler(dispositif: Dispositif, donnees: Donnees) -> list[Constat] | None:
    """Findings on the SIRET of the steps; None when the form asks for none."""
    demandes = [
        (etape.code, nom)
        for etape in dispositif.etapes
        for nom, info in etape.modele.model_fields.items()
        if meta_de(info).widget == "siret"
    ]
    if not demandes:
        return None
    return [c async for c in _constats(donnees, demandes)]


async def _constats(donnees: Donnees, demandes: list[tuple[str, str]]) -> AsyncIterator[Constat]:
    for etape, nom in demandes:
        siret = donnees[etape].valides.get(nom)
        if not siret:
            continue
        reponse = await entreprises.identifier(siret)
        chemin = f"{etape}.{nom}"
        if reponse.etat == "inconnue":
            yield Constat(
                "Ce SIRET ne figure pas dans notre copie du registre. Vérifiez chaque chiffre\u00a0; "
                "s’il est exact, vous pouvez continuer.",
                (chemin,),
            )
        elif reponse.etat == "fermee":
            suivant = reponse.successeur and reponse.successeur.etablissement
            suite = f" Le SIRET {suivant.siret} a pris sa suite." if suivant else ""
            yield Constat(f"{reponse.message}{suite} Vérifiez ce SIRET.", (chemin,))
