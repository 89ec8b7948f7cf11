"""A05 in a real browser: a passkey is made, then proves who signs in. Chromium's own authenticator."""

from __future__ import annotations

from portal.demo.personas import MOT_DE_PASSE
from tests.parcours.histoire import connecter

CONSEILLER = "yann.le.goff@demo.example"
AUTHENTIFICATEUR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def test_a05_a_passkey_made_at_localhost_lets_in(entrer, portail) -> None:
    v = await entrer("yann")
    v.url = f"http://localhost:{portail.port}"
    cdp = await v.contexte.new_cdp_session(v.page)
    await cdp.send("WebAuthn.enable")
    await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTIFICATEUR})
    await connecter(v, CONSEILLER, MOT_DE_PASSE)

    await v.aller("/compte/securite")
    await v.suivre("Ajouter une clé d’accès")
    await v.remplir({"Nom de la clé": "Portable du bureau"})
    await v.appuyer("Créer une clé d’accès")
    await v.dit("Gardez vos codes de secours")
    await v.suivre("J’ai gardé mes codes, continuer")
    await v.dit("Portable du bureau", "Il vous en reste 10 sur 10")

    await v.page.locator("details.compte summary").click()
    await v.appuyer("Me déconnecter")
    await v.aller("/connexion?suite=/notifications")
    await v.remplir({"Adresse e-mail": CONSEILLER, "Mot de passe": MOT_DE_PASSE})
    await v.appuyer("Se connecter")
    await v.dit("Vérifier mon identité")
    await v.appuyer("Utiliser ma clé d’accès")
    assert v.page.url.endswith("/notifications")
