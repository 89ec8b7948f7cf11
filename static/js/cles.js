/* Passkeys: the browser answers the portal's challenge, an ordinary form carries the answer. */
"use strict";
(() => {
  if (!window.PublicKeyCredential) return;
  const octets = (texte) => Uint8Array.from(atob(texte.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const texte = (donnees) => btoa(String.fromCharCode(...new Uint8Array(donnees)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const lues = (cles) => (cles || []).map((cle) => ({ ...cle, id: octets(cle.id) }));

  const demander = async (formulaire) => {
    const reponse = await fetch(formulaire.dataset.options, { method: "POST" });
    if (!reponse.ok || reponse.redirected) throw new Error(reponse.status);
    const options = await reponse.json();
    options.challenge = octets(options.challenge);
    if (formulaire.dataset.cle === "preuve") {
      return navigator.credentials.get({ publicKey: { ...options, allowCredentials: lues(options.allowCredentials) } });
    }
    options.user.id = octets(options.user.id);
    return navigator.credentials.create({ publicKey: { ...options, excludeCredentials: lues(options.excludeCredentials) } });
  };

  const ecrire = (faite) => {
    const dite = {};
    for (const nom of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (faite.response[nom]) dite[nom] = texte(faite.response[nom]);
    }
    return JSON.stringify({ id: faite.id, rawId: texte(faite.rawId), type: faite.type, response: dite });
  };

  const raisons = {
    InvalidStateError: "Cet appareil a déjà une clé d’accès pour ce compte.",
    NotAllowedError: "La clé n’a pas été utilisée\u00a0: l’opération a été annulée, ou le délai est passé. Recommencez.",
  };

  for (const formulaire of document.querySelectorAll("form[data-cle]")) {
    const etat = formulaire.querySelector("[data-cle-etat]");
    formulaire.hidden = false;
    for (const sinon of document.querySelectorAll("[data-sans-cle]")) sinon.hidden = true;
    formulaire.addEventListener("submit", async (evenement) => {
      evenement.preventDefault();
      evenement.stopImmediatePropagation();
      etat.hidden = true;
      try {
        formulaire.elements.reponse.value = ecrire(await demander(formulaire));
        formulaire.submit();
      } catch (erreur) {
        etat.textContent = raisons[erreur.name] || "La clé d’accès n’a pas fonctionné. Rechargez la page et recommencez.";
        etat.hidden = false;
      }
    }, true);
  }
})();
