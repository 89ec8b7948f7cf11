"""The mails of accounts. Plain text; no name, so that nobody can write through us."""

from __future__ import annotations

from portal.infra.mail import poster
from portal.settings import get_settings

NB = "\u00a0"


def _signer(texte: str) -> str:
    s = get_settings()
    return (
        f"Bonjour,\n\n{texte}\n\nMon Espace, {s.opco_nom}\nUne question{NB}? {s.opco_telephone}\n"
    )


def _url(chemin: str) -> str:
    return get_settings().url.rstrip("/") + chemin


async def code_de_verification(email: str, code: str) -> None:
    """Step one of the sign-up."""
    await poster(
        email,
        "Votre code de vérification Mon Espace",
        _signer(
            f"Votre code de vérification est{NB}: {code}\n\n"
            f"Il est valable 10{NB}minutes. Saisissez-le sur la page où vous l’avez demandé.\n\n"
            "Nous ne vous demanderons jamais ce code par téléphone. Si vous n’avez rien demandé, "
            f"ne faites rien{NB}: aucun compte ne sera créé."
        ),
    )


async def compte_existant(email: str) -> None:
    """Sign-up with an address that has an account: told to its owner alone."""
    await poster(
        email,
        "Vous avez déjà un compte Mon Espace",
        _signer(
            "Une création de compte vient d’être demandée avec cette adresse, qui a déjà un compte.\n\n"
            f"Pour vous connecter{NB}: {_url('/connexion')}\n"
            f"Mot de passe oublié{NB}: {_url('/mot-de-passe/oublie')}\n\n"
            "Si vous n’avez rien demandé, ne faites rien."
        ),
    )


async def lien_de_reinitialisation(email: str, lien: str) -> None:
    """The link to a new password."""
    await poster(
        email,
        "Choisir un nouveau mot de passe Mon Espace",
        _signer(
            f"Pour choisir un nouveau mot de passe, ouvrez ce lien{NB}:\n{lien}\n\n"
            f"Il est valable 30{NB}minutes et ne sert qu’une fois. Si vous n’avez rien demandé, "
            f"ne faites rien{NB}: votre mot de passe reste le même."
        ),
    )


async def compte_inconnu(email: str) -> None:
    """A reset asked for an address without an account: told to its owner alone."""
    await poster(
        email,
        "Mot de passe Mon Espace",
        _signer(
            "Un nouveau mot de passe a été demandé avec cette adresse, mais aucun compte Mon Espace "
            "ne l’utilise. Vous avez peut-être un compte avec une autre adresse.\n\n"
            f"Pour créer un compte{NB}: {_url('/compte/creer')}\n\n"
            "Si vous n’avez rien demandé, ne faites rien."
        ),
    )


async def mot_de_passe_change(email: str) -> None:
    """A notice after the fact."""
    await poster(
        email,
        "Votre mot de passe Mon Espace a changé",
        _signer(
            "Le mot de passe de votre compte vient d’être changé, et vos autres sessions sont "
            "terminées.\n\nSi ce n’est pas vous, choisissez-en un autre tout de suite et "
            f"appelez-nous{NB}: {_url('/mot-de-passe/oublie')}"
        ),
    )


def _alerte() -> str:
    return (
        f"Si ce n’est pas vous, changez votre mot de passe tout de suite ({_url('/mot-de-passe/oublie')}) "
        f"et appelez-nous{NB}: {get_settings().opco_telephone}."
    )


async def second_facteur(email: str, moyen: str, ajoute: bool) -> None:
    """A factor has come, or gone."""
    fait = "a été ajouté à" if ajoute else "a été retiré de"
    await poster(
        email,
        "Votre vérification en deux étapes a changé",
        _signer(f"Un moyen de vérification {fait} votre compte{NB}: {moyen}.\n\n{_alerte()}"),
    )


async def seconds_facteurs_retires(email: str) -> None:
    """The OPCO took all her factors away, at her demand."""
    await poster(
        email,
        "Votre vérification en deux étapes est retirée",
        _signer(
            "À votre demande, nous avons retiré tous les moyens de vérification de votre compte et "
            "terminé vos sessions. À la prochaine connexion, ajoutez-en un depuis la page "
            f"«{NB}Sécurité{NB}».\n\n{_alerte()}"
        ),
    )


async def code_de_secours(email: str, restants: int) -> None:
    """A recovery code has served."""
    await poster(
        email,
        "Un code de secours Mon Espace a servi",
        _signer(
            f"Un code de secours vient de servir à se connecter à votre compte. Codes restants{NB}: "
            f"{restants}.\n\n{_alerte()}"
        ),
    )


async def essais_de_code(email: str, cle: str) -> None:
    """Somebody who has the password keeps trying codes: once a day at most."""
    await poster(
        email,
        "Des codes faux ont été saisis sur votre compte",
        _signer(
            "Quelqu’un a saisi votre mot de passe, puis plusieurs codes de vérification faux. "
            f"Les essais suivants sont ralentis.\n\n{_alerte()}"
        ),
        cle=cle,
    )


async def code_de_changement(email: str, code: str) -> None:
    """Proves a new address."""
    await poster(
        email,
        "Votre code de vérification Mon Espace",
        _signer(
            f"Le code pour utiliser cette adresse avec votre compte est{NB}: {code}\n\n"
            f"Il est valable 10{NB}minutes. Si vous n’avez rien demandé, ne faites rien{NB}: "
            "cette adresse ne sera liée à aucun compte."
        ),
    )


async def adresse_deja_prise(email: str) -> None:
    """A change to an address that has an account: told to its owner alone."""
    await poster(
        email,
        "Cette adresse a déjà un compte Mon Espace",
        _signer(
            "Quelqu’un a demandé à utiliser cette adresse pour un autre compte, mais elle a déjà le "
            f"sien{NB}: rien n’a changé.\n\nSi c’est vous, connectez-vous avec cette adresse{NB}: "
            f"{_url('/connexion')}\n\nSi vous n’avez rien demandé, ne faites rien."
        ),
    )


async def email_change(ancien: str, nouveau: str) -> None:
    """The former address is told; the new one is shown in part."""
    local, _, domaine = nouveau.partition("@")
    await poster(
        ancien,
        "L’adresse de votre compte Mon Espace a changé",
        _signer(
            f"Votre compte utilise maintenant l’adresse {local[0]}…@{domaine}. Cette adresse-ci n’y "
            "donne plus accès, et vos autres sessions sont terminées.\n\nSi ce n’est pas vous, "
            f"appelez-nous tout de suite{NB}: {get_settings().opco_telephone}."
        ),
    )
